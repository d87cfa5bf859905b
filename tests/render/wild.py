"""Threads of documents that are broken in every way: `python -m tests.render.wild 10000` renders so many.

Whatever is read becomes messages that Slack takes, with what changed since the document before.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bot.model import Document, Earlier, Facts, Results, State
from bot.outputs import ipynb, snapshot
from bot.outputs.changes import compare, with_cells
from bot.render.card import card
from bot.render.report import Said, parts
from bot.render.text import mention
from bot.render.thread import closing
from tests.outputs.wild import documents

from .judging import judge
from .said import NOON, a_run, later

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = "https://acme.slack.com/"


def read(seed: int) -> Iterator[Document]:
    """Those documents of this number that can be read."""
    for how, content in zip((ipynb.read, snapshot.read), documents(seed), strict=True):
        try:
            yield how(content)
        except ValueError:
            continue


def told(document: Document, before: Facts) -> Facts:
    """Judge its whole thread; answers with its facts.

    Raises:
        AssertionError: Slack wouldn't take a message, or something live came through.
    """
    facts = with_cells(document.facts, document.outputs)
    earlier = Earlier(number=1, ended_at=NOON, channel="C1", ts="1.000001", changes=compare(before, facts))
    results = Results(
        outputs=document.outputs,
        failure=document.failure,
        left_out=document.left_out,
        headline=document.headline,
        facts=facts,
        earlier=earlier,
    )
    run = a_run(State.FAILED if document.failure else State.SUCCEEDED, title=document.title, inputs={"token": "x" * 9})
    found = parts(run, results, HOME)
    assert len(found) <= 5
    for part in found:
        if isinstance(part, Said):
            judge(part.text, part.blocks, links=True)
    judge(*card(run, None, results=results, home=HOME), links=True)
    judge(closing(run, results, later(60), home=HOME), None, mentions=(mention(run.asker),), links=True)
    return facts


def main() -> None:
    """Render as many as the command says."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    begun, shown, before = time.perf_counter(), 0, Facts()
    for seed in range(many):
        for document in read(seed):
            before = told(document, before)
            shown += 1
    took = time.perf_counter() - begun
    sys.stdout.write(f"{many:,} numbers, {shown:,} documents rendered, in {took:.0f} s\n")


if __name__ == "__main__":
    main()
