"""How soon the end of a run is noticed, and with how many looks: many runs, replayed without waiting.

Each way of looking meets the same runs. For the product's own way, a notebook's earlier runs are drawn first; what it
makes of them is tried on further runs, and that again for many notebooks. Its curve of lag against looks comes from the
stretch of its waits, which in a process follows from how many runs share the token. The optimum is what could be done
by somebody who knew the distribution itself. A look takes no time here.
"""

import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, count
from math import exp, inf, log
from random import Random
from statistics import fmean

from bot import cadence
from tests.bench import crowd
from tests.bench.durations import ALL, FIRST, TEN, TWENTY, Durations, expected, optimum
from tests.bench.figures import Figure, at_most, machine, share, show

TITLE = "How soon an end is noticed, and with how many looks"
SEED = 20
STRETCHES = tuple(2.0**power for power in (-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3))
USUAL = STRETCHES[2:9]
"""Those at which looks are held against the optimum's: half of what a run alone has, to four times that."""
PRICES = tuple(cadence.PRICE * (0.15 * 1.5**step) ** 2 for step in range(12))
LOOP_1, LOOP_2, BACK_OFF = "every 1 s", "every 2 s", "back-off, x1.5 to 60 s"
LITTLE = 0.05
"""The part of its duration within which the end of a first run should be told, or `AT_ONCE` seconds."""
AT_ONCE = 2.0
TENTH = 0.1


@dataclass(frozen=True)
class Outcome:
    """What a way of looking came to: looks a run; and for each run how long it took, and how late its end was seen."""

    looks: float
    took: Sequence[float]
    lags: Sequence[float]

    @property
    def median(self) -> float:
        """Seconds."""
        return share(self.lags, 0.5)

    @property
    def mean(self) -> float:
        """Seconds."""
        return fmean(self.lags)

    @property
    def p95(self) -> float:
        """Seconds."""
        return share(self.lags, 0.95)


@dataclass(frozen=True)
class Replay:
    """Everything that was tried on one distribution; `best` are looks a run and mean lag of the optimum, by price."""

    durations: Durations
    batches: Sequence[Sequence[float]]
    others: dict[str, Outcome]
    ours: dict[float, Outcome]
    best: Sequence[tuple[float, float]]

    def looks_at_median(self, lag: float) -> float:
        """How many looks a run the product takes to have this median lag."""
        return between([(outcome.median, outcome.looks) for outcome in self.ours.values()], lag)

    def looks_at_mean(self, lag: float) -> float:
        """How many looks a run the product takes to have this mean lag."""
        return between([(outcome.mean, outcome.looks) for outcome in self.ours.values()], lag)

    def median_at(self, looks: float) -> float:
        """What median lag the product has with so many looks a run."""
        return between([(outcome.looks, outcome.median) for outcome in self.ours.values()], looks)

    def best_at(self, lag: float) -> float:
        """How many looks a run the optimum takes to have this mean lag."""
        return between([(lag_, looks) for looks, lag_ in self.best], lag)

    def best_lag(self, looks: float) -> float:
        """What mean lag the optimum has with so many looks a run."""
        return between(self.best, looks)

    def optimum_at(self, lag: float) -> Outcome:
        """What somebody who looks at the best times for this mean lag comes to, on the same runs."""
        price = between([(lag_, price) for price, (_, lag_) in zip(PRICES, self.best, strict=True)], lag)
        times = [*optimum(self.durations, price), inf]
        return tried(self.batches, lambda _: iter(times))

    def over_optimum(self) -> float:
        """How many times the optimum's looks are taken at the same mean lag, at worst."""
        return max(self.ours[one].looks / self.best_at(self.ours[one].mean) for one in USUAL)


def between(points: Sequence[tuple[float, float]], at: float) -> float:
    """The value of the curve through these points, all positive, at this place; straight on a logarithmic sheet."""
    logs = sorted((log(place), log(value)) for place, value in points)
    right = min(max(bisect_left(logs, (log(at), 0.0)), 1), len(logs) - 1)
    (x0, y0), (x1, y1) = logs[right - 1], logs[right]
    return exp(y0 + (y1 - y0) * (log(at) - x0) / (x1 - x0))


def every(seconds: float) -> Iterator[float]:
    """Looks at regular times."""
    return (number * seconds for number in count(1))


def backed_off() -> Iterator[float]:
    """Looks after one second, and each wait half as long again, up to a minute."""
    return accumulate(1.5**number if number < 11 else 60.0 for number in count())


def ours(known: cadence.Known, stretch: float, random: Random) -> Iterator[float]:
    """Looks as the product takes them."""
    age = 0.0
    while True:
        age += cadence.next_look(age, chance=random.random(), known=known, stretch=stretch)
        yield age


def tried(batches: Sequence[Sequence[float]], looks: Callable[[int], Iterator[float]]) -> Outcome:
    """Each batch of runs is met by looks of its own."""
    used, took, lags = 0, [], []
    for number, runs in enumerate(batches):
        times: list[float] = []
        for at in looks(number):
            times.append(at)
            if at >= max(runs):
                break
        for run in runs:
            place = bisect_left(times, run)
            used += place + 1
            took.append(run)
            lags.append(times[place] - run)
    return Outcome(used / len(lags), took, lags)


def replay(durations: Durations, pasts: int, runs: int) -> Replay:
    """Try everything on so many notebooks, with so many runs each."""
    random = Random(f"{SEED} {durations.name}")
    # Each notebook's past is drawn as if it were alone; all firsts together are evenly spread, and all seconds, ...
    earlier = zip(*(durations.draw(random, pasts) for _ in range(durations.past)), strict=True)
    known = [cadence.Known(past) for past in earlier] or [cadence.Known()] * pasts
    drawn = durations.draw(random, pasts * runs)
    batches = [drawn[place : place + runs] for place in range(0, len(drawn), runs)]

    def met(stretch: float) -> Outcome:
        return tried(batches, lambda number: ours(known[number], stretch, random))

    others = {
        LOOP_1: tried(batches, lambda _: every(1.0)),
        LOOP_2: tried(batches, lambda _: every(2.0)),
        BACK_OFF: tried(batches, lambda _: backed_off()),
    }
    best = [expected(durations, optimum(durations, price)) for price in PRICES]
    return Replay(durations, batches, others, {stretch: met(stretch) for stretch in STRETCHES}, best)


def tell(replay: Replay) -> None:
    """Print a distribution's table."""
    loop, back_off, alone = replay.others[LOOP_2], replay.others[BACK_OFF], replay.ours[1.0]
    rows = [("", "looks a run", "median lag", "mean", "p95")]
    shown = [
        *replay.others.items(),
        ("Threadbook, few runs", alone),
        ("Threadbook, four times the runs", replay.ours[2.0]),
    ]
    shown += [("Threadbook, sixteen times the runs", replay.ours[4.0])]
    for name, outcome in shown:
        median, mean, p95 = (f"{lag:.2f} s" for lag in (outcome.median, outcome.mean, outcome.p95))
        rows.append((name, f"{outcome.looks:.1f}", median, mean, p95))
    at_loop = replay.looks_at_median(loop.median)
    rows.append(("  with the 2 s loop's median lag", f"{at_loop:.1f}", f"{loop.median:.2f} s", "", ""))
    rows.append(
        ("  with back-off's looks", f"{back_off.looks:.1f}", f"{replay.median_at(back_off.looks):.2f} s", "", "")
    )
    best = replay.optimum_at(alone.mean)
    lags = f"{best.median:.2f} s", f"{alone.mean:.2f} s", f"{best.p95:.2f} s"
    rows.append(("optimum, at the mean lag of few runs", f"{replay.best_at(alone.mean):.1f}", *lags))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    past = f"{replay.durations.past} past runs known" if replay.durations.past else "no past"
    sys.stdout.write("\n".join(["", f"{replay.durations.name} ({past})", *(line.rstrip() for line in lines), ""]))
    sys.stdout.flush()


def beside_back_off(replay: Replay) -> Figure:
    """A tenth of back-off's median lag with its looks: to be reached wherever the optimum's own is as short."""
    back_off = replay.others[BACK_OFF]
    optimal = replay.optimum_at(replay.best_lag(back_off.looks))
    lag, best = (one / back_off.median for one in (replay.median_at(back_off.looks), optimal.median))
    what = f"{replay.durations.name}: of back-off's median lag, with its looks"
    if best <= TENTH:
        return at_most(what, lag, TENTH)
    return Figure(what, f"{lag:.2f} (the optimum's own: {best:.2f})")


def reached(replays: Sequence[Replay]) -> list[Figure]:
    """What was to be reached, and whether it was."""
    by_name = {replay.durations.name: replay for replay in replays}
    figures = []
    for name, part in ((TEN, 0.25), (TWENTY, 0.5)):
        loop = by_name[name].others[LOOP_2]
        looks = by_name[name].looks_at_median(loop.median) / loop.looks
        figures.append(at_most(f"{name}: of the 2 s loop's looks, at its median lag", looks, part))
    figures += [beside_back_off(each) for each in replays]
    for each in replays:
        for name, other in each.others.items():
            below = each.looks_at_mean(other.mean) / other.looks
            what = f"{each.durations.name}: of the looks of {name}, at its mean lag"
            figures.append(Figure(what, f"{below:.2f}", "under 1", below < 1))
    for each in replays:
        if each.durations.within is not None:
            what = f"{each.durations.name}: times the optimum's looks, at equal mean lag"
            figures.append(at_most(what, each.over_optimum(), each.durations.within))
    first = by_name[FIRST].ours[1.0]
    part = share([lag / max(LITTLE * took, AT_ONCE) for took, lag in zip(first.took, first.lags, strict=True)], 0.95)
    figures.append(at_most(f"{FIRST}: p95 lag, of 5 % of the duration or 2 s", part, 1.0))
    return figures


def costs(times: int = 200) -> list[Figure]:
    """What deciding costs the process."""
    random = Random(SEED)
    pasts = [ALL[1].draw(random, 20) for _ in range(times)]
    began = time.perf_counter()
    known = [cadence.Known(past) for past in pasts]
    for each in known:
        cadence.next_look(0.0, chance=0.5, known=each)
    fitted = time.perf_counter()
    for each in known:
        for age in range(0, 200, 4):
            cadence.next_look(float(age), chance=0.5, known=each)
    done = time.perf_counter()
    return [
        Figure("learning from 20 past runs, once a notebook", f"{(fitted - began) / times * 1e3:.1f} ms"),
        at_most("when to look next, each time", (done - fitted) / times / 50 * 1e6, 50, " µs", 1),
    ]


def measure(pasts: int = 100, runs: int = 20) -> list[Figure]:
    """Replay all, print a table of each, and say what was reached."""
    replays = []
    for durations in ALL:
        replays.append(replay(durations, pasts, runs))
        tell(replays[-1])
    return [*reached(replays), *crowd.figures(ALL[1]), *costs()]


def main() -> int:
    """Measure, and print the tables; the answer is an exit code."""
    return show(TITLE, machine(), measure())


if __name__ == "__main__":
    sys.exit(main())
