"""Broken documents become threads that Slack takes; `python -m tests.render.wild` tries ten thousand."""

from __future__ import annotations

from bot.model import Facts

from .wild import read, told


def test_whatever_can_be_read_can_be_shown() -> None:
    before, shown = Facts(), 0
    for seed in range(150):
        for document in read(seed):
            before = told(document, before)
            shown += 1
    assert shown > 50
