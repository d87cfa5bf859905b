"""The courier: the one writer of a workspace. Compares what is true with what was shown, and delivers."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from bot.errors import StoreUnavailable
from bot.render import replies
from bot.slack.budget import CHANGES_LAST, FINAL_FIRST
from bot.slack.delivery import Deliverer, Parcel
from bot.slack.speech import Relieved, SlackLater, SlackNo, speaks_as
from bot.store.surely import surely

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 1.0
MOST_AT_ONCE: Final = 1_000
RETRY: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class Courier:
    """Delivers for one workspace, while this process is its courier.

    Args:
        deliverer: Delivers one run.
        workspace: Slack's team id.
        admins: Who is told what only admins can mend.
        bell: Set by whoever changes something that people see.
    """

    def __init__(self, deliverer: Deliverer, workspace: str, admins: Collection[str], bell: asyncio.Event) -> None:
        self._deliverer = deliverer
        self._store = deliverer.store
        self._workspace = workspace
        self._admins = admins
        self._under_way: dict[int, Parcel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._telling: asyncio.Task[bool] | None = None
        self._misses: dict[int, int] = {}
        self._bell = bell
        self._ours = False
        self._stopping = False

    async def run(self) -> None:
        """Deliver until `stop`."""
        loop = asyncio.get_running_loop()
        while not self._stopping:
            self._bell.clear()
            began, took = loop.time(), 0.0
            if await self._safely(self._look()):
                took = loop.time() - began
                self._keep_admins_told()
            # Where many runs wait, finding them is work, and each change rings: at most a third of the time goes on it.
            await asyncio.sleep(min(2 * took, LOOK_EVERY))
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def stop(self, seconds: float) -> None:
        """Deliver what is left to say, for so many seconds at most; the next start has the rest."""
        self._stopping = True
        self._bell.set()
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):  # also for a database that lets nobody write
                while await self._safely(self._look()) and self._tasks:
                    await asyncio.wait(self._tasks)
                if self._telling is not None:
                    await asyncio.wait([self._telling])
        late: list[asyncio.Task[Any]] = [*self._tasks, *([self._telling] if self._telling is not None else [])]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _safely(self, work: Awaitable[bool]) -> bool:
        """Do it, whatever comes in between; False where that was something, or where the work isn't ours."""
        try:
            return await work
        except StoreUnavailable as error:
            log.warning("the database isn't available: %s", error)
        except Relieved:
            log.info("another process delivers by now")
        except Exception:
            log.exception("the courier stumbled [%s]", token_hex(4))
        return False

    async def _look(self) -> bool:
        """Begin to deliver what is due; False where another is the workspace's courier."""
        ours = bool(await self._store.delivery.take_workspaces([self._workspace]))
        if ours and not self._ours:
            await self._takes_over()
        self._ours = ours
        if not ours:
            return False
        now = self._deliverer.now()
        for run_id, final in await self._store.delivery.due(self._workspace, now, MOST_AT_ONCE):
            parcel = self._under_way.get(run_id)
            if parcel is None:
                parcel = Parcel(run_id, FINAL_FIRST if final else CHANGES_LAST)
                self._under_way[run_id] = parcel
                task = asyncio.create_task(self._deliver(parcel))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            elif final and parcel.urgency > FINAL_FIRST:
                parcel.urgency = FINAL_FIRST
                if parcel.ticket is not None:
                    self._deliverer.speech.budget.promote(parcel.ticket, FINAL_FIRST)
        return True

    async def _takes_over(self) -> None:
        """Slack counts on, whoever calls: what was edited in the last minute is taken from this one's budget."""
        budget, now = self._deliverer.speech.budget, self._deliverer.now()
        minute = timedelta(seconds=budget.minute)
        budget.spent("chat.update", await self._store.edits.ages(self._workspace, now, minute))
        budget.metrics.workspace_taken()

    async def _deliver(self, parcel: Parcel) -> None:
        wait: float | None = None
        speaks_as.set(self._store.holding.process_id)
        try:
            await self._deliverer.deliver(parcel)
            self._misses.pop(parcel.run_id, None)
        except Relieved:
            log.info("run %d: another process delivers by now", parcel.run_id)
            # What was edited before may have overwritten what that one showed.
            await self._safely(self._redraw(parcel.run_id))
        except SlackLater as error:
            log.info("%s: Slack can't be told now: %s", parcel, error)
            wait = self._back_off(parcel.run_id)
        except StoreUnavailable as error:
            log.warning("%s: the database isn't available: %s", parcel, error)
        except Exception:
            log.exception("%s: delivery failed [%s]", parcel, token_hex(4))
            wait = self._back_off(parcel.run_id)
        finally:
            try:
                if wait is not None:
                    await self._postpone(parcel, wait)
            finally:
                self._under_way.pop(parcel.run_id, None)
                self._bell.set()

    async def _tell(self) -> bool:
        return await self._safely(self._tell_admins())

    async def _redraw(self, run_id: int) -> bool:
        await surely(lambda: self._store.delivery.redraw(run_id))
        return True

    def _back_off(self, run_id: int) -> float:
        misses = self._misses.get(run_id, 0)
        self._misses[run_id] = misses + 1
        return RETRY[min(misses, len(RETRY) - 1)]

    async def _postpone(self, parcel: Parcel, wait: float) -> None:
        try:
            until = self._deliverer.now() + timedelta(seconds=wait)
            await self._store.delivery.postponed(parcel.run_id, until)
        except StoreUnavailable as error:
            log.warning("%s: the database isn't available: %s", parcel, error)
            await asyncio.sleep(LOOK_EVERY)

    def _keep_admins_told(self) -> None:
        """Tell them beside all else: a DM that Slack doesn't answer for must not hold up the runs."""
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def _tell_admins(self) -> bool:
        for notice in await self._store.notices.standing(self._workspace):
            waiting = False
            for admin in sorted(set(self._admins) - set(notice.told)):
                try:
                    await self._deliverer.posting.tell(admin, replies.admin_notice(notice.topic, notice.text))
                except SlackLater as error:
                    log.info("admin %s can't be told now: %s", admin, error)
                    waiting = True
                    continue
                except SlackNo as refusal:
                    log.warning("admin %s can't be told: %s", admin, refusal.word)
                await surely(partial(self._store.notices.told, notice.id, admin))
            if notice.topic.startswith("down:") and not waiting:  # it was over before it was told
                await self._store.notices.over(self._workspace, notice.topic)
        return True
