"""How a Deepnote notebook is run: options that fit together, and blocks that it has."""

from typing import Any

import pytest

from bot.errors import UserError
from bot.model import Options
from bot.platforms.deepnote_request import chosen


def test_chosen_blocks_run_live_once_each_and_in_their_order() -> None:
    options = chosen(Options(blocks=("b", "a", "b"), dependents=True), ("a", "b"))
    assert options == Options(blocks=("b", "a"), dependents=True, live=True)
    assert chosen(options, ("a", "b")) == options
    assert chosen(Options(readonly=True), ("a",)) == Options(readonly=True)
    assert chosen(Options(blocks=("unseen",)), None).blocks == ("unseen",)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"update_report": True}, "--update-report is a flag for Datalore"),
        ({"write_files": True}, "--write-files is a flag for Datalore"),
        ({"interactive": True}, "--interactive is a flag for Datalore"),
        ({"readonly": True, "live": True}, "--readonly is for a copy"),
        ({"readonly": True, "blocks": ("a",)}, "--readonly is for a copy"),
        ({"dependents": True}, "--dependents needs --blocks"),
        ({"blocks": ("a", "zz")}, "no block “zz”"),
    ],
)
def test_options_that_dont_fit_are_refused(options: dict[str, Any], text: str) -> None:
    with pytest.raises(UserError, match=text):
        chosen(Options(**options), ("a", "b"))
