"""Stories played from their numbers: all laws hold, planted bugs are found, the same number tells the same story."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.planted import BUGS, planted
from tests.simulation.world import play

FIRST, STORIES = 1, 12
"""Played in the suite; `.ci/run` plays a thousand, `python -m tests.simulation` as many as wanted."""
ENOUGH = 150
"""Stories within which each planted bug is found, from its first one on, should that one tell something else by now."""


@pytest.mark.slow
def test_in_so_many_stories_every_law_holds_and_they_are_no_idle_ones() -> None:
    stories = [play(seed, tracing=True) for seed in range(FIRST, FIRST + STORIES)]
    assert not {story.seed: story.broken for story in stories if story.broken}
    told = "\n".join("\n".join(story.trace) for story in stories)
    for happening in ("kills ", "stops ", "has stopped beating", ": lost", "claimed ", "succeeded in", "Untrack"):
        assert happening in told, happening


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_by_the_law_that_it_breaks(bug: str) -> None:
    first, law = BUGS[bug].first, re.compile(BUGS[bug].law)
    with planted(bug):
        assert any(any(map(law.search, play(seed).broken)) for seed in range(first, first + ENOUGH))


def test_the_same_number_tells_the_same_story_in_another_process() -> None:
    told = [_told(12, hash_seed) for hash_seed in ("1", "2")]
    assert told[0] == told[1]
    assert len(told[0].splitlines()) > 20


def _told(seed: int, hash_seed: str) -> str:
    command = [sys.executable, "-m", "tests.simulation", "--seed", str(seed), "--trace"]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout
