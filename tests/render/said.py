"""A run, what it left, and how a reader sees a message: the few words in which these tests speak."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.model import Inputs, Notebook, Options, Platform, Progress, Request, Run, State

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
ANA, BEN = "U0ANARUIZ1", "U0BENOKAF2"
DATE = re.compile(r"<!date\^\d+\^([^|>]+)\|[^>]+>")
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(20)).decode()


def later(seconds: float) -> datetime:
    """A time so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def a_run(
    state: State = State.RUNNING,
    *,
    on: Platform = Platform.DEEPNOTE,
    title: str = "Weekly KPIs",
    inputs: Inputs | None = None,
    options: Options | None = None,
    adopt: str | None = None,
    untracked_by: str | None = None,
    **progress: Any,
) -> Run:
    """Ana's run 142, which has come to this state at noon."""
    known: dict[str, Any] = {"since": NOON, "remote_id": "r1"} | progress
    request = Request(
        notebook=Notebook(platform=on, id="n1"),
        title=title,
        inputs=inputs or {},
        options=options or Options(),
        adopt=adopt,
    )
    return Run(
        id=1,
        workspace="T1",
        number=142,
        request=request,
        asker=ANA,
        asker_name="ana",
        channel="C1",
        asked_at=NOON,
        progress=Progress(state=state, **known),
        untracked_by=untracked_by,
    )


def read(blocks: list[dict[str, Any]] | None, text: str = "") -> str:
    """What a reader sees, buttons left out: dates by their tokens, entities as characters, a line for each text."""
    shown = "\n".join(texts(blocks)) if blocks else text
    shown = DATE.sub(r"(\1)", shown)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def texts(value: Any) -> Iterator[str]:
    """Every text in some blocks, in their order."""
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, dict) and value.get("type") != "button":
        if isinstance(value.get("text"), str):
            yield value["text"]
        for key, each in value.items():
            if key not in ("type", "confirm"):
                yield from texts(each)


def buttons(blocks: list[dict[str, Any]]) -> list[str]:
    """The labels of the buttons."""
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    rows += [[block["accessory"]] for block in blocks if "accessory" in block]
    return [button["text"]["text"] for row in rows for button in row]
