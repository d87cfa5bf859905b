"""chat.unfurl: what an app shows under the links that it was told of."""

from typing import Any

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.content import block_problems, refuse_unknown, with_block_ids
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.escape import entities
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json, Message
from bot.sandbox.slack.workspace import APP, BOT_ID

_SOURCES = ("composer", "conversations_history")
_TEXTS = ("title", "title_link", "text", "pretext", "fallback", "color", "image_url", "thumb_url")
_SMALL = ("author_name", "author_link", "author_icon", "footer", "footer_icon")
_KNOWN = frozenset({*_TEXTS, *_SMALL, "blocks", "fields", "mrkdwn_in", "ts", "hide_color", "preview"})


def unfurl(parts: Parts, args: Args) -> Json:
    """chat.unfurl: by channel and ts, or by unfurl_id and source; only for links of a link_shared event."""
    refuse_unknown(args, "user_auth_required", "user_auth_message", "user_auth_url", "user_auth_blocks")
    wanted = _unfurls(args)
    if not parts.unfurl_domains:
        raise ApiError("cannot_find_service")
    message = _message(parts, args)
    for url in wanted:
        if url not in message.links:
            raise ApiError("cannot_unfurl_message" if entities(url) not in message.text else "cannot_unfurl_url")
    made = {url: _attachment(parts, url, given) for url, given in wanted.items()}
    for url, attachment in made.items():
        _attach(message, url, attachment)
    parts.workspace.changed(message)
    return {}


def _unfurls(args: Args) -> dict[str, Any]:
    if "unfurls" not in args:
        raise ApiError("missing_unfurls")
    wanted = args.structure("unfurls", "invalid_unfurls_format")
    if not isinstance(wanted, dict) or not wanted:
        raise ApiError("invalid_unfurls_format")
    return wanted


def _message(parts: Parts, args: Args) -> Message:
    unfurl_id, source = args.text("unfurl_id"), args.text("source")
    if unfurl_id or source:
        if not unfurl_id or not source:
            raise ApiError("missing_source" if unfurl_id else "missing_unfurl_id")
        if source not in _SOURCES:
            raise ApiError("invalid_source")
        found = parts.shared_links.get(unfurl_id)
        if found is None or found.deleted:
            raise ApiError("invalid_unfurl_id")
        return found
    if not args.text("channel"):
        raise ApiError("missing_channel")
    if not args.text("ts"):
        raise ApiError("missing_ts")
    channel = parts.workspace.channels.get(args.text("channel"))
    if channel is None:
        raise ApiError("cannot_find_channel")
    message = channel.find(args.text("ts"))
    if message is None or message.deleted:
        raise ApiError("cannot_find_message")
    return message


def _attachment(parts: Parts, url: str, given: Any) -> Json:
    if not isinstance(given, dict) or not given:
        raise ApiError("cannot_parse_attachment")
    wrong = [
        f"[ERROR] invalid additional property: {key} [json-pointer:/unfurls]" for key in given if key not in _KNOWN
    ]
    wrong += [
        f"[ERROR] must be a string [json-pointer:/unfurls/{key}]"
        for key in (*_TEXTS, *_SMALL)
        if not isinstance(given.get(key, ""), str)
    ]
    if not any(given.get(key) for key in ("blocks", "text", "title", "image_url", "pretext", "fields")):
        wrong.append("[ERROR] nothing to show [json-pointer:/unfurls]")
    wrong = wrong or (block_problems(parts, given["blocks"]) if "blocks" in given else [])
    if wrong:
        raise ApiError("cannot_parse_attachment", wrong)
    shown = {**given, "blocks": with_block_ids(given["blocks"])} if "blocks" in given else dict(given)
    words = str(given.get("text") or given.get("title") or "[no preview available]")
    own = {"from_url": url, "app_unfurl_url": url, "is_app_unfurl": True, "app_id": APP, "bot_id": BOT_ID}
    return {"fallback": words} | shown | own


def _attach(message: Message, url: str, attachment: Json) -> None:
    """Add the attachment, or put it in the place of the one that this link already has."""
    for place, old in enumerate(message.attachments):
        if old.get("from_url") == url:
            message.attachments[place] = attachment | {"id": old["id"]}
            return
    message.attachments.append(attachment | {"id": len(message.attachments) + 1})
