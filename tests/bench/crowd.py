"""Many runs on one token, by a clock that nobody waits for: what its budget makes of looks and lags."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bot import cadence
from tests.bench.durations import Durations
from tests.bench.figures import Figure, share

RATE = 5.0
"""Looks a second that the token allows; what is set where nothing else is."""
WARM, SECONDS = 300.0, 1200.0
WEIGHED_EVERY = 2.0


@dataclass(slots=True)
class Run:
    """A run under way; the next of the same place begins as soon as its end is noticed."""

    known: cadence.Known
    began: float
    took: float
    wants: float = 0.0
    reserved: bool = False


@dataclass(frozen=True)
class Crowd:
    """What became of so many runs at once: seconds by which ends were noticed late, and looks."""

    runs: int
    lags: Sequence[float]
    looks: int
    busiest: int
    stretch: float


def crowd(durations: Durations, runs: int, notebooks: int = 20) -> Crowd:
    """So many runs at once, of some notebooks with a past each, for a quarter of an hour after some minutes."""
    random = Random(f"{durations.name} {runs}")
    pasts = [cadence.Known([durations.draw(random, 1)[0] for _ in range(durations.past)]) for _ in range(notebooks)]
    token, weigh_at = cadence.Share(RATE), 0.0
    under_way = [_begun(durations, random.choice(pasts), random.uniform(0, 100), random) for _ in range(runs)]
    due = [(run.began, number) for number, run in enumerate(under_way)]
    heapq.heapify(due)
    lags, looks = list[float](), list[float]()
    while due[0][0] < WARM + SECONDS:
        now, number = heapq.heappop(due)
        run = under_way[number]
        if now >= weigh_at:
            token.weigh(sum(each.wants for each in under_way), now)
            weigh_at = now + WEIGHED_EVERY
        if now > run.began and not run.reserved and (place := token.reserve(now)) > now:
            run.reserved = True
            heapq.heappush(due, (place, number))
            continue
        if now > run.began:
            looks.append(now)
        if now - run.began > run.took:
            if now > WARM:
                lags.append(now - run.began - run.took)
            run = under_way[number] = _begun(durations, random.choice(pasts), now, random)
        run.reserved = False
        wait = cadence.next_look(now - run.began, chance=random.random(), known=run.known, stretch=token.stretch)
        run.wants = token.stretch / wait
        heapq.heappush(due, (now + wait, number))
    counted = [at for at in looks if at > WARM]
    minutes = [0] * (int(SECONDS / 60) + 1)
    for at in counted:
        minutes[int((at - WARM) / 60)] += 1
    return Crowd(runs, lags, len(counted), max(minutes), token.stretch)


def _begun(durations: Durations, known: cadence.Known, now: float, random: Random) -> Run:
    return Run(known, now, durations.draw(random, 1)[0])


def figures(durations: Durations, sizes: Sequence[int] = (10, 100, 400)) -> list[Figure]:
    """For each number of runs: what is used of the budget, and how late ends are noticed."""
    found = []
    for runs in sizes:
        here = crowd(durations, runs)
        what = f"{runs} runs of {durations.name} on a token of {RATE:g} looks a second"
        used = here.looks / SECONDS
        words = f"{used:.2f} a second, {here.looks / len(here.lags):.1f} a run"
        found.append(Figure(f"{what}: looks", words, f"at most {RATE:g}", here.busiest <= RATE * 61))
        found.append(
            Figure(f"{what}: lag", f"median {share(here.lags, 0.5):.2f} s, p95 {share(here.lags, 0.95):.2f} s")
        )
    return found
