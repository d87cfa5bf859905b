from bot.sandbox.shelf import Shelf
from bot.sandbox.variables import names, with_dependents

from .house import notebook


def dependents(chosen: list[int], *sources: str) -> list[int]:
    blocks = list(Shelf(shipped=False).add("n", notebook(*sources)).blocks)
    found = with_dependents([blocks[place] for place in chosen], blocks)
    return [blocks.index(block) for block in found]


def test_a_block_depends_on_what_gives_it_a_name() -> None:
    assert dependents([0], "a = 1", "b = 2", "c = a + 1", "print(c)", "print(b)") == [0, 2, 3]


def test_what_stands_earlier_does_not_depend_on_what_stands_later() -> None:
    assert dependents([1], "print(a)", "a = 1") == [1]


def test_the_chosen_keep_their_order_and_come_first() -> None:
    assert dependents([2, 0], "a = 1", "print(a)", "b = 2") == [2, 0, 1]


def test_changing_something_in_place_gives_it_too() -> None:
    assert dependents([1], "df = {}", "df['x'] = 1", "print(df)") == [1, 2]


def test_functions_read_names_too_but_not_their_own() -> None:
    bound, read = names("import os\ndef f(x):\n    y = x\n    return y + z + os.sep")
    assert bound == {"os", "f"}
    assert {"z", "os"} <= read
    assert not {"x", "y"} & read


def test_magics_are_passed_over_and_nonsense_has_no_names() -> None:
    assert names("%matplotlib inline\na = b")[0] == {"a"}
    assert names("this is no python") == (set(), set())
