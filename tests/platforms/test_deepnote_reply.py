from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import BadReply
from bot.model import State
from bot.platforms.base import InputSpec, ListedRun
from bot.platforms.deepnote_reply import (
    Me,
    Project,
    ProjectNotebook,
    Snapshot,
    listed_of,
    look_of,
    me_of,
    notebook_of,
    projects_of,
    run_snapshot_of,
    submission_of,
)

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 6, 12, 3, tzinfo=UTC)


def a_run(**fields: Any) -> dict[str, Any]:
    run = {
        "runId": "r-1",
        "notebookId": "n-1",
        "projectId": "p-1",
        "status": "running",
        "createdAt": "2026-05-06T12:00:00.000Z",
        "completedAt": None,
        "error": None,
        "snapshotContent": None,
        "snapshotDownloadUrl": None,
        "somethingNew": {"a": 1},
    }
    return {"run": {**run, **fields}}


def test_a_start_answers_with_the_runs_id_status_and_time() -> None:
    submission = submission_of({"runId": "r-1", "status": "pending", "createdAt": "2026-05-06T12:00:00Z", "new": 1})
    assert (submission.run_id, submission.state, submission.word) == ("r-1", State.QUEUED, "")
    assert submission.created_at == NOON
    assert submission_of({"run": {"runId": "r-2", "status": "running"}}).state is State.RUNNING
    assert submission_of({"runId": "r-3"}).state is State.QUEUED


@pytest.mark.parametrize("answer", [{}, {"runId": None}, {"runId": ""}, [], None, "r-1"])
def test_a_start_without_an_id_cant_be_read(answer: object) -> None:
    with pytest.raises(BadReply):
        submission_of(answer)


@pytest.mark.parametrize(
    ("status", "state", "word"),
    [
        ("pending", State.QUEUED, ""),
        ("running", State.RUNNING, ""),
        ("success", State.SUCCEEDED, ""),
        ("error", State.FAILED, ""),
        ("internal_error", State.FAILED, "internal_error"),
        ("stopped", State.STOPPED, ""),
        ("SUCCESS", State.SUCCEEDED, ""),
        ("provisioning", State.RUNNING, "provisioning"),
    ],
)
def test_each_status_has_its_state_and_an_unknown_one_is_running(status: str, state: State, word: str) -> None:
    look = look_of(a_run(status=status))
    assert (look.state, look.word) == (state, word)
    assert look.notebook_id == "n-1"
    assert look.document == "pending"
    assert look.artifacts == ()


def test_a_runs_times_are_its_creation_and_its_completion() -> None:
    ended = look_of(a_run(status="success", completedAt="2026-05-06T12:03:00Z"))
    assert (ended.started_at, ended.ended_at) == (NOON, LATER)
    assert look_of(a_run(status="pending")).started_at is None
    assert look_of(a_run()).ended_at is None


@pytest.mark.parametrize(
    ("error", "words"),
    [(None, ""), ("Kernel died\n", "Kernel died"), ({"message": "Out of memory"}, "Out of memory"), ({}, ""), (3, "")],
)
def test_an_error_is_nothing_or_text_or_an_object(error: object, words: str) -> None:
    assert look_of(a_run(status="error", error=error)).error == words


@pytest.mark.parametrize(
    ("fields", "document"),
    [
        ({}, "pending"),
        ({"snapshotStatus": "pending"}, "pending"),
        ({"snapshotStatus": "available"}, "pending"),
        ({"snapshotStatus": "unavailable"}, "none"),
        ({"snapshotContent": ""}, "pending"),
        ({"snapshotContent": " \n"}, "pending"),
        ({"snapshotContent": "version: 1.0.0"}, "ready"),
        ({"snapshotDownloadUrl": "https://x/y"}, "ready"),
        ({"snapshotDownloadUrl": "https://x/y", "snapshotStatus": "available"}, "ready"),
    ],
)
@pytest.mark.parametrize("status", ["success", "error", "internal_error", "stopped"])
def test_the_snapshot_of_an_ended_run_is_ready_or_late_or_never_comes(
    status: str, fields: dict[str, Any], document: str
) -> None:
    assert look_of(a_run(status=status, **fields)).document == document


def test_fields_that_are_absent_count_as_null() -> None:
    look = look_of({"run": {"status": "success"}})
    assert (look.state, look.document, look.ended_at, look.notebook_id) == (State.SUCCEEDED, "pending", None, None)
    assert run_snapshot_of({"run": {"status": "success"}}) == Snapshot()


@pytest.mark.parametrize("answer", [{}, {"run": None}, {"run": []}, {"run": {"status": None}}, [], None])
def test_what_is_no_run_cant_be_read(answer: object) -> None:
    with pytest.raises(BadReply):
        look_of(answer)


def test_a_notebook_tells_its_blocks_and_inputs() -> None:
    notebook = notebook_of(
        {
            "notebook": {
                "id": "n-1",
                "projectId": "p-1",
                "name": "Weekly\nKPIs",
                "blocks": [
                    {"id": "b1", "type": "code", "content": "x"},
                    {"id": "b2", "type": "input-text", "content": None},
                    7,
                ],
                "inputs": [
                    {"blockId": "b2", "name": "who", "type": "input-text", "value": "Ana", "label": "Who?"},
                    {
                        "name": "region",
                        "type": "input-select",
                        "value": "EU",
                        "options": ["EU", 3, {"value": "US"}, None],
                    },
                    {"name": "cols", "type": "input-select", "value": ["a"], "options": ["a"], "multiple": True},
                    {"name": "n", "type": "input-slider", "value": "5", "min": 0, "max": "10", "step": 0.5},
                    {"name": "on", "type": "input-checkbox", "value": True, "min": True, "max": [], "step": "x"},
                    {"name": "range", "type": "input-date-range", "value": ["2026-01-01", "2026-02-01"]},
                    {"name": "new", "type": "input-hologram", "value": {"a": 1}, "label": None},
                    {"name": "", "type": "input-text"},
                    {"type": "input-text"},
                ],
            }
        }
    )
    assert (notebook.id, notebook.project_id, notebook.name) == ("n-1", "p-1", "Weekly KPIs")
    assert notebook.blocks == ("b1", "b2")
    assert notebook.inputs == (
        InputSpec(name="who", type="text", value="Ana", label="Who?"),
        InputSpec(name="region", type="select", value="EU", options=("EU", "3", "US", "")),
        InputSpec(name="cols", type="select", value=("a",), options=("a",), multiple=True),
        InputSpec(name="n", type="slider", value="5", minimum=0, maximum=10, step=0.5),
        InputSpec(name="on", type="checkbox", value=True),
        InputSpec(name="range", type="date-range", value=("2026-01-01", "2026-02-01")),
        InputSpec(name="new", type="hologram", value=""),
    )


def test_inputs_that_arent_told_are_unknown_unless_there_can_be_none() -> None:
    assert notebook_of({"notebook": {"id": "n", "blocks": [{"id": "b", "type": "code"}]}}).inputs == ()
    assert notebook_of({"notebook": {"id": "n", "blocks": [{"id": "b", "type": "input-date"}]}}).inputs is None
    assert notebook_of({"notebook": {"id": "n", "inputs": None}}).inputs is None
    assert notebook_of({"notebook": {"id": "n", "inputs": []}}).inputs == ()
    assert notebook_of({"notebook": {"id": "n"}}).blocks is None


def test_a_page_of_runs() -> None:
    page = listed_of(
        {
            "runs": [
                {
                    "runId": "r2",
                    "notebookId": "n",
                    "status": "success",
                    "createdAt": "2026-05-06T12:00:00Z",
                    "completedAt": "2026-05-06T12:03:00Z",
                },
                {"runId": "r1", "status": "odd", "createdAt": "2026-05-06T12:00:00Z"},
                {"runId": "r0", "status": "success", "createdAt": "?"},
                {"status": "success", "createdAt": "2026-05-06T12:00:00Z"},
            ],
            "pagination": {"nextPageToken": "t/2", "hasMore": True},
        }
    )
    assert page.runs == (
        ListedRun(run_id="r2", state=State.SUCCEEDED, created_at=NOON, ended_at=LATER),
        ListedRun(run_id="r1", state=State.RUNNING, created_at=NOON),
    )
    assert page.next == "t/2"


@pytest.mark.parametrize(
    "pagination", [None, [], {}, {"nextPageToken": None, "hasMore": True}, {"nextPageToken": "t", "hasMore": False}]
)
def test_a_last_page_has_no_next(pagination: object) -> None:
    assert listed_of({"runs": [], "pagination": pagination}).next is None
    assert projects_of({"pagination": pagination}).next is None


def test_a_page_of_projects() -> None:
    notebooks = [
        {"id": "n", "name": "Weekly", "isScheduled": True, "lastRunAt": "2026-05-06T12:00:00Z"},
        {"id": "m", "lastRunAt": None},
    ]
    page = projects_of({"projects": [{"id": "p", "name": "KPIs", "notebooks": notebooks}, {"id": "q"}]})
    assert page.projects == (
        Project(
            id="p",
            name="KPIs",
            notebooks=(
                ProjectNotebook(id="n", name="Weekly", scheduled=True, last_run_at=NOON),
                ProjectNotebook(id="m"),
            ),
        ),
        Project(id="q"),
    )


def test_whom_a_token_belongs_to() -> None:
    told = {
        "apiKey": {"id": "k"},
        "user": {"name": "Ana"},
        "workspace": {"id": "w", "slug": "acme", "name": "Acme"},
        "accessLevel": "editor",
    }
    assert me_of(told) == Me(user="Ana", workspace="Acme", workspace_id="w", workspace_slug="acme", access="editor")
    assert me_of({"user": {"email": "ana@acme.example"}}).user == "ana@acme.example"
    assert me_of({"user": None}) == Me()
