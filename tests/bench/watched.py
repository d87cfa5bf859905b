"""Threadbook, with a watch on its event loop and its database; set by the environment, as `threadbook serve` is.

For each line that it reads it writes one of JSON: the worst lag of the loop in seconds, by how much the tracker's steps
were late (half of them, one in a hundred, the worst), and the writing transactions, all since the line before. It ends
when there is nothing more to read.
"""

import asyncio
import json
import logging
import sys
from typing import Any

from sqlalchemy import event

from bot.settings import Settings
from bot.tracker.deps import Tracked
from bot.tracker.tracker import Tracker
from bot.wiring import Bot
from tests.bench.figures import share

TICK = 0.01


class Watch:
    """What is counted between two questions."""

    def __init__(self) -> None:
        self.commits = 0
        self.lag = 0.0
        self.late: list[float] = []

    def stepped(self, tracker: Tracker) -> None:
        """Note for each of its steps how long after its time it begins."""
        step = tracker._step

        async def watched(tracked: Tracked, *more: Any) -> None:
            if tracked.due is not None:
                self.late.append(asyncio.get_running_loop().time() - tracked.due)
            await step(tracked, *more)

        tracker.__dict__["_step"] = watched

    def committed(self, connection: Any) -> None:
        """SQLAlchemy's word that a transaction is about to be committed."""
        if connection.get_execution_options().get("threadbook_write"):
            self.commits += 1

    async def tick(self) -> None:
        """Notice how much later than asked the loop comes back."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(TICK)
            self.lag = max(self.lag, loop.time() - before - TICK)

    def told(self) -> str:
        """The answer, and a fresh start."""
        late = [share(self.late or [0.0], part) for part in (0.5, 0.99, 1.0)]
        answer = json.dumps({"lag": self.lag, "commits": self.commits, "late": late})
        self.commits, self.lag = 0, 0.0
        self.late.clear()
        return answer


async def main() -> None:
    """Serve until standard input ends."""
    logging.basicConfig(level=logging.ERROR)
    bot, watch = Bot(Settings()), Watch()
    run = Tracker.run

    async def watched(tracker: Tracker) -> None:
        watch.stepped(tracker)
        await run(tracker)

    setattr(Tracker, "run", watched)  # noqa: B010, it is only looked on
    event.listen(bot.store.database.engine.sync_engine, "commit", watch.committed)
    await bot.start()
    ticking = asyncio.create_task(watch.tick())
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        sys.stdout.write(watch.told() + "\n")
        sys.stdout.flush()
    ticking.cancel()
    await bot.stop()


if __name__ == "__main__":
    asyncio.run(main())
