"""Whether a message is one that Slack takes, and pings nobody whom we don't mean."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.slack import problems
from bot.sandbox.slack.blocks import too_long

TOKEN = re.compile(r"<([^<>]*)>")
CHANNEL = re.compile(r"#C[A-Z0-9]+")
DATE = re.compile(r"!date\^-?\d+\^(\{time\}|\{date_short_pretty\} at \{time\})\|\d{4}-\d\d-\d\d \d\d:\d\d UTC")
LINK = re.compile(r"https?://[^\s<>|]+\|[^<>|]*(?:\|[^<>|]*)*")
ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u202e\u2028\u2066\ufeff]")


def judge(
    text: str, blocks: list[dict[str, Any]] | None, *, mentions: tuple[str, ...] = (), links: bool = False
) -> None:
    """The message is one that Slack takes, and holds no live token but those that are ours."""
    assert text.strip()
    assert len(text) <= 3_900
    assert problems(blocks or []) == []
    assert not too_long(blocks or [])
    for said in [text, *mrkdwn(blocks or [])]:
        assert not ENTITY.search(said), said
        assert not HIDDEN.search(said)
        found = TOKEN.findall(said)
        rest = TOKEN.sub("", said)
        assert "<" not in rest
        assert ">" not in rest
        for token in found:
            ours = links and (LINK.fullmatch(token) or CHANNEL.fullmatch(token))
            assert DATE.fullmatch(token) or f"<{token}>" in mentions or ours, token
        pings = [f"<{token}>" for token in found if token.startswith("@")]
        assert len(pings) <= len(mentions)


def mrkdwn(value: Any) -> list[str]:
    """The texts in which Slack reads tokens; each asks to be taken verbatim."""
    if isinstance(value, list):
        return [said for each in value for said in mrkdwn(each)]
    if not isinstance(value, dict):
        return []
    if value.get("type") == "mrkdwn":
        assert value["verbatim"] is True
        return [value["text"]]
    assert value.get("type") not in ("user", "usergroup", "broadcast", "channel", "markdown")
    return mrkdwn(list(value.values()))
