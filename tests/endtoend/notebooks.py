"""Small notebooks for the shelf: quick ones, and ones that wait until a test lets them go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox import ipynb

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode


def code(source: str) -> NotebookNode:
    """A block of Python."""
    return ipynb.code(source, {}, "")


def heading(words: str) -> NotebookNode:
    """A block of text; a notebook of nothing else needs no kernel, and ends at once."""
    return ipynb.markdown(f"# {words}", {}, "")


def asks(name: str, value: Any = "", kind: str = "text", **more: Any) -> NotebookNode:
    """An input block. A select takes `options` and `multiple`, a slider `low`, `high` and `step`."""
    about = {"deepnote_cell_type": f"input-{kind}", "deepnote_variable_name": name, "deepnote_variable_value": value}
    names = {
        "options": "deepnote_variable_options",
        "multiple": "deepnote_allow_multiple_values",
        "low": "deepnote_slider_min_value",
        "high": "deepnote_slider_max_value",
        "step": "deepnote_slider_step",
    }
    about |= {names[key]: given for key, given in more.items()}
    return ipynb.code("", about, "")


def document(title: str, *cells: NotebookNode) -> NotebookNode:
    """A notebook with this name; its cells get no ids, so that the shelf makes them."""
    for cell in cells:
        cell.pop("id", None)
    return ipynb.document(cells, {"deepnote_notebook_name": title} if title else {})


class Gate:
    """Holds a notebook up: a block with `wait` runs until the gate is open."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def wait(self) -> NotebookNode:
        """The block that waits, for half a minute at most."""
        return code(
            "import os, time\n"
            "until = time.monotonic() + 30\n"
            f"while not os.path.exists({str(self._path)!r}) and time.monotonic() < until:\n"
            "    time.sleep(0.02)"
        )

    def open(self) -> None:
        """Let it go on."""
        self._path.touch()
