"""The benchmarks still run: once, as small as can be, and without looking at the times."""

import asyncio
from pathlib import Path

import pytest

from tests.bench import ack, endings, forms, reading, scale, start
from tests.bench.figures import Figure, show


@pytest.mark.slow
async def test_acknowledgements_are_measured_beside_a_bare_app(tmp_path: Path) -> None:
    figures = await ack.measure(tmp_path, rounds=2, each=2, concurrency=(1, 3), runs=6)
    named = [figure.what for figure in figures]
    assert "/notebook help, 1 at once: p50 beside bare Bolt" in named
    assert "/notebook help, 3 at once: p99 beside bare Bolt" in named
    assert "/notebook run, 3 at once: p99" in named


@pytest.mark.slow
async def test_forms_are_opened_by_many_and_offer_notebooks(tmp_path: Path) -> None:
    figures = await forms.measure(tmp_path, entries=50, rounds=1, people=3, letters=20, at_once=2)
    named = [figure.what for figure in figures]
    assert "form opened (loading view), 3 at once: p99" in named
    assert "notebooks offered of 50, 2 at once: p99" in named


@pytest.mark.slow
async def test_tracked_runs_are_looked_at_and_not_written(tmp_path: Path) -> None:
    figures = await scale.measure(tmp_path, sizes=(10,), period=1.0)
    writes = [figure for figure in figures if "writes beside" in figure.what]
    assert [figure.met for figure in writes] == [True]
    looked = [float(figure.measured) for figure in figures if figure.what.endswith("looks a second")]
    assert all(rate > 0 for rate in looked)
    assert sum("killed, and all claimed" in figure.what for figure in figures) == 1


@pytest.mark.slow
def test_ends_at_one_moment_are_all_told_and_slack_refuses_nothing(tmp_path: Path) -> None:
    """Two minutes' worth of edits, so that somebody has to wait, and no other edit is due together with the last.

    Times are looked at by hand.
    """
    with asyncio.Runner(loop_factory=endings.Loop) as runner:
        figures = runner.run(endings.measure(tmp_path, many=100, others=5))
    counted = {figure.what.partition(": ")[2]: figure.measured for figure in figures}
    assert counted["calls that Slack refused (429)"] == "0"
    assert counted["cards that show their end"] == "100"
    assert counted["edits of those cards"] == "100"
    assert counted["other cards edited before the last of them"] == "0"
    beside = [figure.reach for figure in figures if "Slack's tiers" in figure.what]
    assert beside == ["60 to 120 s"]  # fifty pass at once, fifty a minute later


@pytest.mark.slow
async def test_documents_are_read_and_rendered_off_the_loop() -> None:
    figures = await reading.measure(small=300_000, large=600_000, rounds=2)
    named = [figure.what for figure in figures]
    assert "0.3 MB read and rendered: p50" in named
    assert "the loop waited during 0.6 MB: longest, best of three" in named


def test_the_command_and_the_sandbox_start() -> None:
    figures = start.measure(times=1, sandboxes=1)
    assert [figure.met is None for figure in figures] == [False, True, False, True]


def test_a_table_says_what_was_reached_and_what_was_not(capsys: pytest.CaptureFixture[str]) -> None:
    quick, slow = Figure("quick", "1 s", "2 s", met=True), Figure("slow", "3 s", "2 s", met=False)
    assert show("Title", "here", [quick, Figure("seen", "4 s")]) == 0
    capsys.readouterr()
    assert show("Title", "here", [quick, slow]) == 1  # and so does the process end
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == ["Title", "here"]
    assert [line.split()[-1] for line in lines[-2:]] == ["reached", "REACHED"]
    assert "NOT REACHED" in lines[-1]


def test_growth_is_held_against_the_size() -> None:
    small, large = (scale.Load(runs, runs / 10, 1.0) for runs in (100, 1_000))
    costs = [
        scale.Cost(1.0, 1.0, memory, processor, 1, 1, 0.0, 0.0, (0.0, 0.0, 0.0), 1.0, 1.0)
        for memory, processor in ((100.0, 1.0), (200.0, 11.0))
    ]
    memory, processor = scale.growth((small, costs[0]), (large, costs[1]))
    assert (memory.measured, memory.met) == ("2.00x, 113.8 KiB a run", True)
    assert (processor.measured, processor.met) == ("11.00x", False)
