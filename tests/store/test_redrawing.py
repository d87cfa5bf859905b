"""A card that a former courier wrote over is shown again, whatever its courier was telling at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.store.house import HERE, after

if TYPE_CHECKING:
    from tests.store.house import House


@pytest.mark.parametrize("known", ["what was", ""], ids=["known", "marked already"])
async def test_what_is_overwritten_while_its_story_is_told_is_shown_again(house: House, known: str) -> None:
    former, present = await house.courier(), await house.process()
    run = await house.carded(former)
    await former.holding.leave()
    await present.delivery.take_workspaces([HERE])
    await present.delivery.told(run.id, shown=known)
    story = await present.delivery.story(run.id)
    assert story is not None
    # Its card is edited, and its thread is being told, when the former one's edit arrives over that.
    await former.delivery.redraw(run.id)
    assert await present.delivery.shown(story, "now")
    assert await present.delivery.due(HERE, after(0), 100) == [(run.id, False)]
    again = await present.delivery.story(run.id)
    assert again is not None
    assert again.card.shown == ""
