"""Slack's markup taken off: what a person typed, as that person would recognise it."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import NamedTuple

from bot.grammar.line import Mention

_MARKUP = re.compile(r"<(?:([@#!])|(?=(https?|mailto|tel):))([^<>|]*)(?:\|([^<>]*))?>|&(?:amp|lt|gt);")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_LINK_PREFIX = re.compile(r"(?:https?://|mailto:|tel:)")
# Byte order mark, zero-width space, joiners and breaks, soft hyphen, marks of direction, surrogates, controls.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    r"\ufff9-\ufffb\ud800-\udfff]"
)
# Between other letters and in emoji the two joiners carry meaning; beside ASCII they came by accident.
_STRAY_JOINER = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")

_TYPED_ID = re.compile(r"<([@#])([A-Z][A-Z0-9]+)(?:\|[^<>|]*)?>", re.ASCII)
_BEGIN, _END = "\x01", "\x02"


class Decoded(NamedTuple):
    """What was typed, and whom Slack knew in it, in order."""

    typed: str
    mentions: tuple[Mention, ...] = ()


def decode(text: str) -> str:
    """The words of a command, from the text of a slash command or a mention.

    `&amp; &lt; &gt;` are decoded once; `<https://…|label>` becomes the address (or the label where Slack made the
    link out of it), a person or a channel becomes `@ana` or `#data`, which can ping nobody; characters that nobody
    sees are dropped.
    """
    return read(text).typed


def read(text: str) -> Decoded:
    """As `decode`, with the ids of the people and channels: Slack's own, or typed out as `<@U123>`."""
    known: list[Mention] = []
    text = _MARKUP.sub(lambda found: _plain(found, known), _UNSEEN.sub("", text))
    text = _STRAY_JOINER.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    bare = text.strip("`")
    text = text if "`" in bare else bare.strip()
    # Between the two marks, which no text holds by now, stand the known ones: every second piece.
    pieces = re.split(f"[{_BEGIN}{_END}]", text)
    starts = accumulate(map(len, pieces), initial=0)
    spans = [(start, start + len(piece)) for start, piece in zip(starts, pieces, strict=False)][1::2]
    typed = "".join(pieces)
    mentions = [mention._replace(at=at) for mention, at in zip(known, spans, strict=True)]
    mentions += [Mention(found.span(), found[1], found[2]) for found in _TYPED_ID.finditer(typed)]
    return Decoded(typed, tuple(sorted(mentions)))


def without_mention(text: str, person: str) -> str:
    """What is said to somebody, in Slack's markup: what follows their mention, or stands before it at the end.

    Args:
        text: A message's text.
        person: Slack's user id, most often the bot's own.
    """
    mention = re.compile(rf"<@{re.escape(person)}(?:\|[^<>]*)?>[,:]?")
    before, *after = mention.split(text, maxsplit=1)
    said = after[0] if after else text
    return said.strip() or before.strip()


def _plain(found: re.Match[str], known: list[Mention]) -> str:
    sigil, scheme, body, label = found.groups()
    if scheme:
        return _link(_unescape(body), _unescape(label or ""))
    if sigil is None:
        return _unescape(found[0])
    if sigil == "!":
        command, _, argument = body.partition("^")
        if command == "date":
            return _unescape(label or "")
        body = argument if command == "subteam" else command
    name = _unescape(label or body)
    sign = "@" if sigil == "!" else sigil
    name = name if name.startswith(sign) else sign + name
    if sigil == "!" or not body:
        return name
    known.append(Mention((0, 0), sigil, body))
    return f"{_BEGIN}{name}{_END}"


def _unescape(text: str) -> str:
    """Slack escapes these three and nothing else."""
    return _ENTITY.sub(lambda found: {"amp": "&", "lt": "<", "gt": ">"}[found[1]], text)


def _link(address: str, label: str) -> str:
    """The address, unless Slack made it out of words that were typed: `report.py` is a domain to Slack."""
    typed = _LINK_PREFIX.sub("", address, count=1)
    if address.startswith(("mailto:", "tel:")) or (label and typed.rstrip("/") == label.rstrip("/")):
        return label or typed
    return address
