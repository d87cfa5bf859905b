"""How many examples the property tests try, and in which order the processes take up the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import settings

if TYPE_CHECKING:
    import pytest

settings.register_profile("suite", max_examples=20, deadline=None)
settings.register_profile("thorough", max_examples=2_000, deadline=None)
settings.load_profile("suite")

LONG: Final = (
    "replicas",
    "storms/test_platforms",
    "storms/test_sockets",
    "bench",
    "endtoend/test_running",
    "endtoend/test_trouble",
    "test_catalogue_cli",
    "sandbox/standins/test_deepnote_runs",
    "simulation",
    "crash",
    "faults",
    "clickable/test_duplicates",
    "storms",
    "test_manifest",
    "clickable/test_browser",
    "endtoend",
    "sandbox",
    "clickable",
    "tracker",
    "operation",
    "pictures",
)
"""What takes long comes first, so that in the end no process still works on it while the others have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; in a file the order stays."""

    def place(item: pytest.Item) -> int:
        path = item.nodeid.removeprefix("tests/")
        return next((number for number, name in enumerate(LONG) if path.startswith(name)), len(LONG))

    items.sort(key=place)
