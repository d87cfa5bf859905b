"""auth.test, api.test and team.info."""

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.workspace import BOT, BOT_ID, DOMAIN, NAME, TEAM


def auth_test(parts: Parts, _args: Args) -> Json:
    """auth.test: who the token is."""
    return {
        "url": f"{parts.base_url}/",
        "team": NAME,
        "user": parts.workspace.people[BOT].handle,
        "team_id": TEAM,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(_parts: Parts, args: Args) -> Json:
    """api.test: says `error` back if one was given."""
    if error := args.text("error"):
        raise ApiError(error)
    return {"args": {}}


def team_info(parts: Parts, args: Args) -> Json:
    """team.info: the bot's own workspace."""
    if args.text("team") not in ("", TEAM):
        raise ApiError("team_not_found")
    address = f"{parts.base_url}/"
    return {"team": {"id": TEAM, "name": NAME, "domain": DOMAIN, "email_domain": "", "url": address, "icon": {}}}
