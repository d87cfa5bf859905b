"""Names that every system takes for files."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.files import filename


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Weekly KPIs.snapshot.deepnote", "Weekly KPIs.snapshot.deepnote"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\data\\a|b?.csv", "C data a b .csv"),
        ("two\nlines.csv", "two lines.csv"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("  .hidden. ", "hidden"),
        ("...", ""),
        ("x" * 300 + ".csv", "x" * 157 + ".csv"),
        ("x" * 300, "x" * 160),
        ("日本語 売上.csv", "日本語 売上.csv"),
    ],
)
def test_a_name_becomes_a_files_name(name: str, file: str) -> None:
    assert filename(name) == file


@given(st.text(max_size=400))
def test_no_name_leads_out_of_its_folder_or_grows_too_long(name: str) -> None:
    file = filename(name)
    assert len(file) <= 161
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f]', file)
    assert not file.startswith(".")
    assert file == file.strip()
