"""Deepnote's answers, decoded into values. Pure; contract: Public API v2, Runs API, and the vendor's client."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import BadReply, HardwareUnavailable, Invalid, NotFound, PlatformError, Suspended
from bot.model import Frozen, State
from bot.platforms.base import InputSpec, ListedRun, Look, Submission
from bot.platforms.reply import moment, name_of, plain, record, records, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.platforms.reply import Reply

_STATES = {
    "pending": State.QUEUED,
    "running": State.RUNNING,
    "success": State.SUCCEEDED,
    "error": State.FAILED,
    "internal_error": State.FAILED,
    "stopped": State.STOPPED,
}
_SAYS_MORE = frozenset({"internal_error"})
_ERROR = 1000  # characters
_SERVER_ERROR = 500


class DeepnoteNotebook(Frozen):
    """A notebook: its project, its blocks' ids, and its inputs; None where the answer doesn't tell them."""

    id: str
    project_id: str = ""
    name: str = ""
    blocks: tuple[str, ...] | None = None
    inputs: tuple[InputSpec, ...] | None = None


class Listed(Frozen):
    """A page of a notebook's runs, newest first."""

    runs: tuple[ListedRun, ...] = ()
    next: str | None = None


class ProjectNotebook(Frozen):
    """A notebook as its project lists it."""

    id: str
    name: str = ""
    scheduled: bool = False
    last_run_at: datetime | None = None


class Project(Frozen):
    """A project with its notebooks."""

    id: str
    name: str = ""
    notebooks: tuple[ProjectNotebook, ...] = ()


class Projects(Frozen):
    """A page of projects."""

    projects: tuple[Project, ...] = ()
    next: str | None = None


class Me(Frozen):
    """Whom a token belongs to, and what they may do: guest, restricted_user, viewer, editor or admin."""

    user: str = ""
    workspace: str = ""
    workspace_id: str = ""
    workspace_slug: str = ""
    access: str = ""


class Snapshot(Frozen):
    """Where a run's snapshot is: here, at a short-lived address (itself a secret), still to come, or never."""

    content: str = ""
    url: str = ""
    document: Literal["ready", "pending", "none"] = "pending"


def submission_of(answer: object) -> Submission:
    """A run that was started.

    Raises:
        BadReply: Without the run's id; the run may have been started.
    """
    body = record(answer, "Deepnote")
    body = body["run"] if isinstance(body.get("run"), dict) else body
    run_id = name_of(body.get("runId"))
    if not run_id:
        raise BadReply("Deepnote answered without the id of the run")
    state, word = _state(name_of(body.get("status"), 80) or "pending")
    return Submission(run_id=run_id, state=state, word=word, created_at=moment(body.get("createdAt")))


def look_of(answer: object) -> Look:
    """How a run stands. Deepnote tells when it was created, not when it began: that counts as its beginning.

    Raises:
        BadReply: Not a run.
    """
    run = _run(answer)
    status = name_of(run.get("status"), 80)
    if not status:
        raise BadReply("Deepnote answered without the status of the run")
    state, word = _state(status)
    return Look(
        state=state,
        word=word,
        started_at=None if state is State.QUEUED else moment(run.get("createdAt")),
        ended_at=moment(run.get("completedAt")) if state.final else None,
        error=words(run.get("error"), _ERROR),
        document=snapshot_of(run).document if state.final else "pending",
        notebook_id=name_of(run.get("notebookId")) or None,
    )


def snapshot_of(run: Mapping[str, Any]) -> Snapshot:
    """The snapshot of an ended run. Empty content is not ready yet; only `unavailable` says that there will be none."""
    content, url = run.get("snapshotContent"), run.get("snapshotDownloadUrl")
    if isinstance(content, str) and content and not content.isspace():
        return Snapshot(content=content, document="ready")
    if isinstance(url, str) and url:
        return Snapshot(url=url, document="ready")
    return Snapshot(document="none" if run.get("snapshotStatus") == "unavailable" else "pending")


def run_snapshot_of(answer: object) -> Snapshot:
    """The snapshot that the answer for a run names."""
    return snapshot_of(_run(answer))


def _run(answer: object) -> dict[str, Any]:
    body = record(answer, "Deepnote")
    return record(body.get("run", body), "Deepnote")


def _state(status: str) -> tuple[State, str]:
    """The state, and Deepnote's word where it says more than the state; an unknown status counts as running."""
    state = _STATES.get(status.casefold())
    if state is None:
        return State.RUNNING, status
    return state, status if status.casefold() in _SAYS_MORE else ""


def notebook_of(answer: object) -> DeepnoteNotebook:
    """A notebook with its inputs. Without a list of inputs there are none, unless a block is one."""
    body = record(answer, "Deepnote")
    found = record(body.get("notebook", body), "Deepnote")
    has_blocks = isinstance(found.get("blocks"), list)
    blocks = records(found.get("blocks"))
    inputs: tuple[InputSpec, ...] | None = tuple(
        _input(item) for item in records(found.get("inputs")) if name_of(item.get("name"))
    )
    if not isinstance(found.get("inputs"), list):
        untold = not has_blocks or any(name_of(block.get("type")).startswith("input-") for block in blocks)
        inputs = None if untold else ()
    return DeepnoteNotebook(
        id=name_of(found.get("id")),
        project_id=name_of(found.get("projectId")),
        name=plain(found.get("name"), 200),
        blocks=tuple(filter(None, (name_of(block.get("id")) for block in blocks))) if has_blocks else None,
        inputs=inputs,
    )


def _input(item: Mapping[str, Any]) -> InputSpec:
    options = item.get("options")
    return InputSpec(
        name=name_of(item.get("name")),
        type=name_of(item.get("type")).removeprefix("input-"),
        label=plain(item.get("label"), 200),
        value=_value(item.get("value")),
        options=tuple(_option(option) for option in options) if isinstance(options, list) else (),
        multiple=item.get("multiple") is True,
        minimum=_float(item.get("min")),
        maximum=_float(item.get("max")),
        step=_float(item.get("step")),
    )


def _value(value: object) -> str | bool | tuple[str, ...] | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return tuple(_option(item) for item in value)
    return None if value is None else _option(value)


def _option(option: object) -> str:
    """A choice as text; it is a string, but an object with a value would be understood."""
    if isinstance(option, dict):
        option = option.get("value", option.get("label"))
    if option is None:
        return ""
    return option.encode("utf-8", "replace").decode() if isinstance(option, str) else str(option)


def _float(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None


def listed_of(answer: object) -> Listed:
    """A page of a notebook's runs; a run without id or readable time of creation is left out."""
    body = record(answer, "Deepnote")
    found = []
    for run in records(body.get("runs")):
        run_id, created = name_of(run.get("runId")), moment(run.get("createdAt"))
        if run_id and created:
            state, _ = _state(name_of(run.get("status"), 80))
            found.append(
                ListedRun(run_id=run_id, state=state, created_at=created, ended_at=moment(run.get("completedAt")))
            )
    return Listed(runs=tuple(found), next=_next(body))


def projects_of(answer: object) -> Projects:
    """A page of projects."""
    body = record(answer, "Deepnote")
    return Projects(projects=tuple(_project(item) for item in records(body.get("projects"))), next=_next(body))


def _project(item: Mapping[str, Any]) -> Project:
    return Project(
        id=name_of(item.get("id")),
        name=plain(item.get("name"), 200),
        notebooks=tuple(
            ProjectNotebook(
                id=name_of(notebook.get("id")),
                name=plain(notebook.get("name"), 200),
                scheduled=notebook.get("isScheduled") is True,
                last_run_at=moment(notebook.get("lastRunAt")),
            )
            for notebook in records(item.get("notebooks"))
        ),
    )


def _next(body: Mapping[str, Any]) -> str | None:
    pagination = body.get("pagination")
    if not isinstance(pagination, dict) or pagination.get("hasMore") is False:
        return None
    return name_of(pagination.get("nextPageToken"), 2000) or None


def me_of(answer: object) -> Me:
    """Whom the token belongs to."""
    body = record(answer, "Deepnote")
    user, workspace = (part if isinstance(part, dict) else {} for part in (body.get("user"), body.get("workspace")))
    return Me(
        user=plain(user.get("name"), 200) or plain(user.get("email"), 200) or name_of(user.get("id")),
        workspace=plain(workspace.get("name"), 200),
        workspace_id=name_of(workspace.get("id")),
        workspace_slug=name_of(workspace.get("slug")),
        access=name_of(body.get("accessLevel"), 80),
    )


def start_refusal(reply: Reply) -> PlatformError | None:
    """The 500 that Deepnote documents for a start: no machine, so nothing runs. In other words it may run."""
    if reply.status == _SERVER_ERROR and "hardware" in reply.said.casefold():
        return HardwareUnavailable(reply.said, status=reply.status)
    return None


def narrowed(error: Invalid) -> PlatformError:
    """What a 400 of Deepnote's really says."""
    text = error.message.casefold()
    if text.startswith("notebook not found"):
        return NotFound(error.message, status=error.status)
    if "suspended" in text:
        return Suspended(error.message, status=error.status)
    return error
