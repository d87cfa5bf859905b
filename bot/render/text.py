"""Words for Slack: escaped, cut, dated. What comes from outside is cut before it is escaped, and never after.

Limits are in characters as Slack counts them: an escaped `&` counts as the five that `&amp;` has.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.model import InputValue

Block = dict[str, Any]
Answer = tuple[str, list[Block]]
"""Words for a notification, and what is shown."""

MOST_SECTION: Final = 3_000
MOST_FIELD: Final = 2_000
MOST_TEXT: Final = 3_900
"""Of a message's fallback text: chat.update refuses 4,000."""

FAR: Final = 20
"""So many times its limit is looked at of a text, before what isn't shown is taken out of it."""
CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""What has no look of its own, or turns the words around it: a name must not be able to hide in them."""
WEB: Final = re.compile(r"https?://[^\s/<>|][^\s<>|]{0,1900}")
ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
LOOKALIKES: Final = str.maketrans({"*": "\u2217", "~": "\u223c", "`": "\u02cb"})
"""Slack has no escape for its formatting marks; these look the same and mean nothing to it."""
EDGE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""An underscore that isn't inside a word: only such ones format."""
BROKEN_END: Final = re.compile(r"(?:&[a-z]{0,4}|<[^<>]*)\Z")
"""An entity, or a token such as <!date^…>, whose end was cut off."""


def is_web(url: str) -> bool:
    """Whether an address from outside may be a link: http or https, of one piece, and nothing hides in it."""
    return WEB.fullmatch(url) is not None and not CONTROL.search(url)


def linked(url: str, label: str) -> str:
    """A link under words that are escaped already; only the words where the address can't be one."""
    return f"<{url.replace('&', '&amp;')}|{label}>" if is_web(url) else label


def clean(words: str) -> str:
    """Words without control characters and what hides; newlines and tabs stay."""
    return CONTROL.sub("", words.replace("\r\n", "\n"))


def escape(words: str, most: int = MOST_SECTION) -> str:
    """Text from outside, at most so long, so that Slack reads no mention, link or date into it."""
    words = clean(words[: FAR * most])
    escaped = words[: most + 1].translate(ENTITIES)
    if len(words) <= most and len(escaped) <= most:
        return escaped
    kept, room = [], most - 1
    for mark in words[:most]:
        piece = mark.translate(ENTITIES)
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + "…"


def plain(words: str, most: int = 200) -> str:
    """A name or value from outside as it is: on one line, at most so long, escaped, its formatting marks disarmed."""
    one_line = " ".join(clean(words[: FAR * most]).split())
    return escape(EDGE.sub("\u02cd", one_line.translate(LOOKALIKES)), most)


def exact(words: str, most: int = 200) -> str:
    """A value in bold; as code where its own marks would format it, so that it can be copied as it is."""
    one_line = " ".join(clean(words[: FAR * most]).split())
    if "`" in one_line or (one_line.translate(LOOKALIKES) == one_line and not EDGE.search(one_line)):
        return f"*{plain(one_line, most) or '“”'}*"
    return f"`{escape(one_line, most)}`"


def cut(words: str, most: int) -> str:
    """At most so many characters of words that aren't escaped, with an ellipsis where some are missing."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def both_ends(words: str, most: int) -> str:
    """At most so many characters of words that aren't escaped: their beginning and their end."""
    half = (most - 1) // 2
    return words if len(words) <= most else f"{words[:half].rstrip()}…{words[-half:].lstrip()}"


def fitted(words: str, most: int) -> str:
    """Finished words within a limit that they should never reach; no entity or token is left in halves."""
    return words if len(words) <= most else BROKEN_END.sub("", words[: most - 1]) + "…"


def lines_within(lines: Iterable[str], most: int, rest: str = "and {} more") -> str:
    """As many whole lines as fit into so many characters, and how many more there are."""
    kept, left, room = [], 0, most - len(rest) - 10
    for line in lines:
        room -= len(line) + 1
        if room < 0 or left:
            left += 1
        else:
            kept.append(line)
    return "\n".join([*kept, rest.format(left)] if left else kept)


def tail(words: str, most: int) -> str:
    """The last lines that fit into so many characters, the first of them whole where that is possible."""
    if len(words) <= most:
        return words
    kept = words[-(most - 2) :]
    newline = kept.find("\n")
    return "…\n" + (kept[newline + 1 :] if 0 <= newline < len(kept) - 1 else kept)


def head(words: str, most: int) -> str:
    """The first lines that fit into so many characters, the last of them whole where that is possible."""
    if len(words) <= most:
        return words
    kept = words[: most - 2]
    newline = kept.rfind("\n")
    return (kept[:newline] if newline > most // 2 else kept) + "\n…"


def count(number: int, one: str, several: str = "") -> str:
    """`1 block`, `2 blocks`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def when(moment: datetime, tokens: str = "{time}") -> str:
    """A time in each reader's own zone; readers whose Slack can't do that see UTC."""
    return f"<!date^{int(moment.timestamp())}^{tokens}|{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC>"


def day(moment: datetime) -> str:
    """A time with its day: `today at 14:03`."""
    return when(moment, "{date_short_pretty} at {time}")


def lasted(seconds: float) -> str:
    """`41s`, `3m 12s`, `2h 05m`, `3d 4h`."""
    whole = max(0, round(seconds))
    if whole < 60:  # noqa: PLR2004, the units of time
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:  # noqa: PLR2004
        return f"{minutes}m {rest:02d}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:  # noqa: PLR2004
        return f"{hours}h {minutes:02d}m"
    days, hours = divmod(hours, 24)
    return f"{days}d {hours}h"


def size(octets: int) -> str:
    """`812 B`, `14 KB`, `3.2 MB`, `1.5 GB`."""
    if octets < 1000:  # noqa: PLR2004, the units of size
        return f"{octets} B"
    for unit, worth in (("KB", 1e3), ("MB", 1e6)):
        if octets < 999.5 * worth:
            return f"{octets / worth:.{0 if unit == 'KB' or octets >= 10 * worth else 1}f} {unit}"
    return f"{octets / 1e9:,.1f} GB"


def spoken(value: InputValue) -> str:
    """An input's value as people would write it, unescaped."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else value


def mention(user: str) -> str:
    """A live mention of one person: the only thing that may ping."""
    known = "".join(mark for mark in user if mark.isascii() and mark.isalnum())
    return f"<@{known}>" if known else "somebody"


def mrkdwn(words: str, most: int = MOST_SECTION) -> Block:
    """A text object. Verbatim: Slack makes no mention or link of words that merely look like one."""
    return {"type": "mrkdwn", "text": fitted(words, most), "verbatim": True}


def section(words: str) -> Block:
    """A section of mrkdwn, within its limit."""
    return {"type": "section", "text": mrkdwn(words)}


def context(words: str) -> Block:
    """A line of small print."""
    return {"type": "context", "elements": [mrkdwn(words)]}


def button(label: str, action_id: str, value: str, **more: Any) -> Block:
    """A button."""
    text = {"type": "plain_text", "text": cut(label, 75), "emoji": True}
    return {"type": "button", "text": text, "action_id": action_id, "value": value, **more}


def code(words: str) -> Block:
    """Preformatted text, taken as it is: nothing in it is read as formatting."""
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": clean(words) or " "}]}
    return {"type": "rich_text", "elements": [element]}
