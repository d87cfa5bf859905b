"""chat.*: posting, editing and deleting messages."""

import time

from bot.sandbox.slack.args import Args
from bot.sandbox.slack.content import (
    UPDATE_TEXT,
    Content,
    read_content,
    read_metadata,
    refuse_unknown,
)
from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.records import Channel, Json, Message
from bot.sandbox.slack.workspace import APP, BOT, BOT_ID, TEAM


def new_message(
    parts: Parts, channel: Channel, content: Content, *, thread_ts: str | None = None, to: str | None = None
) -> Message:
    """A message of the bot that hasn't been posted yet."""
    return Message(
        ts=parts.workspace.next_ts(),
        channel=channel.id,
        user=BOT,
        text=content.text or "",
        team=TEAM,
        blocks=content.blocks or [],
        attachments=content.attachments or [],
        bot_id=BOT_ID,
        app_id=APP,
        thread_ts=thread_ts,
        to=to,
    )


def root_of(channel: Channel, thread_ts: str) -> str | None:
    """The ts of the thread to reply in, None for none. Raises thread_not_found, cannot_reply_to_message."""
    if not thread_ts:
        return None
    if thread_ts in channel.replies or thread_ts in channel.ephemerals:
        raise ApiError("cannot_reply_to_message")
    if thread_ts not in channel.roots:
        raise ApiError("thread_not_found")
    return thread_ts


def rewrite(parts: Parts, message: Message, content: Content) -> None:
    """Edit a message; blocks and attachments that weren't given stay, as Slack documents."""
    message.previous = message.as_message()
    if content.text is not None or content.blocks:
        message.text = content.text or ""
    if content.blocks is not None:
        message.blocks = content.blocks
    if content.attachments is not None:
        message.attachments = content.attachments
    message.edited = {"user": BOT, "ts": f"{time.time():.6f}"}
    parts.workspace.changed(message)


def post_message(parts: Parts, args: Args) -> Json:
    """chat.postMessage."""
    channel = parts.to_post_in(args.need("channel"))
    refuse_unknown(args, "reply_broadcast")
    content, metadata = read_content(parts, args), read_metadata(args)
    thread = root_of(channel, args.text("thread_ts"))
    message = new_message(parts, channel, content, thread_ts=thread)
    message.metadata = metadata
    parts.workspace.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_message()}


def _own(parts: Parts, args: Args, refusal: str) -> Message:
    channel = parts.known_to_bot(args.need("channel"))
    message = channel.find(args.need("ts"))
    if message is None or message.deleted:
        raise ApiError("message_not_found")
    if message.bot_id != BOT_ID:
        raise ApiError(refusal)
    if channel.archived:
        raise ApiError("is_archived")
    return message


def update(parts: Parts, args: Args) -> Json:
    """chat.update."""
    message = _own(parts, args, "cant_update_message")
    refuse_unknown(args, "reply_broadcast")
    content, metadata = read_content(parts, args, UPDATE_TEXT), read_metadata(args)
    if metadata is not None:
        message.metadata = metadata
    rewrite(parts, message, content)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_message(),
    }


def delete(parts: Parts, args: Args) -> Json:
    """chat.delete."""
    message = _own(parts, args, "cant_delete_message")
    parts.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(parts: Parts, args: Args) -> Json:
    """chat.postEphemeral: needs both the bot and the person in the channel."""
    channel = parts.known_to_bot(args.need("channel"))
    user = args.need("user")
    if channel.archived:
        raise ApiError("is_archived")
    if BOT not in channel.members:
        raise ApiError("not_in_channel")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    content = read_content(parts, args)
    thread = root_of(channel, args.text("thread_ts"))
    message = new_message(parts, channel, content, thread_ts=thread, to=user)
    # Slack shows an ephemeral reply only in a thread that has begun; elsewhere it's accepted and never seen.
    if thread is None or channel.roots[thread].replies:
        parts.workspace.post(message)
    return {"message_ts": message.ts}


def get_permalink(parts: Parts, args: Args) -> Json:
    """chat.getPermalink."""
    channel = parts.known_to_bot(args.need("channel"))
    message = channel.find(args.need("message_ts"))
    if message is None:
        raise ApiError("message_not_found")
    link = f"{parts.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
