"""The words of the house as frozen values: notebook, inputs, request, run, card, output, artifact."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: compared by its content, never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Platform(StrEnum):
    """Where a notebook lives."""

    DATALORE = "datalore"
    DEEPNOTE = "deepnote"

    @property
    def label(self) -> str:
        """The name as people write it."""
        return self.value.capitalize()


class Notebook(Frozen):
    """Something that can be run: `owner/id` on Datalore, an id of 32 hex digits or a dashed UUID on Deepnote."""

    platform: Platform
    id: str

    def __str__(self) -> str:
        return f"{self.platform.value}:{self.id}"


InputValue = str | bool | tuple[str, ...]
"""What an input can hold: text (numbers too, as text), a checkbox, or several choices or dates."""

Inputs = dict[str, InputValue]


class Options(Frozen):
    """How a notebook is run, beside its inputs.

    Deepnote: `live` (in the shared notebook; else in a copy), `readonly` (read-only storage, only in a copy),
    `blocks` (only these, in this order; implies live), `dependents` (and what depends on them).
    Datalore: `update_report`, `write_files` (to the notebook's files), `interactive` (in the notebook itself).
    """

    live: bool = False
    readonly: bool = False
    blocks: tuple[str, ...] = ()
    dependents: bool = False
    update_report: bool = False
    write_files: bool = False
    interactive: bool = False


class Request(Frozen):
    """What somebody asked for, parsed and valid.

    Attributes:
        notebook: What to run.
        name: The catalogue's name for it, where it was asked for by name.
        title: What to call it on the card until the platform tells its own name.
        url: Its web address, where one is known.
        inputs: Values by input name.
        literal: Names of those inputs whose values are no words for a date: quoted, or looked up already.
        options: How to run it.
        adopt: Not to be started: watch this run of the platform, or with "" the newest one.
    """

    notebook: Notebook
    name: str | None = None
    title: str
    url: str | None = None
    inputs: Inputs = {}
    literal: frozenset[str] = frozenset()
    options: Options = Options()
    adopt: str | None = None


class Person(Frozen):
    """Somebody in a workspace, as Slack describes them.

    Attributes:
        id: Slack's user id.
        name: The name to print; plain text from outside.
        tz: Their time zone as an IANA name.
        guest: A guest, who may use nothing.
        foreign: Belongs to another organisation, and may use nothing.
    """

    id: str
    name: str
    tz: str = "UTC"
    guest: bool = False
    foreign: bool = False


class Caller(Frozen):
    """Who asks, and from where.

    Attributes:
        workspace: Slack's team id.
        person: Who asks.
        channel: Where they typed or clicked.
        admin: Named as an admin in the settings.
        reply_url: Slack's response_url, for up to 30 minutes; a secret.
        key: What makes this payload one and the same however often it comes.
    """

    workspace: str
    person: Person
    channel: str
    admin: bool = False
    reply_url: str = ""
    key: str


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
        adopted: The run was found in the platform's list after a lost reply; its inputs are still to be compared.
        trouble: What keeps us from looking now, and since when.
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
    adopted: bool = False
    trouble: Trouble | None = None
    trouble_since: datetime | None = None
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


class News(Frozen):
    """One thing that happened to a run."""

    at: datetime
    kind: NewsKind
    text: str = ""
    trouble: Trouble | None = None


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


class Failure(Frozen):
    """Why a notebook failed, as its own outputs say.

    Attributes:
        block: The number of the cell or block, counted from 1 as people see it; None where unknown.
        title: The nearest heading above it.
        line: Its first line of code.
        name: The exception's class.
        message: The exception's words.
        traceback: All of it, without terminal colours.
    """

    block: int | None = None
    title: str = ""
    line: str = ""
    name: str = ""
    message: str = ""
    traceback: str = ""


class Output(Frozen):
    """Something a notebook said, in the order in which it said it.

    Attributes:
        kind: `text` (plain), `markdown`, `image` (a base64 PNG or JPEG in `data`), `other` (named only).
        block: The number of the cell or block that said it, from 1.
        title: The nearest heading above.
        text: The words; for an image its alternative text; for `other` the kind's own name.
        data: Base64, for images.
        mimetype: Of `data`, or of what was left out.
    """

    kind: Literal["text", "markdown", "image", "other"]
    block: int
    title: str = ""
    text: str = ""
    data: str = ""
    mimetype: str = ""


class Document(Frozen):
    """A notebook's document after a run, read."""

    title: str = ""
    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    left_out: tuple[str, ...] = ()


class Artifact(Frozen):
    """A file that a run left.

    Attributes:
        name: Its file name; plain text from outside.
        path: Datalore: the path under the host, unquoted.
        url: A link for people, where the platform has one.
        size: In bytes, where it is known.
        note: Why it isn't here as a file, in words; empty where it is.
    """

    name: str
    path: str = ""
    url: str = ""
    size: int | None = None
    note: str = ""


class Results(Frozen):
    """What a run left: the words for its thread, and its artifacts."""

    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    left_out: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()


class Entry(Frozen):
    """A notebook of the catalogue: what a workspace calls it, and the values it starts from."""

    name: str
    notebook: Notebook
    url: str | None = None
    title: str = ""
    defaults: Inputs = {}
    literal: frozenset[str] = frozenset()
    added_by: str = ""


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
