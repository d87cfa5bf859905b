"""A light, scripted Deepnote: strict in what it takes, quick in what it answers, and no kernel behind it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import yaml
from aiohttp import web

TOKEN = "bench"
NOTEBOOK = "0123456789abcdef0123456789abcdef"
PROJECT = "11111111-2222-3333-4444-555555555555"
_START = {"notebookId", "detached", "inputs"}


@dataclass
class Deepnote:
    """Runs that go on until they're told to end.

    `looks` counts GETs of runs, `met` is which runs were asked for, `says` the statuses of those that aren't
    merely running, `ended` which are over.
    """

    runs: dict[str, str] = field(default_factory=dict)  # when each was created, by id
    ended: dict[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    says: dict[str, str] = field(default_factory=dict)
    looks: int = 0
    fetched: int = 0
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _snapshot: bytes = b""

    def mount(self, app: web.Application) -> None:
        """Serve under `/deepnote`."""
        self._snapshot = snapshot()
        served = web.Application()
        served.router.add_get("/v2/runs/{id}", self._run, allow_head=False)
        served.router.add_post("/v2/runs", self._start)
        served.router.add_get("/v2/notebooks/{id}", self._notebook, allow_head=False)
        served.router.add_get("/v2/projects", self._projects, allow_head=False)
        served.router.add_get("/snapshots/{id}", self._file, allow_head=False)
        app.add_subapp("/deepnote", served)

    def add(self, created: datetime) -> str:
        """A run that is under way since then; its id."""
        run = f"run-{next(self._numbers):08d}"
        self.runs[run] = created.isoformat()
        return run

    def end(self, runs: list[str]) -> None:
        """Let these runs have ended well."""
        now = datetime.now(UTC).isoformat()
        self.ended.update(dict.fromkeys(runs, now))

    async def _run(self, request: web.Request) -> web.Response:
        self.looks += 1
        run = request.match_info["id"]
        if not _allowed(request):
            return _refused(401, "Unauthorized")
        if request.query_string not in ("snapshotDelivery=downloadUrl", "snapshotDelivery=inline"):
            return _refused(400, f"Invalid query: {request.query_string}")
        if run not in self.runs:
            return _refused(404, "Run not found")
        self.met.add(run)
        over = run in self.ended
        url = f"http://{request.host}/deepnote/snapshots/{run}" if over else None
        told = {
            "runId": run,
            "notebookId": NOTEBOOK,
            "projectId": PROJECT,
            "status": "success" if over else self.says.get(run, "running"),
            "createdAt": self.runs[run],
            "completedAt": self.ended.get(run),
            "error": None,
            "snapshotContent": None,
            "snapshotDownloadUrl": url,
            "snapshotStatus": "available" if over else "pending",
        }
        return web.json_response({"run": told})

    async def _start(self, request: web.Request) -> web.Response:
        if not _allowed(request):
            return _refused(401, "Unauthorized")
        body = await request.json()
        if not isinstance(body, dict) or not body.keys() <= _START or body.get("notebookId") != NOTEBOOK:
            return _refused(400, "Invalid body")
        run = self.add(datetime.now(UTC))
        return web.json_response({"runId": run, "status": "pending", "createdAt": self.runs[run]})

    async def _notebook(self, request: web.Request) -> web.Response:
        if not _allowed(request):
            return _refused(401, "Unauthorized")
        if request.match_info["id"] != NOTEBOOK:
            return _refused(400, "Notebook not found")
        region = {"name": "region", "type": "input-text", "value": "EU"}
        told = {"id": NOTEBOOK, "projectId": PROJECT, "name": "Weekly KPIs", "blocks": [], "inputs": [region]}
        return web.json_response({"notebook": told})

    async def _projects(self, request: web.Request) -> web.Response:
        if not _allowed(request):
            return _refused(401, "Unauthorized")
        listed = [{"id": NOTEBOOK, "name": "Weekly KPIs", "isScheduled": False, "lastRunAt": None}]
        projects = [{"id": PROJECT, "name": "Sales", "notebooks": listed}]
        page = {"hasMore": False, "nextPageToken": None}
        return web.json_response({"projects": projects, "pagination": page})

    async def _file(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            return _refused(400, "The token has no business here")
        self.fetched += 1
        return web.Response(body=self._snapshot, content_type="application/x-yaml")


def snapshot(blocks: int = 30) -> bytes:
    """A run's document of some 20 kB: numbers printed block by block, and a small table at the end."""
    rows = "\n".join(f"2026-05-{day:02d}  EU  revenue {1_000_000 + 977 * day}" for day in range(1, 15))
    said: list[dict[str, Any]] = [{"output_type": "stream", "name": "stdout", "text": rows}]
    cells = [
        {
            "id": f"{number:032x}",
            "blockGroup": f"{number:08x}-0000-4000-8000-000000000000",
            "sortingKey": f"{number:03d}",
            "type": "code",
            "content": f"totals.append(load({number}))",
            "executionCount": number,
            "metadata": {},
            "outputs": said if number % 2 else [],
        }
        for number in range(1, blocks + 1)
    ]
    notebook = {"id": NOTEBOOK, "name": "Weekly KPIs", "executionMode": "block", "blocks": cells}
    document = {
        "version": "1.0.0",
        "metadata": {"createdAt": "2026-05-04T12:00:00Z", "snapshotHash": "0" * 64},
        "environment": {"python": {"version": "3.11"}, "packages": {}},
        "execution": {"triggeredBy": "api", "inputs": {"region": "EU"}},
        "project": {"id": PROJECT, "name": "Sales", "notebooks": [notebook]},
    }
    return yaml.safe_dump(document, sort_keys=False).encode()


def _allowed(request: web.Request) -> bool:
    return request.headers.get("Authorization") == f"Bearer {TOKEN}"


def _refused(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
