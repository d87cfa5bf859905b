"""Words for Slack: escaped, cut, dated, masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import datetime

    from bot.model import InputValue

Block = dict[str, Any]

FORMATTING: Final = re.compile(r"([*_~`])")
JOINER: Final = "\u2060"  # takes no room, and keeps a mark from being read as formatting
SECRET: Final = re.compile(
    r"pass(word|wd|phrase)?|secret|token|api[-_ ]?key|credential|private[-_ ]?key|bearer|auth", re.IGNORECASE
)
MASK: Final = "••••"
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def escape(words: str) -> str:
    """Text from outside, so that Slack reads no mention, link or date into it."""
    return CONTROL.sub("", words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(words: str, most: int = 200) -> str:
    """A name or value from outside as it is: cut, escaped, on one line, its formatting marks disarmed."""
    one_line = " ".join(CONTROL.sub("", words).split())
    return FORMATTING.sub(rf"{JOINER}\1{JOINER}", escape(cut(one_line, most)))


def cut(words: str, most: int) -> str:
    """At most so many characters, with an ellipsis where some are missing."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


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


def when(moment: datetime, tokens: str = "{time}") -> str:
    """A time in each reader's own zone; readers whose Slack can't do that see UTC."""
    return f"<!date^{int(moment.timestamp())}^{tokens}|{moment:%Y-%m-%d %H:%M} UTC>"


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


def spoken(value: InputValue) -> str:
    """An input's value as people would write it, unescaped."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else value


def shown(name: str, value: InputValue) -> str:
    """An input's value for people, unescaped; masked where its name looks secret."""
    return MASK if SECRET.search(name) else spoken(value)


def section(words: str) -> Block:
    """A section of mrkdwn, within its limit."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(words, 3000)}}


def context(words: str) -> Block:
    """A line of small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(words, 3000)}]}


def button(label: str, action_id: str, value: str, **more: Any) -> Block:
    """A button."""
    text = {"type": "plain_text", "text": cut(label, 75), "emoji": True}
    return {"type": "button", "text": text, "action_id": action_id, "value": value, **more}


def code(words: str) -> Block:
    """Preformatted text, taken as it is: nothing in it is read as formatting."""
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words or " "}]}
    return {"type": "rich_text", "elements": [element]}
