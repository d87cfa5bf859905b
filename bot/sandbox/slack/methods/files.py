"""files.*: the three steps of an upload. The message that shares a file is not in the reply, as in Slack."""

import mimetypes
import time

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.content import Content
from bot.sandbox.slack.errors import ApiError, invalid_arguments
from bot.sandbox.slack.methods.chat import new_message, root_of
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Channel, File, Json
from bot.sandbox.slack.workspace import BOT

MOST_BYTES = 1_000_000_000  # of one file


def get_upload_url(parts: Parts, args: Args) -> Json:
    """files.getUploadURLExternal: announces a file's name and length in bytes."""
    name, length = args.need("filename"), args.number("length", 0)
    if length <= 0:
        raise invalid_arguments("length must be greater than 0 [json-pointer:/length]")
    if length > MOST_BYTES:
        raise ApiError("file_upload_size_restricted")
    file = parts.workspace.add_file(
        File(
            id=parts.workspace.next_id("F"),
            name=name,
            title=name,
            mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
            length=length,
            user=BOT,
            created=int(time.time()),
            alt_text=args.text("alt_txt"),
        )
    )
    return {"upload_url": f"{parts.base_url}/slack/upload/{file.id}", "file_id": file.id}


def complete(parts: Parts, args: Args) -> Json:
    """files.completeUploadExternal: shares uploaded files in a channel, or in a thread there."""
    files = _uploaded(parts, args)
    channels = [_to_share_in(parts, each) for each in _targets(args)]
    thread = args.text("thread_ts")
    if thread and len(channels) != 1:
        raise invalid_arguments("thread_ts needs exactly one channel")
    roots = [root_of(channel, thread) for channel in channels]
    for file, title in files:
        file.title, file.completed = title or file.title, True
        file.channels += [channel.id for channel in channels]
    shared = [file for file, _ in files]
    comment = Content(args.text("initial_comment"), None, None)
    for channel, root in zip(channels, roots, strict=True):
        message = new_message(parts, channel, comment, thread_ts=root)
        message.files = shared
        parts.workspace.post(message)
    return {"files": [file.as_file() for file in shared]}


def _uploaded(parts: Parts, args: Args) -> list[tuple[File, str]]:
    wanted = args.structure("files")
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments("missing required field: files")
    found = []
    for each in wanted:
        if not isinstance(each, dict) or not isinstance(each.get("id"), str):
            raise invalid_arguments("must have an id [json-pointer:/files]")
        file = parts.workspace.files.get(each["id"])
        if file is None or file.data is None or file.completed:
            raise ApiError("file_not_found")
        found.append((file, str(each.get("title") or "")))
    return found


def _targets(args: Args) -> list[str]:
    if one := args.text("channel_id"):
        return [one]
    return [each.strip() for each in args.text("channels").split(",") if each.strip()]


def _to_share_in(parts: Parts, where: str) -> Channel:
    """Files need the bot in the channel: chat:write.public is no help."""
    channel = parts.to_post_in(where)
    if BOT not in channel.members:
        raise ApiError("not_in_channel")
    return channel
