"""What differs between two successes: key numbers with their difference in words, and tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Change, Column, Facts, Figure, Output, Shape, Table
from bot.outputs.changes import OTHER_VALUES, compare, with_cells


def figures(*several: tuple[str, str, float | None]) -> Facts:
    return Facts(figures=tuple(Figure(name=name, text=text, value=value) for name, text, value in several))


def shapes(*several: tuple[str, int, int]) -> Facts:
    return Facts(shapes=tuple(Shape(name=name, rows=rows, columns=columns) for name, rows, columns in several))


@pytest.mark.parametrize(
    ("then", "now", "by"),
    [
        (("1.20M", 1.2e6), ("1.31M", 1.31e6), "+9.2 %"),
        (("100", 100.0), ("109", 109.0), "+9 %"),
        (("100", 100.0), ("10", 10.0), "-90 %"),
        (("1,000,000", 1e6), ("1,000,001", 1_000_001.0), "+0.0001 %"),
        (("2", 2.0), ("9,000", 9_000.0), "+449,900 %"),
        (("87 %", 87.0), ("90 %", 90.0), "+3 points"),
        (("4.1%", 4.1), ("3.85%", 3.85), "-0.2 points"),
        (("0", 0.0), ("5", 5.0), "+5"),
        (("-5", -5.0), ("5", 5.0), "+10"),
        (("none", None), ("5", 5.0), ""),
        (("inf", float("inf")), ("5", 5.0), ""),
    ],
)
def test_a_key_number_that_differs_says_by_how_much(
    then: tuple[str, float | None], now: tuple[str, float | None], by: str
) -> None:
    [change] = compare(figures(("revenue", *then)), figures(("Revenue", *now)))
    assert change == Change(name="Revenue", before=then[0], now=now[0], by=by)


def test_a_table_that_grew_says_its_sizes() -> None:
    assert compare(shapes(("Orders", 120, 5)), shapes(("Orders", 131, 5))) == (
        Change(name="Orders", before="120 rows", now="131 rows"),
    )
    assert compare(shapes(("Orders", 120, 1)), shapes(("Orders", 120, 2))) == (
        Change(name="Orders", before="1 column", now="2 columns"),
    )
    assert compare(shapes(("Orders", 1, 4)), shapes(("Orders", 2, 5))) == (
        Change(name="Orders", before="1 row of 4 columns", now="2 rows of 5 columns"),
    )


def test_what_is_new_and_what_is_gone() -> None:
    before, now = figures(("orders", "5", 5.0)), figures(("refunds", "2", 2.0))
    assert compare(before, now) == (Change(name="refunds", now="2"), Change(name="orders", before="5"))
    assert compare(shapes(("A", 1, 1)), Facts()) == (Change(name="A", before="1 row"),)


def test_several_of_one_name_are_told_apart_by_their_order() -> None:
    before = figures(("share", "1", 1.0), ("share", "2", 2.0))
    assert [one.before for one in compare(before, figures(("share", "1", 1.0), ("share", "3", 3.0)))] == ["2"]


def table(*cells: str) -> Output:
    rows = tuple((cell,) for cell in cells)
    return Output(kind="table", block=1, table=Table(columns=(Column(name="a"),), rows=rows, rows_in_all=len(rows)))


def test_a_table_of_the_same_size_with_other_cells_has_changed() -> None:
    facts = shapes(("Orders", 2, 1))
    one, same, other = (with_cells(facts, [table(*cells)]) for cells in (("1", "2"), ("1", "2"), ("1", "3")))
    assert compare(one, same) == ()
    assert [change.by for change in compare(one, other)] == [OTHER_VALUES]
    assert compare(facts, other) == ()  # what wasn't known can't be told


def test_digests_are_only_given_to_the_tables_that_they_are_of() -> None:
    facts = shapes(("Orders", 7, 1))
    assert with_cells(facts, [table("1", "2")]) == facts
    assert with_cells(Facts(), [table("1")]) == Facts()


some = st.lists(
    st.tuples(st.sampled_from("abc"), st.text(min_size=1, max_size=3), st.none() | st.floats()).map(
        lambda one: Figure(name=one[0], text=one[1], value=one[2])
    ),
    max_size=6,
)


@given(some, some)
def test_nothing_differs_from_itself_and_whatever_differs_is_told(before: list[Figure], now: list[Figure]) -> None:
    then, later = Facts(figures=tuple(before)), Facts(figures=tuple(now))
    assert compare(later, later) == ()
    told = compare(then, later)
    assert bool(told) == (_by_name(before) != _by_name(now))
    assert all(one.before != one.now for one in told)


def _by_name(several: list[Figure]) -> dict[str, list[str]]:
    return {name: [one.text for one in several if one.name == name] for name in {one.name for one in several}}
