"""What the tracker needs of a platform, and nothing more."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from bot.model import Artifact, Frozen, InputSpec, Look, Notebook, Platform, Request, State, Submission

__all__ = ["Fetched", "InputSpec", "ListedRun", "Look", "NamedNotebook", "NotebookInfo", "PlatformClient", "Submission"]


class NotebookInfo(Frozen):
    """A notebook as its platform describes it; `inputs` is None where the platform can't tell."""

    name: str = ""
    url: str | None = None
    inputs: tuple[InputSpec, ...] | None = None


class ListedRun(Frozen):
    """A run in a notebook's own list."""

    run_id: str
    state: State
    created_at: datetime
    ended_at: datetime | None = None


class NamedNotebook(Frozen):
    """A notebook that a platform lists by name."""

    notebook: Notebook
    name: str
    project: str = ""


class Fetched(Frozen):
    """A file of a run; `content` is None where it is over the limit or gone, and `artifact.note` says why."""

    artifact: Artifact
    content: bytes | None = None
    document: Literal["ipynb", "snapshot", ""] = ""


class PlatformClient(Protocol):
    """One platform with one token. Every method raises a PlatformError, and nothing else, when it can't."""

    platform: Platform

    async def describe(self, notebook: Notebook) -> NotebookInfo:
        """Name and inputs of a notebook, from a cache of a few minutes."""

    async def prepare(self, request: Request, literal: frozenset[str], today: datetime) -> Request:
        """Check the request against its notebook and encode its inputs, without starting anything.

        Args:
            request: What was asked for, inputs as typed.
            literal: Names whose values were quoted, and so are no words for a date.
            today: The asker's local time, for words such as `yesterday`.

        Returns:
            The request as it will be sent and shown: title, address, inputs.

        Raises:
            UserError: A value or an option doesn't fit, with words for the person.
        """

    async def submit(self, request: Request) -> Submission:
        """Start it. Not idempotent: after Unavailable(sent=True) or BadReply it may have started."""

    async def look(self, run_id: str) -> Look:
        """How the run stands."""

    async def fetch(self, run_id: str, seen: Look, limit: int) -> tuple[Fetched, ...]:
        """The files of an ended run, each of at most `limit` bytes."""

    async def listed(self, notebook: Notebook, since: datetime) -> tuple[ListedRun, ...] | None:
        """The notebook's own runs created since then, newest first; None where the platform has no list."""

    async def find(self, words: str) -> tuple[NamedNotebook, ...]:
        """The platform's notebooks whose names hold these words, at most some fifty; none where it has no list."""

    def link(self, notebook: Notebook, url: str | None) -> str | None:
        """Where people can open the notebook and see its runs."""

    async def check(self) -> str:
        """One harmless call that proves the token; answers with whom or what it belongs to."""

    async def close(self) -> None:
        """Let the connections go."""
