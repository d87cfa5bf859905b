"""One cell of the matrix: a run, a process killed at one boundary on its way, and what is true afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from bot.sandbox.faults import Fault
from bot.store.tables import runs
from tests.endtoend import sight
from tests.faults.boundaries import is_look
from tests.faults.gate import Catch
from tests.faults.kernels import ANSWER, FILE, PICTURES
from tests.faults.town import BARRED, ROOMS

if TYPE_CHECKING:
    from tests.faults.boundaries import Boundary, Platform
    from tests.faults.gate import Call
    from tests.faults.town import Town

CLOSING: Final = "the closing line"
FINAL: Final = {"succeeded": "Succeeded", "unclear": "May have started", "untracked": "No longer tracked"}


class Cell:
    """One run on one platform, on one database.

    Args:
        here: A town in which nothing runs yet.
        boundary: Where to kill.
        platform: Where the notebook is.
        peers: How many processes there are at first. One: another is started after the kill. Two: the other takes over.
    """

    def __init__(self, here: Town, boundary: Boundary, platform: Platform, peers: int) -> None:
        self.here, self.boundary, self.platform, self._peers = here, boundary, platform, peers
        self.notebook = here.shelve("answer")
        self._armed, self._once = here.log.with_name("armed"), here.log.with_name("died")
        self._killed = asyncio.Event()
        self._lost = False

    async def play(self) -> list[str]:
        """Play it; answers with what went wrong."""
        self._set_traps()
        for _ in range(self._peers):
            await self.here.start(self._dies())
        asking = asyncio.create_task(self._ask_until_heard())
        try:
            await self._until_killed()
            if not self.here.living:
                await self.here.start()
            await asking
            await self._ask_until_heard()
            if self.boundary.story == "untracked":
                await self._untrack_until_heard()
            self.here.ending.set()
            await self.here.at_rest(1)
        finally:
            asking.cancel()
        if self.boundary.story == "barred":
            return [*await self._of_the_run(), *self._of_the_whisper()]
        return [*await self._of_the_run(), *self._of_the_card(), *self._of_the_thread()]

    # The kill

    def _dies(self) -> dict[str, str] | None:
        if self.boundary.point is None:
            return None
        point, when = self.boundary.point
        return {"point": point, "when": when, "once": str(self._once), "armed": str(self._armed)}

    def _set_traps(self) -> None:
        if not self.boundary.from_running:
            self._armed.touch()
        if self.boundary.loses:
            self.here.platforms.faults.add(_lost_reply(self.platform))
        if self.boundary.alone:
            self.here.slack.faults.set("files.getUploadURLExternal", "error:file_type_not_allowed")
        if self.boundary.call is not None:
            before = self._kill_before if self.boundary.before else None
            self.here.gate.catch(Catch(self.boundary.call, before, None if before else self._kill_after))
        # Nobody looks while news is on its way to Slack: who is killed at one boundary must not be at another as well.
        self.here.gate.catch(Catch(is_look, self._told))
        if self.boundary.acked:
            acked = self.here.slack.sockets._acked

            def kill(data: str) -> None:
                acked(data)
                if not self._killed.is_set():
                    self._killed.set()
                    for child in self.here.living[:1]:  # with a peer: either may have been asked
                        child.kill()

            self.here.slack.sockets._acked = kill  # type: ignore[method-assign]

    async def _kill_before(self, call: Call) -> bool:
        await self._kill_after(call)
        return False

    async def _kill_after(self, call: Call) -> None:
        if not call.does.startswith("POST /slack/"):
            await self._told(call)
        child = await self.here.caller(call.port)
        await self.here.kill(child)
        self._killed.set()

    async def _told(self, _call: Call) -> bool:
        """Wait until all that is known so far is told, and noted."""
        untold = select(runs.c.id).where(runs.c.shown_revision < runs.c.revision)
        await self.here.row_until(untold, lambda rows: not rows, "everything so far to be told")
        return True

    async def _until_killed(self) -> None:
        """See the run as far as it goes, let it end where that is wanted, and wait for the kill."""
        inside = self.boundary.point is not None

        def killed() -> bool:
            return self._once.exists() if inside else self._killed.is_set()

        if self.boundary.from_running or not self._early:
            seeing = asyncio.create_task(self.here.running())
            await self.here.until(lambda: seeing.done() or killed(), "the run to be running")
            if not seeing.done():
                seeing.cancel()
            await asyncio.gather(seeing, return_exceptions=True)
        if self.boundary.second:
            await self._kill_holder()
        if self.boundary.from_running:
            self._armed.touch()
        if not self.boundary.amid:
            self.here.ending.set()
        if self.boundary.story == "untracked":
            await self._untrack_until_heard()
        await self.here.until(killed, f"the kill at {self.boundary.name}")
        expected = self._peers + (1 if self.boundary.second and self._peers == 1 else 0)
        expected -= 2 if self.boundary.second else 1
        await self.here.until(lambda: len(self.here.living) <= expected, "a process to be gone")

    @property
    def _early(self) -> bool:
        """Whether the run may never be seen running before the kill."""
        return self.boundary.doubt != "none"

    async def _kill_holder(self) -> None:
        holder = (await self.here.ask_rows(select(runs.c.holder)))[0][0]
        first = next(child for child in self.here.living if child.row == holder)
        await self.here.kill(first)
        if self._peers == 1:
            self._armed.touch()
            await self.here.start(self._dies())

    # What people do

    async def _ask_until_heard(self) -> None:
        """Type the command, and again where Slack or we say that it wasn't heard, as long as anybody can hear it."""
        while self.here.living and not await self._saved():
            if self.boundary.mentioned:
                await self.here.mention(self.notebook, self.platform)
                self._lost |= self._killed.is_set() and not await self._saved()
                continue
            room = BARRED if self.boundary.story == "barred" else ROOMS[0]
            outcome = await self.here.ask(self.notebook, self.platform, room)
            answer = self.here.slack.ledger.deliveries("slash_commands")[-1].response
            # An ack without a word says that it's saved.
            self._lost |= outcome.ok and not answer and not await self._saved()

    async def _untrack_until_heard(self) -> None:
        while self.here.living and not await self._taken_back():
            outcome = await self.here.untrack()
            answer = self.here.slack.ledger.deliveries("slash_commands")[-1].response
            self._lost |= outcome.ok and "no longer" in str(answer) and not await self._taken_back()

    async def _taken_back(self) -> bool:
        return (await self.here.ask_rows(select(runs.c.untracked_at)))[0][0] is not None

    async def _saved(self) -> int:
        return int((await self.here.ask_rows(select(func.count()).select_from(runs)))[0][0])

    # What is true afterwards

    async def _of_the_run(self) -> list[str]:
        wrong = ["acked, and not saved"] if self._lost else []
        state = (await self.here.ask_rows(select(runs.c.state)))[0][0]
        if state != self.boundary.ends(self.platform):
            wrong.append(f"ended as {state}")
        starts = self.here.starts(self.notebook)
        if starts != self.boundary.starts:
            wrong.append(f"{starts} starts")
        return wrong

    def _of_the_card(self) -> list[str]:
        shown = FINAL[self.boundary.ends(self.platform)]
        final = [card for card in self.here.cards if shown in sight.words(card)]
        # Of two cards, one is nobody's: the answer with its name was lost. What it says is true for ever.
        first = [card for card in self.here.cards if "Asked for" in sight.words(card)]
        if (
            len(final) == 1
            and len(first) <= (self.boundary.repeats == "card")
            and len(self.here.cards) == 1 + len(first)
        ):
            return []
        return [f"{len(self.here.cards)} cards, {len(final)} final"]

    def _of_the_whisper(self) -> list[str]:
        """Nothing was started, and who asked knows why."""
        wrong = [f"{len(self.here.cards)} cards"] if self.here.cards else []
        told, least = self.here.alone, "answer* was not started."
        if not told or len(told) > 1 + bool(self.boundary.repeats) or not all(least in each for each in told):
            wrong.append(f"{len(told)} told alone")
        return wrong

    def _of_the_thread(self) -> list[str]:
        card = next((each for each in self.here.cards if self.here.slack.thread(each)), None)
        if card is None:
            return ["an empty thread"]
        replies = self.here.slack.thread(card)
        wrong = []
        seen = Counter[str]()
        repeated = 0
        for reply in replies:
            pieces = [file.name for file in reply.files] or sight.words(reply).splitlines()
            if sight.pings(reply):
                pieces.append(CLOSING)
            repeated += any(seen[piece] for piece in pieces)
            seen.update(pieces)
        if repeated > (1 if self.boundary.repeats == "post" else 0):
            wrong.append(f"{repeated} messages twice")
        if not seen[CLOSING]:
            wrong.append("no closing line")
        if self.boundary.ends(self.platform) == "succeeded":
            wanted = [ANSWER] + ([FILE] if self.platform == "datalore" else [])
            wrong += [f"no {piece}" for piece in wanted if not any(piece in each for each in seen)]
            pictures = sum(piece.endswith(".png") for piece in seen)
            if pictures != PICTURES:
                wrong.append(f"{pictures} pictures")
        if not sight.pings(replies[-1]):
            wrong.append("the closing line isn't the last")
        return wrong


def _lost_reply(platform: Platform) -> Fault:
    on = "POST /v2/runs" if platform == "deepnote" else "POST"
    return Fault(platform=platform, fault="reset_after_start", on=on, times=1)
