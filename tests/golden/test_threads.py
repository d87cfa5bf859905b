"""Each notebook of the corpus becomes the thread that is kept beside it; THREADBOOK_GOLDEN=1 writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.render.card import card
from bot.render.files import File, Files, Made, Picture
from bot.render.report import Said, parts
from bot.render.thread import closing
from bot.sandbox.slack import problems
from bot.sandbox.slack.blocks import too_long
from tests.render.said import later

from .corpus import HOME, Left, left, names

THREADS = Path(__file__).parent / "threads"
SHOWN = 12
"""Lines of a made file that are kept."""


def thread(one: Left) -> dict[str, Any]:
    """The whole thread as JSON: messages as they are, files by their names and first lines."""
    told = parts(one.run, one.results, HOME)
    return {
        "card": card(one.run, None, results=one.results, home=HOME)[1],
        "parts": [_said(part) if isinstance(part, Said) else _files(part) for part in told],
        "closing": closing(one.run, one.results, later(68), home=HOME),
    }


def _said(part: Said) -> dict[str, Any]:
    return {"text": part.text, "blocks": part.blocks}


def _files(part: Files) -> dict[str, Any]:
    return {"files": [_file(file) for file in part.files]}


def _file(file: File) -> dict[str, Any]:
    if isinstance(file, Picture):
        return {"picture": file.name, "title": file.title, "alt": file.alt}
    if isinstance(file, Made):
        lines = file.content.split("\n")
        return {"made": file.name, "lines": len(lines), "content": [line[:160] for line in lines[:SHOWN]]}
    return {"file": file.name}


@pytest.mark.parametrize("name", names())
async def test_a_notebook_becomes_its_thread(name: str) -> None:
    one = await left(name)
    found = thread(one)
    for part in parts(one.run, one.results, HOME):
        if isinstance(part, Said):
            assert problems(part.blocks or []) == []
            assert not too_long(part.blocks or [])
    path = THREADS / f"{name}.json"
    if os.environ.get("THREADBOOK_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8"))


def test_every_thread_is_of_a_notebook() -> None:
    assert sorted(path.stem for path in THREADS.iterdir()) == names()
