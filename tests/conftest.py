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
    "replicas/test_replicas",
    "storms/test_platforms",
    "test_catalogue_cli",
    "endtoend/test_trouble",
    "crash/test_crash",
    "endtoend/test_running",
    "endtoend/test_slack_trouble",
    "clickable/test_duplicates",
    "storms/test_slack",
    "bench/test_bench",
    "sandbox/test_page_forms",
    "faults/test_matrix",
    "sandbox/test_page",
    "tracker/test_starting",
    "clickable/test_how_and_where",
    "test_manifest",
    "render/test_properties",
    "clickable/test_browser",
    "sandbox/standins/test_deepnote_runs",
    "tracker/test_looking",
    "reader/test_reader",
    "endtoend/test_buttons",
    "sandbox/standins/test_vendor_cli",
    "tracker/test_down",
    "endtoend/test_settings",
    "sandbox/standins/test_datalore",
    "storms/test_sockets",
    "store/test_delivery",
    "store/test_holding",
    "clickable/test_mistakes",
    "clickable/test_last_values",
    "endtoend/test_storm",
    "tracker/test_adopting",
    "clickable/test_home",
    "pictures/test_pictures",
    "simulation/test_simulation",
    "slack/test_attaching",
    "sandbox/test_page_home",
    "tracker/test_settling",
    "clickable/test_opening",
    "endtoend/test_safety",
    "storms/test_tls",
    "endtoend/test_limits",
    "crash/test_stopping",
    "clickable/test_datalore",
    "endtoend/test_ways",
    "sandbox/standins/test_kernels",
    "clickable/test_mentions",
    "endtoend/test_database",
    "store/test_requests",
    "tracker/test_cadence",
    "store/test_fence",
)
"""What takes long comes first, so that in the end no process still works on it while the others have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; in a file the order stays."""

    def place(item: pytest.Item) -> int:
        path = item.nodeid.removeprefix("tests/")
        return next((number for number, name in enumerate(LONG) if path.startswith(name)), len(LONG))

    items.sort(key=place)
