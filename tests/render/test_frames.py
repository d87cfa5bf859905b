"""Tracebacks for people: the notebook's own lines, the libraries' frames folded, the whole in a file."""

from __future__ import annotations

import pytest

from bot.render.frames import shortened

PANDAS = """\
---------------------------------------------------------------------------
KeyError                                  Traceback (most recent call last)
File /opt/venv/lib/python3.11/site-packages/pandas/core/indexes/base.py:3790, in Index.get_loc(self, key)
   3789 try:
-> 3790     return self._engine.get_loc(casted_key)
   3791 except KeyError as err:

File index.pyx:152, in pandas._libs.index.IndexEngine.get_loc()

KeyError: 'region'

The above exception was the direct cause of the following exception:

KeyError                                  Traceback (most recent call last)
Cell In[4], line 3
      1 def by_region(orders):
      2     return orders.groupby("region")
----> 3 by_region(orders)

Cell In[4], line 2, in by_region(orders)
      1 def by_region(orders):
----> 2     return orders.groupby("region")

File /opt/venv/lib/python3.11/site-packages/pandas/core/frame.py:9183, in DataFrame.groupby(self, by)
   9180 if level is None and by is None:
-> 9183 return DataFrameGroupBy(

File /opt/venv/lib/python3.11/site-packages/pandas/core/groupby/groupby.py:1329, in GroupBy.__init__(self, obj)
-> 1329     grouper, exclusions, obj = get_grouper(

KeyError: 'region'"""


def lines(traceback: str, name: str = "KeyError", most: int = 1_800) -> list[str]:
    return shortened(traceback, name, most).text.splitlines()


def test_the_notebooks_own_frames_stand_as_code_and_a_library_is_a_line() -> None:
    assert lines(PANDAS) == [
        "Cell In[4], line 3",
        "      1 def by_region(orders):",
        '      2     return orders.groupby("region")',
        "----> 3 by_region(orders)",
        "Cell In[4], line 2, in by_region(orders)",
        "      1 def by_region(orders):",
        '----> 2     return orders.groupby("region")',
        "… 2 frames in pandas …",
        "KeyError: 'region'",
    ]
    assert not shortened(PANDAS, "KeyError", 1_800).whole


@pytest.mark.parametrize(
    "header",
    [
        "Cell In[4], line 3",
        "Cell In [4], line 3",
        "Input In [4], in <cell line: 3>()",
        "<ipython-input-4-0a1b2c> in <module>",
        "<ipython-input-4-0a1b2c> in f(x)",
        "File /tmp/ipykernel_33/123456.py:3, in f()",
        "/tmp/ipykernel_33/123456.py in <module>",
        "File <ipython-input-4-0a1b2c>:3",
    ],
)
def test_every_form_of_a_frame_in_a_cell_is_known(header: str) -> None:
    library = "File /usr/lib/python3.12/json/decoder.py:355, in JSONDecoder.decode(self)\n--> 355 raise x"
    trace = f"ValueError  Traceback\n{header}\n----> 3 loads(x)\n\n{library}\n\nValueError: no\nsecond line"
    assert lines(trace, "ValueError") == [
        header,
        "----> 3 loads(x)",
        "… 1 frame in json …",
        "ValueError: no",
        "second line",
    ]


def test_old_frames_of_libraries_and_compiled_ones_are_folded_too() -> None:
    trace = (
        "<ipython-input-1-x> in <module>\n----> 1 df['x']\n\n"
        "~/anaconda3/lib/python3.8/site-packages/pandas/core/frame.py in __getitem__(self, key)\n-> 3024 x\n\n"
        "pandas/_libs/index.pyx in pandas._libs.index.IndexEngine.get_loc()\n\n"
        "KeyError: 'x'"
    )
    assert lines(trace)[2:] == ["… 2 frames in pandas …", "KeyError: 'x'"]


def test_modules_of_the_project_are_the_notebooks_own() -> None:
    trace = (
        "Cell In[2], line 1\n----> 1 load()\n\nFile ~/code/helpers.py:9, in load()\n----> 9 open('x')\n\nOSError: gone"
    )
    assert "File ~/code/helpers.py:9, in load()" in lines(trace, "OSError")


def test_only_the_last_own_frames_are_shown() -> None:
    frames = "\n\n".join(f"Cell In[{n}], line 1\n----> 1 f({n})" for n in range(9))
    shown = lines(f"{frames}\n\nRecursionError: deep", "RecursionError")
    assert shown[0] == "… 6 frames in the notebook …"
    assert shown[1] == "Cell In[6], line 1"


def test_a_syntax_error_is_whole() -> None:
    trace = "  Cell In[3], line 1\n    def f(\n         ^\nSyntaxError: '(' was never closed"
    found = shortened(trace, "SyntaxError", 1_800)
    assert found.text == trace
    assert found.whole


def test_what_has_no_frames_shows_its_end() -> None:
    trace = "Error in f(): no such column\nTraceback:\n\n" + "\n".join(f"{n}. g({n})" for n in range(60))
    shown = shortened(trace, "ERROR", 1_800)
    assert shown.text.startswith("…\n")
    assert shown.text.endswith("59. g(59)")
    assert not shown.whole


def test_long_messages_and_long_lines_are_cut() -> None:
    trace = "Cell In[1], line 1\n----> 1 " + "x" * 9_000 + "\n\nValueError: " + "\n".join(map(str, range(500)))
    shown = shortened(trace, "ValueError", 600)
    assert len(shown.text) <= 600
    assert not shown.whole
