from __future__ import annotations

import pytest

from bot.platforms.files import Purse, file_name, human_size, over_limit


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("analysis.ipynb", "analysis.ipynb"),
        ("/a/b/out.csv", "out.csv"),
        ("..\\..\\win.ini", "win.ini"),
        ("../..", "file"),
        ("", "file"),
        (None, "file"),
        ('what?"<x>:|*.txt', "what___x____.txt"),
        ("new\nline\x00.txt", "new line .txt"),
    ],
)
def test_a_file_gets_a_name_that_leads_nowhere_else(given: object, name: str) -> None:
    assert file_name(given) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = file_name("x" * 300 + ".ipynb")
    assert len(name) == 120
    assert name.endswith("x.ipynb")
    assert file_name("y" * 300) == "y" * 120
    assert file_name("z." + "y" * 300) == "z." + "y" * 118


def test_sizes_are_said_as_people_say_them() -> None:
    assert human_size(812) == "812 bytes"
    assert human_size(3482) == "3.4 KB"
    assert human_size(16 * 1024**2) == "16 MB"
    assert human_size(5 * 1024**4) == "5120 GB"
    assert over_limit(None, 1024) == "it is larger than 1 KB"
    assert over_limit(2048, 1024) == "it is larger than 1 KB (2 KB)"


def test_all_files_of_a_run_together_stay_within_four_times_the_limit_of_one() -> None:
    purse = Purse(100)
    for _ in range(3):
        assert purse.next == 100
        purse.spend(90)
    purse.spend(70)
    assert purse.next == 60
