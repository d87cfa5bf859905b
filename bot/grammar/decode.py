"""Slack's markup taken off: what a person typed, as that person would recognise it."""

from __future__ import annotations

import re

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


def decode(text: str) -> str:
    """The words of a command, from the text of a slash command or a mention.

    `&amp; &lt; &gt;` are decoded once; `<https://…|label>` becomes the address (or the label where Slack made the
    link out of it), a person or a channel becomes `@ana` or `#data`, which can ping nobody; characters that nobody
    sees are dropped.
    """
    text = _MARKUP.sub(_plain, text).replace("\r\n", "\n").replace("\r", "\n")
    text = _STRAY_JOINER.sub("", _UNSEEN.sub("", text)).strip()
    bare = text.strip("`")
    return text if "`" in bare else bare.strip()


def _plain(found: re.Match[str]) -> str:
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
    sigil = "@" if sigil == "!" else sigil
    return name if name.startswith(sigil) else sigil + name


def _unescape(text: str) -> str:
    """Slack escapes these three and nothing else."""
    return _ENTITY.sub(lambda found: {"amp": "&", "lt": "<", "gt": ">"}[found[1]], text)


def _link(address: str, label: str) -> str:
    """The address, unless Slack made it out of words that were typed: `report.py` is a domain to Slack."""
    typed = _LINK_PREFIX.sub("", address, count=1)
    if address.startswith(("mailto:", "tel:")) or (label and typed.rstrip("/") == label.rstrip("/")):
        return label or typed
    return address
