"""The ledger: what the stand-ins were asked to do, so that a test can prove that a notebook was started once."""

from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from bot.sandbox.shelf import Notebook

_KEPT: Final = 10_000


def stamp(when: datetime) -> str:
    """A time as both platforms write it: UTC, milliseconds, `Z`."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Ledger:
    """Every start of a notebook, and every request at the snapshots' own origin; the latest ten thousand of each."""

    def __init__(self) -> None:
        """Start with empty pages."""
        self.starts: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self.downloads: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    def started(
        self, platform: str, notebook: Notebook, run_id: str | None, inputs: Mapping[str, Any], *, how: str
    ) -> None:
        """A notebook was started. `how` says detached, live, run or interactive."""
        self.starts.append(
            {
                "platform": platform,
                "notebook": notebook.slug,
                "notebookId": notebook.datalore_id if platform == "datalore" else notebook.deepnote_id,
                "runId": run_id,
                "at": stamp(datetime.now(UTC)),
                "inputs": dict(inputs),
                "how": how,
            }
        )

    def downloaded(self, path: str, origin: str, status: int, *, authorization: bool) -> None:
        """Somebody asked the snapshots' origin for something, with or without an Authorization header."""
        self.downloads.append(
            {
                "path": path,
                "origin": origin,
                "authorization": authorization,
                "status": status,
                "at": stamp(datetime.now(UTC)),
            }
        )

    def add_routes(self, app: web.Application) -> None:
        """Serve `GET /ledger` and `DELETE /ledger`."""
        app.router.add_get("/ledger", self._read)
        app.router.add_delete("/ledger", self._clear)

    async def _read(self, _: web.Request) -> web.Response:
        counts = Counter(f"{start['platform']}:{start['notebook']}" for start in self.starts)
        return web.json_response({"starts": list(self.starts), "counts": counts, "downloads": list(self.downloads)})

    async def _clear(self, _: web.Request) -> web.Response:
        self.starts.clear()
        self.downloads.clear()
        return web.Response(status=204)
