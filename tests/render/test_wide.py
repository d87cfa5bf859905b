"""Wide tables."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.render.wide import WIDTH, narrowed


def test_a_table_is_cut_where_all_its_lines_have_a_gap() -> None:
    rows = ["name    first  second  third", "alpha      10      20     30", "beta        1       2      3"]
    assert narrowed("\n".join(rows), 24) == (
        "name    first  second …\nalpha      10      20 …\nbeta        1       2 …",
        True,
    )


def test_a_table_that_fits_and_sentences_however_long_stay() -> None:
    table = "a  b\n1  2\n3  4"
    sentence = "a long sentence that goes on and on. " * 20
    for words in (table, sentence, "\n".join([sentence] * 5), ""):
        assert narrowed(words) == (words, False)


def test_only_the_table_among_other_words_is_cut() -> None:
    table = "\n".join(["x  " * 50] * 3)
    words, cut = narrowed(f"{'before ' * 30}\n\n{table}\n\nafter")
    assert cut
    first, *rows, last = words.split("\n\n")
    assert (first, last) == ("before " * 30, "after")
    assert all(len(row) <= WIDTH for row in rows[0].split("\n"))


def test_a_table_without_a_gap_that_goes_through_is_cut_all_the_same() -> None:
    rows = ["a  " + "x" * 200, "b  " + "y" * 200, "c  " + "z" * 200]
    words, cut = narrowed("\n".join(rows))
    assert cut
    assert max(map(len, words.split("\n"))) <= WIDTH


@given(st.lists(st.text(alphabet="ab  1", max_size=120), max_size=12))
def test_no_line_is_lost_and_each_is_a_beginning_of_what_it_was(rows: list[str]) -> None:
    words, cut = narrowed("\n".join(rows))
    shown = words.split("\n")
    assert len(shown) == max(1, len(rows))
    for before, after in zip(rows, shown, strict=False):
        assert after == before or (cut and before.startswith(after.removesuffix(" …")) and len(after) <= WIDTH)
