"""Some cells of the matrix, of each kind one: `python -m tests.faults` plays all of them."""

from __future__ import annotations

import sys

import pytest

from tests.faults import matrix
from tests.store.postgres import NoServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9"),
]
ALONE: list[matrix.Place] = [
    ("card posted, answer lost", "datalore", "sqlite"),
    ("POST sent, reply lost", "deepnote", "sqlite"),
    ("closing line noted, before", "datalore", "sqlite"),
    ("file alone noted, after", "deepnote", "sqlite"),
    ("told alone, noted, after", "datalore", "sqlite"),
]
ON_POSTGRESQL: list[matrix.Place] = [
    ("id saved, before", "deepnote", "postgres"),
    ("submitting committed, after", "datalore", "replicas"),
    ("runs claimed, after", "deepnote", "replicas"),
    ("heartbeat stopped, before", "datalore", "postgres"),
    ("untracking saved, after", "deepnote", "replicas"),
    ("upload (completed), answer lost", "datalore", "replicas"),
]


def told(_place: matrix.Place, _wrong: list[str]) -> None:
    """Nothing is printed on the way."""


async def test_killed_at_a_boundary_and_started_again_it_tells_one_end_of_one_start() -> None:
    found = await matrix.fill(ALONE, len(ALONE), told)
    assert not any(found.values()), matrix.table(found)


async def test_killed_on_postgresql_it_or_another_tells_one_end_of_one_start() -> None:
    try:
        found = await matrix.fill(ON_POSTGRESQL, len(ON_POSTGRESQL), told)
    except NoServer as reason:
        pytest.skip(str(reason))
    assert not any(found.values()), matrix.table(found)


def test_the_matrix_names_what_went_wrong() -> None:
    boundary = matrix.cells("ack sent")
    found = {place: [] if place[2] == "sqlite" else ["2 starts", "what was seen"] for place in boundary}
    drawn = matrix.table(found).splitlines()
    assert drawn[1].split() == ["ack", "sent", *(["✓"] + 2 * ["2", "starts"]) * 2]
