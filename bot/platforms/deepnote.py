"""Deepnote's Public API v2: a thin client; see `deepnote_request` for what is asked, `deepnote_reply` for its answers.

Contract: Runs API (POST /v2/runs, GET /v2/runs/{runId}); notebooks, their runs, projects and me as the vendor's client
uses them. There is no endpoint to stop a run.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from bot.errors import (
    BadReply,
    Invalid,
    PlatformError,
    Unavailable,
    UserError,
)
from bot.model import Artifact, Notebook, Platform, Request
from bot.platforms.base import Fetched, ListedRun, Look, NamedNotebook, NotebookInfo, Submission
from bot.platforms.deepnote_reply import (
    DeepnoteNotebook,
    Listed,
    Me,
    Projects,
    Snapshot,
    listed_of,
    look_of,
    me_of,
    narrowed,
    notebook_of,
    projects_of,
    run_snapshot_of,
    start_refusal,
    submission_of,
)
from bot.platforms.deepnote_request import PAGE, notebook_path, notebook_url, page_query, prepared, run_path, start_body
from bot.platforms.files import file_name, over_limit
from bot.platforms.http import Limits, Origin
from bot.platforms.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.metrics import Metrics

_RECENT = 5.0  # seconds; a notebook read so lately isn't read again for a mistake's sake
_PAGES = 50
_PROJECT_PAGES = 5
_NAMED = 50
_NAMES_KEPT = 30.0  # seconds
_STEM = 80  # characters of a notebook's name in a file's name


class Deepnote:
    """One workspace of Deepnote with one token.

    Args:
        base: The API's address without `/v2`, such as `https://api.deepnote.com`.
        app: The address of the pages for people, such as `https://deepnote.com`.
        token: Gives the current API key.
        limits: How long, how many, how large.
        metrics: Where calls are counted.
    """

    platform = Platform.DEEPNOTE

    def __init__(
        self,
        base: str,
        app: str,
        token: Callable[[], str],
        limits: Limits | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._origin = Origin("Deepnote", base, token, limits, metrics)
        self._app = app.rstrip("/")
        self._notebooks = Memory(self.notebook)
        self._named = Memory(self._list, size=256, seconds=_NAMES_KEPT)

    async def describe(self, notebook: Notebook) -> NotebookInfo:
        """See the Protocol."""
        found = await self._notebooks.get(notebook.id)
        return NotebookInfo(name=found.name, url=notebook_url(found, self._app), inputs=found.inputs)

    async def prepare(self, request: Request, literal: frozenset[str], today: datetime) -> Request:  # noqa: ARG002
        """See the Protocol. `literal` isn't needed: the blocks say which values are dates."""
        key = request.notebook.id
        notebook = await self._notebooks.get(key)
        try:
            return prepared(request, notebook, self._app, today.date())
        except UserError:
            # What doesn't fit may have been added to the notebook since it was read.
            again = await self._notebooks.get(key, younger=_RECENT)
            if again == notebook:
                raise
        return prepared(request, again, self._app, today.date())

    async def submit(self, request: Request) -> Submission:
        """See the Protocol.

        Raises:
            HardwareUnavailable: Deepnote says that no machine could be started.
            NotFound: It knows no such notebook.
        """
        reply = await self._origin.send("POST", "/v2/runs", body=start_body(request), fresh=True)
        refused = start_refusal(reply)
        if refused is not None:
            raise refused
        try:
            return submission_of(await self._origin.read(reply))
        except Invalid as error:
            raise narrowed(error) from None

    async def look(self, run_id: str) -> Look:
        """See the Protocol."""
        return look_of(await self._ask(run_path(run_id)))

    async def fetch(self, run_id: str, seen: Look, limit: int) -> tuple[Fetched, ...]:
        """See the Protocol: the snapshot, downloaded without our token, else asked for inline.

        Raises:
            Unavailable: It was promised, but can't be had now.
        """
        artifact = Artifact(name=await self._snapshot_name(run_id, seen.notebook_id))
        for _ in range(2):  # the address is short-lived, so a second one is asked for
            snapshot = run_snapshot_of(await self._ask(run_path(run_id)))
            if snapshot.document != "ready":
                break
            found = await self._taken(snapshot, artifact, limit)
            if found is not None:
                return (found,)
        snapshot = run_snapshot_of(await self._ask(run_path(run_id, "inline")))
        if snapshot.document == "none":
            return ()
        found = await self._taken(snapshot, artifact, limit)
        if found is None:
            raise Unavailable("Deepnote's snapshot of the run can't be had now", sent=True)
        return (found,)

    async def _taken(self, snapshot: Snapshot, artifact: Artifact, limit: int) -> Fetched | None:
        """The snapshot's content, or why it is too large; None where it can't be had this way."""
        if snapshot.content:
            content: bytes | None = snapshot.content.encode("utf-8", "replace")
            size: int | None = len(content or b"")
        elif snapshot.url:
            try:
                # The address carries its own permission, and is another's more often than not: no bearer, ever.
                file = await self._origin.download(snapshot.url, limit, bearer=False)
            except PlatformError:
                return None
            content, size = file.content, file.size
        else:
            return None
        if content is None or len(content) > limit:
            noted = artifact.model_copy(update={"note": over_limit(size, limit), "size": size})
            return Fetched(artifact=noted, document="snapshot")
        if not content or content.isspace():
            return None
        return Fetched(artifact=artifact.model_copy(update={"size": size}), content=content, document="snapshot")

    async def _snapshot_name(self, run_id: str, notebook_id: str | None) -> str:
        name = ""
        if notebook_id:
            with suppress(PlatformError):
                name = (await self._notebooks.get(notebook_id)).name
        stem = (name or notebook_id or run_id).replace("/", "_")[:_STEM]
        return f"{file_name(stem, 'notebook')}.snapshot.deepnote"

    async def listed(self, notebook: Notebook, since: datetime) -> tuple[ListedRun, ...] | None:
        """See the Protocol. All pages back to `since` are read, as one run left out would mislead.

        Raises:
            BadReply: The list doesn't end.
        """
        found: dict[str, ListedRun] = {}
        token: str | None = None
        for _ in range(_PAGES):
            page = await self.runs(notebook.id, token=token, size=PAGE)
            # New runs push old ones to the next page while it is read, so one can come twice.
            found.update({run.run_id: run for run in page.runs if run.created_at >= since})
            if page.next is None or any(run.created_at < since for run in page.runs):
                return tuple(found.values())
            token = page.next
        raise BadReply("Deepnote's list of the notebook's runs doesn't end")

    async def find(self, words: str) -> tuple[NamedNotebook, ...]:
        """See the Protocol: asked of GET /v2/projects, whose own filter knows only the projects' names."""
        wanted = words.casefold().split()
        named: dict[str, NamedNotebook] = {}
        for search in {"", words.strip().casefold()}:
            for one in await self._named.get(search):
                if all(word in f"{one.name} {one.project}".casefold() for word in wanted):
                    named.setdefault(one.notebook.id, one)
        return tuple(named.values())[:_NAMED]

    async def _list(self, name_contains: str) -> tuple[NamedNotebook, ...]:
        """Every notebook of the projects of that name, as far as a few pages tell."""
        found: list[NamedNotebook] = []
        token: str | None = None
        for _ in range(_PROJECT_PAGES):
            page = await self.projects(name_contains=name_contains, token=token, size=PAGE)
            found += [
                NamedNotebook(
                    notebook=Notebook(platform=Platform.DEEPNOTE, id=one.id),
                    name=one.name or one.id,
                    project=project.name,
                )
                for project in page.projects
                for one in project.notebooks
            ]
            if page.next is None:
                break
            token = page.next
        return tuple(found)

    def link(self, notebook: Notebook, url: str | None) -> str | None:
        """See the Protocol: the notebook's page with its runs beside it; None where no address is known."""
        if url is None:
            known = self._notebooks.peek(notebook.id)
            url = notebook_url(known, self._app) if known else None
        if url is None:
            return None
        return urlunsplit(urlsplit(url)._replace(query="secondary-sidebar=runs", fragment=""))

    async def check(self) -> str:
        """See the Protocol: who, where, and with which rights."""
        me = await self.me()
        return " · ".join(part for part in (me.user, me.workspace, me.access) if part) or "Deepnote takes the token"

    async def close(self) -> None:
        """Let the connections go."""
        await self._notebooks.close()
        await self._named.close()
        await self._origin.close()

    async def notebook(self, notebook_id: str) -> DeepnoteNotebook:
        """GET /v2/notebooks/{id}, past the cache.

        Raises:
            PlatformError: NotFound and Suspended also for the 400 that says so.
        """
        found = notebook_of(await self._ask(notebook_path(notebook_id)))
        return found if found.id else found.model_copy(update={"id": notebook_id})

    async def runs(self, notebook_id: str, *, token: str | None = None, size: int = 20) -> Listed:
        """One page of GET /v2/notebooks/{id}/runs; `size` up to 100."""
        return listed_of(await self._ask(notebook_path(notebook_id) + "/runs" + page_query(token, size)))

    async def projects(self, *, name_contains: str = "", token: str | None = None, size: int = 20) -> Projects:
        """One page of GET /v2/projects, with the notebooks of each; `size` up to 100."""
        return projects_of(await self._ask("/v2/projects" + page_query(token, size, nameContains=name_contains)))

    async def me(self) -> Me:
        """GET /v2/me: whom the token belongs to."""
        return me_of(await self._ask("/v2/me"))

    async def _ask(self, path: str) -> Any:
        try:
            return await self._origin.ask(path)
        except Invalid as error:
            raise narrowed(error) from None
