"""What a click means: the element in the message or view, and the choice that it really offers."""

from collections.abc import Iterable, Iterator

from bot.sandbox.slack.records import Json, Message
from bot.sandbox.slack.values import NoSuchActionError, Reader

__all__ = ["NoSuchActionError", "attachment_of", "chosen", "elements", "find", "in_blocks", "pick", "sends"]

_TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"})
_ON_ENTER = ("on_enter_pressed",)  # when a text field is sent, unless it says otherwise


def elements(message: Message) -> Iterator[tuple[str, Json]]:
    """Every interactive element of a message with its block_id, those of its attachments included."""
    yield from in_blocks(message.blocks)
    for attachment in message.attachments:
        yield from in_blocks(attachment.get("blocks", []))


def in_blocks(blocks: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    """Every interactive element of these blocks with its block_id."""
    for block in blocks:
        for element in _held_by(block):
            yield block["block_id"], element


def _held_by(block: Json) -> Iterator[Json]:
    inside = [block.get("accessory"), block.get("element")]
    if block["type"] == "actions":
        inside += block["elements"]
    for each in inside:
        if each is not None and each["type"] != "image":
            yield each


def find(among: Iterable[tuple[str, Json]], given: Json) -> tuple[str, Json]:
    """The element with this block_id and action_id, and the block's id. Raises NoSuchActionError."""
    for block_id, element in among:
        if block_id == given.get("block_id") and element["action_id"] == given.get("action_id"):
            return block_id, element
    raise NoSuchActionError(given.get("action_id"))


def attachment_of(message: Message, given: Json) -> Json | None:
    """The attachment, an unfurled link for one, that holds the element; None if the message itself does."""
    for attachment in message.attachments:
        for block_id, element in in_blocks(attachment.get("blocks", [])):
            if (block_id, element["action_id"]) == (given.get("block_id"), given.get("action_id")):
                return attachment
    return None


def pick(reader: Reader, block_id: str, element: Json, given: Json) -> Json:
    """The action as Slack puts it in a payload. Raises NoSuchActionError if the element doesn't offer it."""
    common = {"type": element["type"], "block_id": block_id, "action_id": element["action_id"]}
    if element["type"] == "button":
        return common | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if element["type"] == "overflow" and given.get("selected_option") is None:
        raise NoSuchActionError(element["action_id"])
    return common | reader.entry(block_id, element, given)


def chosen(message: Message, given: Json, reader: Reader | None = None) -> Json:
    """The action that this element of the message makes. Raises NoSuchActionError."""
    block_id, element = find(elements(message), given)
    return pick(reader or Reader(), block_id, element, given)


def sends(blocks: Iterable[Json], block_id: str, element: Json, when: str | None) -> bool:
    """Whether touching this element sends anything: inside an input block only with `dispatch_action`.

    `when` is how somebody left a text field, `on_enter_pressed` or `on_character_entered`, if the page says.
    """
    block = next(each for each in blocks if each["block_id"] == block_id)
    if block["type"] != "input":
        return True
    if not block.get("dispatch_action"):
        return False
    if element["type"] not in _TYPED or when is None:
        return True
    return when in element.get("dispatch_action_config", {}).get("trigger_actions_on", _ON_ENTER)
