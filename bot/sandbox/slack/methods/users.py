"""users.* and bots.info: who people are."""

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.methods.conversations import page_of
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json
from bot.sandbox.slack.workspace import APP, BOT, BOT_ID, TEAM


def info(parts: Parts, args: Args) -> Json:
    """users.info."""
    person = parts.workspace.people.get(args.need("user"))
    if person is None:
        raise ApiError("user_not_found")
    return {"user": person.as_user()}


def list_(parts: Parts, args: Args) -> Json:
    """users.list: the team's own people."""
    people = [each.as_user() for each in parts.workspace.people.values() if each.team == TEAM]
    page, cursor = page_of(args, people)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def bot_info(parts: Parts, args: Args) -> Json:
    """bots.info."""
    if args.text("bot") not in ("", BOT_ID):
        raise ApiError("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "deleted": False,
            "name": parts.workspace.people[BOT].name,
            "updated": 1_700_000_000,
            "app_id": APP,
            "user_id": BOT,
        }
    }
