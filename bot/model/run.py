"""A run: where it stands, what happened to it, what a platform says of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.model.frozen import Frozen
from bot.model.notebook import Request
from bot.model.results import Artifact


class State(StrEnum):
    """Where a run stands; `lifecycle` draws how one leads to another."""

    REQUESTED = "requested"
    AWAITING_APPROVAL = "awaiting_approval"
    SUBMITTING = "submitting"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"
    REJECTED = "rejected"
    UNCLEAR = "unclear"
    UNTRACKED = "untracked"
    LOST = "lost"
    GIVEN_UP = "given_up"

    @property
    def final(self) -> bool:
        """Nothing more will be looked at."""
        return self in FINAL


FINAL = frozenset(
    {
        State.SUCCEEDED,
        State.FAILED,
        State.STOPPED,
        State.REJECTED,
        State.UNCLEAR,
        State.UNTRACKED,
        State.LOST,
        State.GIVEN_UP,
    }
)


class Trouble(StrEnum):
    """What keeps us from looking, while the run goes on."""

    SILENT = "silent"  # no answer, 5xx, unreadable
    UNKNOWN = "unknown"  # it answers that there is no such run: 404
    LIMITED = "limited"  # asked too often, it says, or too early: 429
    REFUSED = "refused"  # our token, or our rights
    SUSPENDED = "suspended"  # Deepnote: the project is suspended


class Cause(StrEnum):
    """Who or what ended a run that never got a result."""

    PLATFORM = "platform"  # in its own words
    PERSON = "person"  # an input or a name; the reason holds words for the person
    TOKEN = "token"  # noqa: S105, a word, no secret: the platform refused our token; the admins are told
    RIGHTS = "rights"  # the platform says that we may not run it
    GONE = "gone"  # no such notebook, or not shared with us
    CARD = "card"  # the card couldn't be posted; the reason holds Slack's word
    CRASH = "crash"  # we went down between sending and hearing


class Progress(Frozen):
    """What is true of a run: the tracker's columns, written by whoever holds it.

    Attributes:
        state: Where it stands.
        since: When it came to that state (UTC, as all times).
        word: The platform's own word for it, where that says more than the state.
        remote_id: The platform's id of the run.
        attempt: How many submissions have been begun; at most one can have started anything.
        submitted_at: When the POST was begun.
        started_at: When the platform says it started, else when it was first seen to run.
        ended_at: When the platform says it ended, else when it was first seen ended.
        reason: Why it failed, was rejected or is unclear; plain text from outside.
        cause: Whose rule or doing that was, where the words for it depend on it.
        gone_since: Since when the platform has had no such notebook, where the catalogue knows it.
        adopted: The run was found in the platform's list after a lost reply; its inputs are still to be compared.
        trouble: What keeps us from looking now, and since when.
        again_at: When the platform wants to be asked again, where that is longer than we'd wait ourselves.
        usual: How many seconds this notebook has usually taken, where enough runs are known.
        overdue: It takes longer than it usually does.
        settled: Its results are in the rows, or there will be none.
    """

    state: State
    since: datetime
    word: str = ""
    remote_id: str | None = None
    attempt: int = 0
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    cause: Cause = Cause.PLATFORM
    gone_since: datetime | None = None
    adopted: bool = False
    trouble: Trouble | None = None
    trouble_since: datetime | None = None
    again_at: datetime | None = None
    usual: float | None = None
    overdue: bool = False
    settled: bool = False


class NewsKind(StrEnum):
    """What can happen to a run that its thread tells."""

    QUEUED = "queued"
    RUNNING = "running"
    WORD = "word"  # a status that we don't know, in the platform's own word
    TROUBLE = "trouble"
    ANSWERING = "answering"
    ENDED = "ended"  # told by the closing line, after the results
    NOTE = "note"  # one plain sentence
    OWNER_ASKED = "owner_asked"  # `text` is the owner's id, `by` that of who asks


class News(Frozen):
    """One thing that happened to a run."""

    at: datetime
    kind: NewsKind
    text: str = ""
    trouble: Trouble | None = None
    by: str = ""


class Run(Frozen):
    """One request being carried out.

    Attributes:
        id: The row's own number, never shown.
        workspace: Slack's team id.
        number: What people call it, counted a workspace.
        request: What was asked for.
        asker: Who asked: id, and name as it was then.
        channel: Where the card belongs; in a DM run, where it was asked.
        dm: The card belongs in the asker's DM.
        asked_at: When.
        progress: What is true.
        untracked_by: Who asked to stop tracking, if somebody did.
    """

    id: int
    workspace: str
    number: int
    request: Request
    asker: str
    asker_name: str
    channel: str
    dm: bool = False
    asked_at: datetime
    progress: Progress
    untracked_by: str | None = None
    untracked_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Still to be followed."""
        return not self.progress.state.final


class Submission(Frozen):
    """What a platform answered to a start. No `run_id` means that it can't be tracked (interactive)."""

    run_id: str | None
    state: State = State.QUEUED
    word: str = ""
    created_at: datetime | None = None


class Look(Frozen):
    """What a platform says of a run.

    Attributes:
        state: QUEUED, RUNNING, SUCCEEDED, FAILED or STOPPED; an unknown status counts as RUNNING.
        word: The platform's own word where it says more than the state.
        started_at, ended_at: As the platform says.
        error: Its words on a failure; often empty on real failures.
        artifacts: What it lists so far (Datalore).
        document: Whether a document can be fetched: `ready`, `pending` (look again), `none` (there will be none).
        notebook_id: Which notebook it ran.
    """

    state: State
    word: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str = ""
    artifacts: tuple[Artifact, ...] = ()
    document: Literal["ready", "pending", "none"] = "none"
    notebook_id: str | None = None
