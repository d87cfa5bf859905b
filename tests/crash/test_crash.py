"""Threadbook is killed, or told to stop, in the middle of its work; what people see afterwards is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.house import Town

pytestmark = pytest.mark.slow


def waits_for(gate: Path) -> str:
    """A block of code that ends once the gate is there; after half a minute at the latest."""
    return (
        "import os, time\n"
        "until = time.monotonic() + 30\n"
        f"while not os.path.exists({str(gate)!r}) and time.monotonic() < until:\n"
        "    time.sleep(0.02)\n"
        "print('done')"
    )


async def test_killed_in_the_middle_of_a_run_it_tells_one_end_of_one_start(here: Town, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    notebook = here.shelve("slow", waits_for(gate))
    await here.start()
    card = await here.runs(notebook, "deepnote")
    await here.shows(card, "Running since")
    await here.told()
    await here.kill()
    gate.touch()
    await here.start()
    await here.shows(card, "Succeeded")
    await here.closes(card)
    assert here.starts(notebook) == 1
    assert here.cards == [card]
    assert here.closings(card) == 1
    told = here.lines(card)
    assert sum("Running" in line for line in told) == 1
    assert sum("succeeded" in line for line in told) == 1
    assert "done" in "\n".join(told)


async def test_killed_around_a_start_it_never_starts_anything_twice(here: Town) -> None:
    """One run has its card and is still being checked; of two others the start is under way, and unanswered."""
    here.breaks("deepnote", "slow_after_start", "POST /v2/runs", seconds=60, times=1)
    here.breaks("datalore", "slow_after_start", "POST", seconds=60)
    found, unclear, checked = (
        here.shelve("found", "print('found')"),
        here.shelve("unclear", "# Words"),
        here.shelve("checked", "# Words"),
    )
    checks = here.breaks("deepnote", "slow", f"GET /v2/notebooks/{checked.deepnote_id}", seconds=60, times=1)
    await here.start()
    cards = [await here.runs(found, "deepnote"), await here.runs(unclear, "datalore")]
    await here.until(lambda: here.starts(found) and here.starts(unclear), "both starts")
    cards.append(await here.runs(checked, "deepnote"))
    await here.until(lambda: checks.hits, "the question that goes before a start")
    assert here.starts(checked) == 0
    await here.kill()
    await here.start()
    for card, words in zip(cards, ("Succeeded", "May have started", "Succeeded"), strict=True):
        await here.shows(card, words)
        await here.closes(card)
        assert here.closings(card) == 1
    assert [here.starts(notebook) for notebook in (found, unclear, checked)] == [1, 1, 1]
    assert here.cards == cards


async def test_told_to_stop_it_hears_the_answer_out_and_the_next_one_takes_over_at_once(here: Town) -> None:
    here.breaks("datalore", "slow_after_start", "POST", seconds=2, times=1)
    here.breaks("datalore", "503", "GET /api/run", times=1)
    here.breaks("deepnote", "slow_after_start", "POST /v2/runs", seconds=60)
    notebook, stuck = here.shelve("words", "# Words"), here.shelve("stuck", "# Words")
    await here.start()
    card, silent = await here.runs(notebook, "datalore"), await here.runs(stuck, "deepnote")
    await here.until(lambda: here.starts(notebook) and here.starts(stuck), "the starts")
    code, seconds = await here.terminate()
    assert code == 0
    assert seconds < 10
    assert here.living() == 0
    await here.shows(card, "Queued since")  # the answer was heard, and is shown
    await here.start()
    await here.shows(card, "Succeeded")
    assert not here.logged("has stopped beating")  # nobody waited for a heart to stand still
    await here.shows(silent, "May have started")
    for each in (card, silent):
        await here.closes(each)
        assert here.closings(each) == 1
    assert (here.starts(notebook), here.starts(stuck)) == (1, 1)
