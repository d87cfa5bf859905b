"""The action ids that cards carry and listeners listen to."""

from typing import Final

OPEN_NOTEBOOK: Final = "open_notebook"
RUN_AGAIN: Final = "run_again"
UNTRACK: Final = "untrack"
RUN_IN_DM: Final = "run_in_dm"
RUN_ENTRY: Final = "run_entry"
