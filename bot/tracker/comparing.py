"""Comparing what a run left with the last success of the same notebook in the same place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.model import Earlier, State
from bot.outputs.changes import compare, with_cells

if TYPE_CHECKING:
    from bot.model import Inputs, InputValue, Progress, Results, Run
    from bot.store.earlier import Success
    from bot.store.store import Store


async def compared(store: Store, run: Run, progress: Progress, left: Results) -> Results:
    """The results with what they are compared with.

    A success is compared with the last one that had the same inputs. A failure names that one too; else the last
    success at all, with the inputs that differ.
    """
    facts = await asyncio.to_thread(with_cells, left.facts, left.outputs)
    left = left.model_copy(update={"facts": facts})
    if progress.state not in (State.SUCCEEDED, State.FAILED):
        return left
    before = await store.earlier.success(run, same=True)
    if progress.state is State.SUCCEEDED:
        return left if before is None else _since(run, before, left)
    earlier = _earlier(before) if before is not None else None
    if before is None and (other := await store.earlier.success(run, same=False)) is not None:
        differing = _differing(other.inputs, run.request.inputs)
        earlier = _earlier(other).model_copy(update={"inputs": differing})
    return left.model_copy(update={"earlier": earlier})


def _since(run: Run, before: Success, left: Results) -> Results:
    """What changed since then; nothing is said where the earlier run's facts aren't known."""
    known = bool(left.facts.figures or left.facts.shapes)
    if known and not (before.facts.figures or before.facts.shapes):
        return left
    changes = compare(before.facts, left.facts)
    earlier = _earlier(before).model_copy(update={"changes": changes})
    quiet = run.request.when_changed and known and not changes
    return left.model_copy(update={"earlier": earlier, "quiet": quiet})


def _earlier(before: Success) -> Earlier:
    return Earlier(number=before.number, ended_at=before.ended_at, channel=before.channel, ts=before.ts)


def _differing(then: Inputs, now: Inputs) -> tuple[tuple[str, InputValue | None, InputValue | None], ...]:
    names = dict.fromkeys((*now, *then))
    return tuple((name, then.get(name), now.get(name)) for name in names if then.get(name) != now.get(name))
