"""Datalore's Run API: build and decode are pure, the client around them is thin.

Contract: Datalore 2026.1 help, "Run notebooks using API". Datalore lists, stops and describes nothing, so a notebook's
inputs can't be checked before it runs, and its name is what the person calls it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from bot.errors import BadReply, Forbidden, Invalid, NotFound
from bot.grammar import check_options
from bot.model import Artifact, Notebook, Platform, Request, State
from bot.platforms.base import Fetched, ListedRun, Look, NamedNotebook, NotebookInfo, Submission
from bot.platforms.datalore_inputs import encoded
from bot.platforms.files import Purse, file_name, over_limit
from bot.platforms.http import Limits, Origin
from bot.platforms.reply import moment, name_of, record, records

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.metrics import Metrics

RUN = "/api/run/v1/notebook"
INTERACTIVE = "/api/computation/v1/notebook"
NO_SUCH_RUN = "00000000-0000-0000-0000-000000000000"

_WAITING = frozenset({"queued", "pending", "waiting", "scheduled", "created", "enqueued"})
_SAYS_NO_MORE = frozenset({"queued", "pending", "running", "in progress", "in_progress"})
_FILES = 20  # of one run; the rest are linked


def start_body(request: Request) -> tuple[str, dict[str, Any]]:
    """Path and body of the POST that starts a request."""
    options = request.options
    if options.interactive:
        return INTERACTIVE, {"notebookId": request.notebook.id}
    body: dict[str, Any] = {
        "notebookId": request.notebook.id,
        "updateReport": "on success" if options.update_report else "never",
        "directFileStorageWrite": options.write_files,
    }
    if request.inputs:
        body["parameters"] = [{"name": name, "value": value} for name, value in request.inputs.items()]
    return RUN, body


def run_id_of(answer: object) -> str:
    """The id of a run that was started.

    Raises:
        BadReply: There is none, so the run may have been started but can't be followed.
    """
    run_id = name_of(record(answer, "Datalore").get("runId"))
    if not run_id:
        raise BadReply("Datalore answered without the id of the run")
    return run_id


def look_of(answer: object, base: str) -> Look:
    """How a run stands: it has ended when `endTime` is set, and `status` is a word of Datalore's own."""
    run = record(answer, "Datalore")
    word = name_of(run.get("status"), 80)
    artifacts = tuple(_artifact(item, base) for item in records(run.get("artifacts")))
    ended = bool(run.get("endTime"))
    return Look(
        state=_ended_state(run) if ended else _open_state(word),
        word="" if word.casefold() in _SAYS_NO_MORE else word,
        started_at=moment(run.get("startTime")),
        ended_at=moment(run.get("endTime")) if ended else None,
        error=_UNTOLD if ended and _success(run) is None else "",
        artifacts=artifacts,
        document=_document(artifacts) if ended else "pending",
        notebook_id=name_of(run.get("notebookId")) or None,
    )


_UNTOLD = "Datalore didn't say whether it succeeded"


def _success(run: dict[str, Any]) -> bool | None:
    value = run.get("success")
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _ended_state(run: dict[str, Any]) -> State:
    return State.SUCCEEDED if _success(run) else State.FAILED


def _open_state(word: str) -> State:
    first = word.casefold().replace("_", " ").split(" ", 1)[0]
    return State.QUEUED if first in _WAITING else State.RUNNING


def _document(artifacts: tuple[Artifact, ...]) -> Literal["ready", "none"]:
    return "ready" if artifacts else "none"


def _artifact(item: dict[str, Any], base: str) -> Artifact:
    path = str(item.get("path") or "").encode("utf-8", "replace").decode().replace("\0", "")
    safe = stays(path)
    return Artifact(
        name=file_name(item.get("name") or path),
        path=path if safe else "",
        url=base + quote(path) if safe else "",
        note="" if safe else "Datalore named no path for it that can be fetched safely",
    )


def _is_notebook(artifact: Artifact) -> bool:
    return any(text.lower().endswith(".ipynb") for text in (artifact.name, artifact.path))


def stays(path: str) -> bool:
    """Whether a path leads to a place under the base: absolute, without a host of its own and without dots to climb.

    The bearer goes with it, and the base may be one site of several on its host.
    """
    return path.startswith("/") and not path.startswith("//") and not {".", ".."} & set(path.split("/"))


class Datalore:
    """One Datalore with one token.

    Args:
        base: Its address, such as `https://datalore.jetbrains.com`.
        token: Gives the current API token.
        limits: How long, how many, how large.
        metrics: Where calls are counted.
    """

    platform = Platform.DATALORE

    def __init__(
        self, base: str, token: Callable[[], str], limits: Limits | None = None, metrics: Metrics | None = None
    ) -> None:
        self._origin = Origin("Datalore", base, token, limits, metrics)

    async def describe(self, notebook: Notebook) -> NotebookInfo:
        """Datalore tells nothing about notebooks: only the address follows from the id."""
        return NotebookInfo(url=self.link(notebook, None))

    async def prepare(self, request: Request, literal: frozenset[str], today: datetime) -> Request:
        """See the Protocol. Every unquoted word for a date becomes that date, as no types are known.

        Raises:
            UserError: An option that Datalore doesn't have, or one that doesn't go with `--interactive`.
        """
        check_options(request.options, self.platform, request.inputs)
        inputs = {
            name: encoded(value, today.date() if name not in literal else None)
            for name, value in request.inputs.items()
        }
        url = request.url or self.link(request.notebook, None)
        return request.model_copy(update={"inputs": inputs, "url": url, "title": request.title or request.notebook.id})

    async def submit(self, request: Request) -> Submission:
        """See the Protocol. An interactive run has no id and can't be tracked."""
        path, body = start_body(request)
        reply = await self._origin.send("POST", path, body=body, fresh=True)
        if request.options.interactive:
            self._origin.checked(reply)
            return Submission(run_id=None, state=State.RUNNING)
        return Submission(run_id=run_id_of(await self._origin.read(reply)))

    async def look(self, run_id: str) -> Look:
        """See the Protocol."""
        return look_of(await self._origin.ask(run_path(run_id)), self._origin.base)

    async def fetch(self, run_id: str, seen: Look, limit: int) -> tuple[Fetched, ...]:  # noqa: ARG002 - named by paths
        """See the Protocol. The first notebook among the artifacts is the document."""
        purse = Purse(limit)
        found: list[Fetched] = []
        for number, artifact in enumerate(seen.artifacts):
            notebook = _is_notebook(artifact) and not any(one.document for one in found)
            if number >= _FILES:
                found.append(noted(artifact, f"only the first {_FILES} files of a run are fetched"))
            elif not artifact.path:
                found.append(noted(artifact, artifact.note or "Datalore named no path for it"))
            elif not purse.next:
                found.append(noted(artifact, "the run's other files already fill the room for them"))
            else:
                found.append(await self._file(artifact, purse, "ipynb" if notebook else ""))
        return tuple(found)

    async def _file(self, artifact: Artifact, purse: Purse, document: Literal["ipynb", ""]) -> Fetched:
        try:
            file = await self._origin.download(artifact.url, purse.next, bearer=True)
        except NotFound:
            return noted(artifact, "it is no longer on Datalore")
        except (Forbidden, Invalid, BadReply) as error:
            return noted(artifact, f"Datalore didn't hand it over: {error.message}")
        if file.content is None:
            return noted(artifact, over_limit(file.size, purse.next), file.size)
        if file.type == "text/html" and not artifact.name.lower().endswith((".html", ".htm")):
            return noted(artifact, "Datalore sent a web page in its place")
        purse.spend(len(file.content))
        kept = artifact.model_copy(update={"size": len(file.content)})
        return Fetched(artifact=kept, content=file.content, document=document)

    async def listed(self, notebook: Notebook, since: datetime) -> tuple[ListedRun, ...] | None:  # noqa: ARG002
        """Datalore has no list of runs."""
        return None

    async def find(self, words: str) -> tuple[NamedNotebook, ...]:  # noqa: ARG002
        """See the Protocol: Datalore lists no notebooks."""
        return ()

    def link(self, notebook: Notebook, url: str | None) -> str | None:
        """See the Protocol: the given address, else the one that follows from the id."""
        return url or f"{self._origin.base}/notebook/{quote(notebook.id)}"

    async def check(self) -> str:
        """Ask for a run that can't exist: a 401 means that the token is refused, a 404 that it is good.

        Datalore has no endpoint that says whose token it is. That a token is looked at before a run's id is not
        documented, but follows from 404 meaning "not shared with you".

        Raises:
            PlatformError: Anything but a 404 or a 2xx.
        """
        with suppress(NotFound):
            await self._origin.ask(run_path(NO_SUCH_RUN))
        return f"Datalore at {self._origin.base} takes the token"

    async def close(self) -> None:
        """Let the connections go."""
        await self._origin.close()


def run_path(run_id: str) -> str:
    """The path of a run.

    Raises:
        NotFound: It can't be the id of a run; ids can be typed by people.
    """
    if not run_id.strip(".") or not run_id.isprintable():
        raise NotFound("Datalore knows no such run")
    return f"/api/run/v1/{quote(run_id, safe='')}"


def noted(artifact: Artifact, note: str, size: int | None = None) -> Fetched:
    """An artifact without its content, and why."""
    return Fetched(artifact=artifact.model_copy(update={"note": note, "size": size}))
