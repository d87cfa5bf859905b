"""`python -m tests.simulation`: play many stories, or tell one."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

from tests.simulation.planted import BUGS, played

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.world import Story

THOUSAND, IN_TIME = 1_000, 120.0
"""So many stories are to be told in so many seconds, wherever each change is checked."""


def many(first: int, seeds: int, jobs: int, bug: str = "") -> Iterator[Story]:
    """Play the stories from `first` on, in as many processes; they come in the order of their numbers."""
    numbers, one = range(first, first + seeds), partial(played, bug)
    if jobs == 1:
        yield from map(one, numbers)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(one, numbers, chunksize=10)


def main() -> int:
    """Play; the exit code says whether all laws held."""
    tell = partial(print, flush=True)
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1_000, help="how many stories (default: 1000)")
    parser.add_argument("--first", type=int, default=1, help="the first story's number (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--seed", type=int, help="play this story alone")
    parser.add_argument("--plant", choices=sorted(BUGS), default="", help="put this bug into the product")
    parser.add_argument("--trace", action="store_true", help="with --seed: tell all that happens")
    asked = parser.parse_args()
    if asked.seed is not None:
        story = played(asked.plant, asked.seed, tracing=asked.trace)
        tell("\n".join((*story.trace, *(f"broken: {words}" for words in story.broken))))
        tell(f"{story.runs} runs in {story.seconds:.1f} s; {len(story.broken)} laws broken")
        return bool(story.broken)
    began, failed, runs, seconds = time.perf_counter(), 0, 0, 0.0
    for story in many(asked.first, asked.seeds, asked.jobs, asked.plant):
        runs, seconds = runs + story.runs, seconds + story.seconds
        if story.broken:
            failed += 1
            tell(f"seed {story.seed}: " + "\n    ".join(story.broken[:5]))
    took = time.perf_counter() - began
    tell(
        f"{asked.seeds} stories, {runs} runs, {seconds / 3600:.1f} hours of their time in {took:.1f} s "
        f"({asked.seeds / took:.1f} a second); {failed} broke a law"
    )
    if asked.seeds == THOUSAND:
        # A slow machine fails nothing; but nobody is to overlook that the stories have become slow.
        tell(f"to reach: under {IN_TIME:.0f} s: {'reached' if took < IN_TIME else 'NOT REACHED'}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
