"""The stand-in of Deepnote's Public API v2 (runs, notebooks, projects, me) and of its notebook pages.

Decided here, where the contract is silent: `detached` left out means a live run; `detachedRunStorageMode` with a live
run, and `runDependentBlocks` without `blockIds`, are 400; a live run of some blocks starts in a fresh kernel that knows
the inputs; files that a run writes stay in the project's storage, unless that is mounted read-only.
"""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from bot.sandbox import pages
from bot.sandbox.deepnote_order import FIELDS, Order
from bot.sandbox.deepnote_runs import DeepnoteRuns, Run
from bot.sandbox.faults import Faults
from bot.sandbox.gate import RateLimit, Refusal, gate, json_object, token_of
from bot.sandbox.jobs import Jobs
from bot.sandbox.ledger import Ledger, stamp
from bot.sandbox.paging import page_of
from bot.sandbox.shelf import WORKSPACE_ID, WORKSPACE_NAME, WORKSPACE_SLUG, Notebook, Shelf
from bot.sandbox.storage import Storage

_GUARDED: Final = re.compile(r"/v2/")
_NOTEBOOK_ID: Final = re.compile(
    r"(?:^|-)([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$", re.IGNORECASE | re.ASCII
)
_MAY_RUN: Final = frozenset({"editor", "admin"})


class Deepnote:
    """Deepnote, as far as API v2 reaches. Mounted at a base, `/v2/…` and `/workspace/…` are Deepnote's own paths."""

    def __init__(
        self,
        shelf: Shelf,
        jobs: Jobs,
        ledger: Ledger,
        faults: Faults,
        storage: Storage,
        *,
        tokens: Mapping[str, str] | None = None,
        keep: int = 200,
        snapshot_delay: float = 0.0,
        rate_limit: RateLimit | None = None,
    ) -> None:
        """Take its parts and settings.

        `tokens` gives each token's access level: guest, restricted_user, viewer, editor or admin. `keep`: how many runs
        it remembers; older ones that have ended become 404. `snapshot_delay`: seconds from a run's end to its snapshot.
        """
        self._shelf, self._ledger, self._faults, self._storage = shelf, ledger, faults, storage
        self._tokens, self._rate_limit = dict(tokens or {"sandbox": "editor"}), rate_limit
        self._runs = DeepnoteRuns(jobs, storage, keep=keep, snapshot_delay=snapshot_delay)
        self.suspended: set[str] = set()
        """Ids of the projects that are suspended."""

    def app(self) -> web.Application:
        """The application, to be mounted as a sub-application."""
        walls = [
            self._faults.middleware("deepnote", _says),
            gate(_says, self._tokens, _GUARDED, self._rate_limit),
        ]
        app = web.Application(middlewares=walls)
        app.router.add_post("/v2/runs", self._start)
        app.router.add_get("/v2/runs/{run}", self._run)
        app.router.add_get("/v2/notebooks/{notebook}", self._notebook)
        app.router.add_get("/v2/notebooks/{notebook}/runs", self._notebook_runs)
        app.router.add_get("/v2/projects", self._projects)
        app.router.add_get("/v2/me", self._me)
        for path in (
            "/workspace/{workspace}/project/{project}/notebook/{notebook}",
            "/project/{project}/notebook/{notebook}",
        ):
            app.router.add_get(path, self._page)
            app.router.add_post(path, self._stop)
        return app

    async def _start(self, request: web.Request) -> web.Response:
        body = await json_object(request, FIELDS)
        if self._tokens[token_of(request)] not in _MAY_RUN:
            raise Refusal(403, "Insufficient permissions")
        order = Order.read(body, self._shelf)
        if self._is_suspended(order.notebook, request):
            raise Refusal(400, "Project is suspended")
        run = self._runs.begin(order)
        how = "detached" if order.detached else "live"
        self._ledger.started("deepnote", order.notebook, run.id, order.inputs, how=how)
        answer = {"runId": run.id, "status": "pending", "createdAt": stamp(run.created)}
        return web.json_response(answer, status=202)

    async def _run(self, request: web.Request) -> web.Response:
        delivery = request.query.get("snapshotDelivery", "downloadUrl")
        if delivery not in {"inline", "downloadUrl"}:
            raise Refusal(400, 'snapshotDelivery: expected "inline" or "downloadUrl"')
        try:
            run = self._runs.find(str(uuid.UUID(request.match_info["run"])))
        except ValueError:
            raise Refusal(400, "runId: expected a UUID") from None
        if run is None:
            raise Refusal(404, "Run not found")
        if self._is_suspended(run.job.notebook, request):
            raise Refusal(409, "Project is suspended")
        state, error = self._snapshot_status(run, request), run.job.trouble
        about = run.line() | {
            "projectId": run.job.notebook.project_id,
            "error": {"message": error} if error else None,
            "snapshotContent": None,
            "snapshotDownloadUrl": None,
            "snapshotStatus": state,
        }
        if not run.job.state.over and (strange := self._faults.strike("deepnote", request, "unknown_status")):
            about["status"] = strange.message or "hibernating"
        if state == "available" and delivery == "inline":
            about["snapshotContent"] = self._storage.read(run.snapshot_name)
        elif state == "available":
            about["snapshotDownloadUrl"] = self._storage.link(run.snapshot_name)
        elif state == "pending" and run.job.state.over and delivery == "inline":
            about["snapshotContent"] = ""
        return web.json_response({"run": about})

    def _snapshot_status(self, run: Run, request: web.Request) -> str:
        status = self._runs.snapshot_status(run)
        if status == "available" and self._faults.strike("deepnote", request, "late_snapshot"):
            return "pending"
        if status == "available" and self._faults.strike("deepnote", request, "no_snapshot"):
            return "unavailable"
        return status

    async def _notebook(self, request: web.Request) -> web.Response:
        notebook = self._known(request)
        if self._is_suspended(notebook, request):
            raise Refusal(400, "Project is suspended")
        about = {
            "id": notebook.deepnote_id,
            "projectId": notebook.project_id,
            "name": notebook.name,
            "blocks": [{"id": b.id, "type": b.kind, "content": b.content or None} for b in notebook.blocks],
            "inputs": [one.described() for one in notebook.inputs.values()],
        }
        return web.json_response({"notebook": about})

    async def _notebook_runs(self, request: web.Request) -> web.Response:
        runs = self._runs.of(self._known(request))
        keys = ("runId", "notebookId", "status", "createdAt", "completedAt")
        lines = {run.id: {key: run.line()[key] for key in keys} for run in runs}
        page, pagination = page_of(lines, request.query)
        return web.json_response({"runs": page, "pagination": pagination})

    async def _projects(self, request: web.Request) -> web.Response:
        part = request.query.get("nameContains", "").lower()
        projects: dict[str, dict[str, Any]] = {}
        for notebook in self._shelf:
            if part not in notebook.project_name.lower():
                continue
            about = {"id": notebook.project_id, "name": notebook.project_name, "notebooks": []}
            last = next((stamp(run.created) for run in self._runs.of(notebook)), None)
            entry = {"id": notebook.deepnote_id, "name": notebook.name, "isScheduled": False, "lastRunAt": last}
            projects.setdefault(notebook.project_id, about)["notebooks"].append(entry)
        page, pagination = page_of(projects, request.query)
        return web.json_response({"projects": page, "pagination": pagination})

    async def _me(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "apiKey": {"id": "5b0e8d6a-58a0-4c43-8f0b-0c5f4a5f9a77", "name": "Sandbox key"},
                "user": {"id": "c8a4b7f2-3a63-4c55-9c7e-9f4c5b2f6d31", "name": "Ana", "email": "ana@example.com"},
                "workspace": {"id": WORKSPACE_ID, "slug": WORKSPACE_SLUG, "name": WORKSPACE_NAME},
                "accessLevel": self._tokens[token_of(request)],
            }
        )

    async def _page(self, request: web.Request) -> web.Response:
        notebook = self._addressed(request)
        runs = [pages.RunLine(run.id, run.created, run.job) for run in self._runs.of(notebook)]
        runs_open = request.query.get("secondary-sidebar") == "runs"
        return pages.notebook_page("Deepnote", notebook, self._runs.shown(notebook), runs, runs_open=runs_open)

    async def _stop(self, request: web.Request) -> web.Response:
        run = self._runs.find(request.query.get("stop", ""))
        if run is None or run.job.notebook.deepnote_id != self._addressed(request).deepnote_id:
            raise Refusal(404, "Run not found")
        await run.job.stop()
        return web.Response(status=303, headers={"Location": f"{request.path}?secondary-sidebar=runs"})

    def _addressed(self, request: web.Request) -> Notebook:
        found = _NOTEBOOK_ID.search(request.match_info["notebook"])
        notebook = self._shelf.on_deepnote(found[1].lower()) if found else None
        if notebook is None:
            raise Refusal(404, "Notebook not found")
        return notebook

    def _known(self, request: web.Request) -> Notebook:
        notebook = self._shelf.on_deepnote(request.match_info["notebook"])
        if notebook is None:
            raise Refusal(404, "Notebook not found")
        return notebook

    def _is_suspended(self, notebook: Notebook, request: web.Request) -> bool:
        switched = self._faults.strike("deepnote", request, "suspended")
        return switched is not None or notebook.project_id in self.suspended


def _says(words: str) -> dict[str, Any]:
    return {"message": words}
