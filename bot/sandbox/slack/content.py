"""What a message says: text, blocks and attachments, checked as Slack checks them."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.blocks import ONE_TABLE, problems, too_long
from bot.sandbox.slack.errors import ApiError, invalid_arguments
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Json

POST_TEXT, UPDATE_TEXT, MARKDOWN_TEXT = 40_000, 4_000, 12_000  # characters
_MOST_ATTACHMENTS = 100


@dataclass(frozen=True)
class Content:
    """What was given; None means that the argument was absent."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None


def read_content(parts: Parts, args: Args, most_text: int = POST_TEXT) -> Content:
    """Read and check what a message says.

    Raises no_text, msg_too_long, msg_blocks_too_long, invalid_blocks, invalid_blocks_format, invalid_attachments,
    markdown_text_conflict.
    """
    if "markdown_text" in args:
        return _from_markdown(args)
    text = args.text("text") if "text" in args else None
    blocks = _read_blocks(parts, args)
    attachments = _read_list(args, "attachments", "invalid_attachments", "invalid_attachments")
    if attachments is not None and len(attachments) > _MOST_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    if not text and not blocks and not attachments:
        raise ApiError("no_text")
    if text is not None and len(text) > most_text:
        raise ApiError("msg_too_long")
    return Content(text, blocks, attachments)


def _from_markdown(args: Args) -> Content:
    if "text" in args or "blocks" in args:
        raise ApiError("markdown_text_conflict")
    text = args.need("markdown_text")
    if len(text) > MARKDOWN_TEXT:
        raise ApiError("msg_too_long")
    return Content(text, [{"type": "markdown", "text": text, "block_id": new_block_id()}], None)


def _read_list(args: Args, name: str, error: str, not_json: str) -> list[Json] | None:
    value = args.structure(name, not_json)
    if value is None or value == "":
        return None
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ApiError(error, [f"[ERROR] must be an array of objects [json-pointer:/{name}]"])
    return value


def _read_blocks(parts: Parts, args: Args) -> list[Json] | None:
    blocks = _read_list(args, "blocks", "invalid_blocks", "invalid_blocks_format")
    if not blocks:
        return blocks
    wrong = block_problems(parts, blocks)
    if any(ONE_TABLE in each for each in wrong):
        raise ApiError("invalid_attachments", wrong, errors=[ONE_TABLE])
    if wrong:
        raise ApiError("invalid_blocks", wrong, errors=wrong)
    if too_long(blocks):
        raise ApiError("msg_blocks_too_long")
    return with_block_ids(blocks)


def block_problems(parts: Parts, blocks: Any) -> list[str]:
    """What Slack would refuse in a message's blocks, files and pictures that it can't show included."""
    return problems(blocks) or [*out_of_reach(parts, blocks)]


def out_of_reach(parts: Parts, blocks: list[Json]) -> Iterator[str]:
    """What is well formed but can't be shown: unknown files, videos without their scope."""
    for place, block in enumerate(blocks):
        if block["type"] == "video" and "links.embed:write" not in parts.manifest.scopes:
            yield f"[ERROR] video blocks need links.embed:write [json-pointer:/blocks/{place}]"
        for holder in (block, block.get("accessory"), *(block.get("elements") or [])):
            if not isinstance(holder, dict):
                continue
            source: Any = holder.get("slack_file")
            if source is not None and not _is_shareable(parts, source):
                yield f"[ERROR] invalid slack file [json-pointer:/blocks/{place}/slack_file]"
            if _is_local(holder.get("image_url", "")):
                yield f"[ERROR] downloading image failed [json-pointer:/blocks/{place}/image_url]"


def _is_shareable(parts: Parts, source: Json) -> bool:
    file = parts.workspace.files.get(source.get("id") or source.get("url", "").rpartition("/")[2])
    return file is not None and file.completed and file.mimetype.startswith("image/")


def _is_local(url: str) -> bool:
    """Whether Slack, which fetches images itself, could not reach this address."""
    host = urlsplit(url).hostname or ""
    return bool(url) and ("." not in host or host.startswith("127.") or host.endswith(".local"))


def with_block_ids(blocks: list[Json]) -> list[Json]:
    """The blocks, each with a block_id and its elements with action_ids, as Slack gives them."""
    named = []
    for block in blocks:
        named_block = {"block_id": new_block_id(), **block}
        if block["type"] == "actions":
            named_block["elements"] = [{"action_id": new_block_id(), **each} for each in block["elements"]]
        elif block["type"] == "section" and "accessory" in block and block["accessory"]["type"] != "image":
            named_block["accessory"] = {"action_id": new_block_id(), **block["accessory"]}
        elif block["type"] == "input":
            named_block = {"optional": False, "dispatch_action": False, **named_block}
            named_block["element"] = {"action_id": new_block_id(), **block["element"]}
        named.append(named_block)
    return named


def new_block_id() -> str:
    """A short random id as Slack makes up."""
    return secrets.token_urlsafe(4)[:5]


def read_metadata(args: Args) -> Json | None:
    """The message's metadata. Raises invalid_metadata_format."""
    value = args.structure("metadata", "invalid_metadata_format")
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("event_type"), str):
        raise ApiError("invalid_metadata_format")
    if not isinstance(value.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    return value


def refuse_unknown(args: Args, *names: str) -> None:
    """Refuse what Slack can do and the stand-in can't, instead of passing it over in silence."""
    for name in names:
        if args.flag(name):
            raise invalid_arguments(f"the sandbox doesn't do {name}")
