"""The stand-in of Datalore's Run API and of its notebook pages.

Decided here, where Datalore's documents are silent: a parameter whose name no control of the notebook has, and a value
that its control can't hold, are 400; `startTime` is when the run was asked for; artifacts are listed once it has ended,
also when it failed; with `directFileStorageWrite` the files that the run wrote stay among the notebook's files, and
only the executed notebook is an artifact.
"""

import mimetypes
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from bot.sandbox import ipynb, pages
from bot.sandbox.faults import Faults
from bot.sandbox.gate import RateLimit, Refusal, gate, json_object
from bot.sandbox.inputs import Value
from bot.sandbox.jobs import Job, Jobs, State, Step
from bot.sandbox.ledger import Ledger, stamp
from bot.sandbox.shelf import Notebook, Shelf

_GUARDED: Final = re.compile(r"/api/|/artifacts/")
_FIELDS: Final = ("notebookId", "updateReport", "directFileStorageWrite", "parameters")


@dataclass(frozen=True)
class _Run:
    id: str
    job: Job
    asked: datetime
    update_report: str
    keeps_files: bool
    artifacts: dict[str, bytes] = field(default_factory=dict)


class Datalore:
    """Datalore, as far as the Run API reaches. Mounted at a base, its paths are Datalore's own."""

    def __init__(
        self,
        shelf: Shelf,
        jobs: Jobs,
        ledger: Ledger,
        faults: Faults,
        *,
        tokens: Collection[str] = ("sandbox",),
        keep: int = 200,
        rate_limit: RateLimit | None = None,
    ) -> None:
        """`keep`: how many runs it remembers; older ones that have ended become 404."""
        self._shelf, self._jobs, self._ledger, self._faults = shelf, jobs, ledger, faults
        self._tokens, self._keep, self._rate_limit = tokens, keep, rate_limit
        self._runs: dict[str, _Run] = {}
        self._files: dict[str, dict[str, bytes]] = {}
        self._shown: dict[str, dict[str, Step]] = {}

    def app(self) -> web.Application:
        """The application, to be mounted as a sub-application."""
        walls = [
            self._faults.middleware("datalore", _says),
            gate(_says, self._tokens, _GUARDED, self._rate_limit),
        ]
        app = web.Application(middlewares=walls)
        app.router.add_post("/api/run/v1/notebook", self._start)
        app.router.add_get("/api/run/v1/{run}", self._run)
        app.router.add_post("/api/computation/v1/notebook", self._compute)
        app.router.add_get("/notebook/{owner}/{id}/artifacts/{run}/{name:.+}", self._artifact)
        for path in ("/notebook/{owner}/{id}", "/notebook/{owner}/{id}/"):
            app.router.add_get(path, self._page)
            app.router.add_post(path, self._stop)
        return app

    async def _start(self, request: web.Request) -> web.Response:
        body = await json_object(request, _FIELDS)
        notebook = self._runnable(body)
        update = body.get("updateReport", "never")
        if update not in {"never", "on success"}:
            raise Refusal(400, 'updateReport must be "never" or "on success"')
        keeps_files = body.get("directFileStorageWrite", False)
        if not isinstance(keeps_files, bool):
            raise Refusal(400, "directFileStorageWrite must be a boolean")
        inputs = _values(notebook, body.get("parameters", []))
        run_id, artifacts = secrets.token_urlsafe(12), dict[str, bytes]()
        job = self._jobs.begin(
            notebook,
            notebook.blocks,
            inputs,
            files=self._files.get(notebook.datalore_id, {}),
            afterwards=lambda done: self._put_away(done, artifacts, keeps_files=keeps_files),
        )
        self._forget()
        self._runs[run_id] = _Run(run_id, job, datetime.now(UTC), update, keeps_files, artifacts)
        self._ledger.started("datalore", notebook, run_id, inputs, how="run")
        return web.json_response({"runId": run_id})

    async def _run(self, request: web.Request) -> web.Response:
        run = self._runs.get(request.match_info["run"])
        if run is None:
            raise Refusal(404, "The run is not found, or its notebook is not shared with you")
        job, notebook = run.job, run.job.notebook
        answer: dict[str, Any] = {
            "runId": run.id,
            "userId": notebook.datalore_id.partition("/")[0],
            "notebookId": notebook.datalore_id,
            "startTime": stamp(run.asked),
            "updateReport": run.update_report,
            "directFileStorageWrite": run.keeps_files,
            "artifacts": [{"name": name, "path": _path(run, name)} for name in run.artifacts],
            "readOnly": notebook.view_only,
        }
        if job.finished is None:
            strange = self._faults.strike("datalore", request, "unknown_status")
            answer["status"] = (strange.message or "HIBERNATING") if strange else job.state.name
        else:
            answer |= {"endTime": stamp(job.finished), "success": job.state is State.SUCCEEDED}
        return web.json_response(answer)

    async def _compute(self, request: web.Request) -> web.Response:
        notebook = self._runnable(await json_object(request, ("notebookId",)))
        job = self._jobs.begin(
            notebook,
            notebook.blocks,
            {},
            files=self._files.get(notebook.datalore_id, {}),
            afterwards=lambda done: self._put_away(done, {}, keeps_files=True),
        )
        self._shown[notebook.datalore_id] = {step.block.id: step for step in job.steps}
        self._ledger.started("datalore", notebook, None, {}, how="interactive")
        return web.json_response({})

    async def _artifact(self, request: web.Request) -> web.Response:
        run, name = self._runs.get(request.match_info["run"]), request.match_info["name"]
        if run is None or name not in run.artifacts or _path(run, name) != _below_base(request):
            raise Refusal(404, "There is no such artifact")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {"Content-Disposition": "attachment"}
        kind = "application/x-ipynb+json" if name.endswith(".ipynb") else kind
        return web.Response(body=run.artifacts[name], content_type=kind, headers=headers)

    async def _page(self, request: web.Request) -> web.Response:
        notebook = self._addressed(request)
        mine = [run for run in self._runs.values() if run.job.notebook.datalore_id == notebook.datalore_id]
        runs = [pages.RunLine(run.id, run.asked, run.job) for run in reversed(mine)]
        return pages.notebook_page("Datalore", notebook, self._shown.get(notebook.datalore_id, {}), runs)

    async def _stop(self, request: web.Request) -> web.Response:
        run = self._runs.get(request.query.get("stop", ""))
        if run is None or run.job.notebook.datalore_id != self._addressed(request).datalore_id:
            raise Refusal(404, "The run is not found")
        await run.job.stop()
        return web.Response(status=303, headers={"Location": request.path})

    def _addressed(self, request: web.Request) -> Notebook:
        notebook = self._shelf.on_datalore(f"{request.match_info['owner']}/{request.match_info['id']}")
        if notebook is None:
            raise Refusal(404, "The notebook is not shared with you, or the notebook ID is invalid")
        return notebook

    def _runnable(self, body: Mapping[str, Any]) -> Notebook:
        wanted = body.get("notebookId")
        if not isinstance(wanted, str) or not wanted:
            raise Refusal(400, "notebookId must be a string: user_id/notebook_id")
        notebook = self._shelf.on_datalore(wanted)
        if notebook is None:
            raise Refusal(404, "The notebook is not shared with you, or the notebook ID is invalid")
        if notebook.view_only:
            raise Refusal(403, "You have view-only access to this notebook")
        return notebook

    def _put_away(self, job: Job, artifacts: dict[str, bytes], *, keeps_files: bool) -> None:
        artifacts[f"{job.notebook.name}.ipynb"] = ipynb.written(job.document())
        if keeps_files:
            self._files.setdefault(job.notebook.datalore_id, {}).update(job.files)
        else:
            artifacts.update(job.files)

    def _forget(self) -> None:
        over = [run.id for run in self._runs.values() if run.job.state.over]
        for run_id in over[: max(0, len(self._runs) - self._keep + 1)]:
            del self._runs[run_id]


def _says(words: str) -> dict[str, Any]:
    return {"error": words}


def _path(run: _Run, name: str) -> str:
    return f"{run.job.notebook.datalore_path}/artifacts/{run.id}/{name}"


def _below_base(request: web.Request) -> str:
    about = request.match_info
    return f"/notebook/{about['owner']}/{about['id']}/artifacts/{about['run']}/{about['name']}"


def _values(notebook: Notebook, parameters: object) -> dict[str, Value]:
    if not isinstance(parameters, list):
        raise Refusal(400, "parameters must be a list of {name, value}")
    values: dict[str, Value] = {}
    for parameter in parameters:
        if (
            not isinstance(parameter, dict)
            or set(parameter) != {"name", "value"}
            or not isinstance(parameter["name"], str)
        ):
            raise Refusal(400, "parameters must be a list of {name, value}")
        name, value = parameter["name"], parameter["value"]
        texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not isinstance(value, str) and not texts:
            raise Refusal(400, f'The value of parameter "{name}" must be a string or a list of strings')
        control = notebook.inputs.get(name)
        if control is None:
            raise Refusal(400, f'The notebook has no interactive control with the variable "{name}"')
        held = control.from_parameter(value)
        if held is None:
            raise Refusal(400, f'The control "{name}" can\'t hold this value')
        values[name] = held
    return values
