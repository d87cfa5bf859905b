"""The store: one database, seen from the desk, the tracker and the courier."""

from __future__ import annotations

from bot.store.acts import Acts
from bot.store.catalogue import Catalogue
from bot.store.counts import Counts
from bot.store.database import Database
from bot.store.delivery import Delivery
from bot.store.earlier import Earlier
from bot.store.edits import Edits
from bot.store.holding import Holding
from bot.store.notices import Notices
from bot.store.outages import Outages
from bot.store.pruning import Pruning
from bot.store.requests import Requests
from bot.store.rests import Rests


class Store:
    """Everything that is kept.

    Args:
        url: As for Database.

    Attributes:
        holding: The tracker's side, with this process's heartbeat.
        requests: The desk's side.
        delivery: The courier's side.
        catalogue: Short names.
        acts: What people ask for around runs.
        earlier: Notebooks' runs before.
        edits: When cards were edited lately.
        notices: What the admins are to be told.
        counts: How many rows there are of what.
        outages: When somebody was last there.
        rests: What platforms' 429s asked for.
        pruning: Forgetting by age.
    """

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.holding = Holding(self.database)
        self.requests = Requests(self.database, self.holding)
        self.delivery = Delivery(self.database, self.holding)
        self.catalogue = Catalogue(self.database)
        self.acts = Acts(self.database)
        self.earlier = Earlier(self.database)
        self.edits = Edits(self.database)
        self.notices = Notices(self.database)
        self.counts = Counts(self.database)
        self.outages = Outages(self.database)
        self.rests = Rests(self.database, self.holding)
        self.pruning = Pruning(self.database, self.holding)

    async def open(self) -> None:
        """Migrate, and enter this process.

        Raises:
            StoreUnavailable: The database can't be reached.
        """
        await self.database.migrate()
        await self.holding.register()

    async def close(self) -> None:
        """Let the connections go; a process that stops in order calls `holding.leave` before."""
        await self.requests.close()
        await self.database.close()
