"""auth.test and api.test."""

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.workspace import BOT, BOT_ID, NAME, TEAM


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
