"""The benchmark of the cadence: what it holds the product against is right, and it counts right."""

from itertools import pairwise
from math import exp, log, sqrt
from statistics import fmean

import pytest

from tests.bench import crowd
from tests.bench.cadence import backed_off, every, replay, tried
from tests.bench.durations import ALL, Durations, Kind, expected, optimum


def test_looks_and_lags_are_counted_a_run() -> None:
    found = tried([[3.5, 10.0], [0.5]], lambda _: every(2.0))
    assert found.looks == (2 + 5 + 1) / 3
    assert found.lags == [0.5, 0.0, 1.5]
    grown = tried([[30.0]], lambda _: backed_off())
    assert grown.looks == 7


def test_runs_that_may_end_at_any_time_are_best_looked_at_regularly() -> None:
    mean, price = 100.0, 0.5
    endless = Durations("any time", Kind(lambda part: -mean * log(1 - part), lambda age: exp(-age / mean)), 900)
    gaps = [then - age for age, then in pairwise(optimum(endless, price)) if then < 500]
    assert gaps == pytest.approx([sqrt(2 * price * mean)] * len(gaps), rel=0.06)
    looks, lag = expected(endless, [2.0 * number for number in range(1, 451)])
    assert looks == pytest.approx(mean / 2 + 0.5, rel=0.01)
    assert lag == pytest.approx(1.0, rel=0.02)


@pytest.mark.parametrize("durations", ALL[1:3], ids=lambda durations: durations.name)
def test_the_product_comes_between_the_loops_and_the_optimum(durations: Durations) -> None:
    found = replay(durations, pasts=6, runs=5)
    assert found.others["every 2 s"].looks == pytest.approx(90.5, rel=0.05)
    looks = found.looks_at_mean(1.0)
    assert 0.9 * found.best_at(1.0) < looks < 90.5 / 2  # so few runs tell it roughly


def test_a_crowd_keeps_to_its_tokens_budget() -> None:
    found = crowd.crowd(ALL[1], 60, notebooks=4)
    assert found.busiest <= 61 * crowd.RATE
    assert found.stretch > 1
    assert fmean(found.lags) < 10


def test_the_optimum_is_tried_on_the_same_runs() -> None:
    found = replay(ALL[1], pasts=4, runs=5)
    best = found.optimum_at(1.0)
    assert best.looks == pytest.approx(found.best_at(1.0), rel=0.1)
    assert best.mean == pytest.approx(1.0, rel=0.25)
    assert best.median < best.p95
