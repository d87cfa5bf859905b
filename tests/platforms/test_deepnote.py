from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from bot.errors import (
    BadReply,
    Forbidden,
    HardwareUnavailable,
    Invalid,
    NotFound,
    PlatformError,
    RateLimited,
    Suspended,
    Unauthorized,
    Unavailable,
    UserError,
)
from bot.model import Inputs, Notebook, Options, Platform, Request, State
from bot.platforms.base import Look, PlatformClient
from bot.platforms.deepnote import Deepnote
from bot.platforms.deepnote_request import start_body
from tests.platforms.conftest import TOKEN, Asked, Server, Stage, everything, read_request, reset

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.platforms.http import Limits

ID = "0123456789abcdef0123456789abcdef"
NOTEBOOK = Notebook(platform=Platform.DEEPNOTE, id=ID)
RUN = "8d0b4ac6-0e2a-4f4e-9d3e-0a5f7a2c3b11"
APP = "https://deepnote.com"
NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
SNAPSHOT = "version: 1.0.0\nproject: {name: é}\n"


def request(inputs: Inputs | None = None, **options: Any) -> Request:
    return Request(notebook=NOTEBOOK, title="weekly", inputs=inputs or {}, options=Options(**options))


def client_of(stage: Stage, url: str, limits: Limits | None = None) -> Deepnote:
    client = Deepnote(url, APP + "/", lambda: TOKEN, limits)
    stage.closes(client)
    return client


def a_notebook(**fields: Any) -> dict[str, Any]:
    inputs = [
        {"blockId": "b2", "name": "region", "type": "input-select", "value": "EU", "options": ["EU", "US"]},
        {"blockId": "b3", "name": "since", "type": "input-date", "value": "2026-01-01"},
        {"blockId": "b4", "name": "cols", "type": "input-select", "value": [], "options": ["a", "b"], "multiple": True},
        {"blockId": "b5", "name": "verbose", "type": "input-checkbox", "value": False},
    ]
    blocks = [{"id": f"b{n}", "type": "code", "content": ""} for n in range(1, 6)]
    return {
        "notebook": {"id": ID, "projectId": "p-1", "name": "Weekly KPIs", "blocks": blocks, "inputs": inputs, **fields}
    }


def a_run(status: str = "success", **fields: Any) -> dict[str, Any]:
    return {"run": {"runId": RUN, "notebookId": ID, "status": status, "createdAt": "2026-05-06T12:00:00Z", **fields}}


def started(_: Asked) -> web.Response:
    return web.json_response({"runId": RUN, "status": "pending", "createdAt": "2026-05-06T12:00:00Z"}, status=202)


def test_it_is_a_platform_client() -> None:
    client: PlatformClient = Deepnote("https://api.deepnote.com", APP, lambda: TOKEN)
    assert client.platform is Platform.DEEPNOTE
    assert TOKEN not in repr(client)


# Starting


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (request(), {"detached": True}),
        (request(live=True), {"detached": False}),
        (request(readonly=True), {"detached": True, "detachedRunStorageMode": "readonly"}),
        (request(readonly=True, live=True), {"detached": False}),
        (request(blocks=("b2", "b1")), {"detached": False, "blockIds": ["b2", "b1"], "runDependentBlocks": False}),
        (
            request(blocks=("b1",), dependents=True),
            {"detached": False, "blockIds": ["b1"], "runDependentBlocks": True},
        ),
        (request(dependents=True), {"detached": True}),
        (
            request({"region": "EU", "verbose": False}),
            {"detached": True, "inputs": {"region": "EU", "verbose": False}},
        ),
    ],
)
def test_a_start_says_how_it_is_to_be_run(asked: Request, body: dict[str, Any]) -> None:
    assert start_body(asked) == {"notebookId": ID, **body}


async def test_a_start_is_one_post_and_answers_with_the_runs_id(stage: Stage) -> None:
    server = await stage.web(started)
    submission = await client_of(stage, server.url).submit(
        request({"cols": ("a", "b"), "verbose": True, "since": "2026-05-06"})
    )
    assert (submission.run_id, submission.state, submission.created_at) == (RUN, State.QUEUED, NOON)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v2/runs")
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.body == {
        "notebookId": ID,
        "detached": True,
        "inputs": {"cols": ["a", "b"], "verbose": True, "since": "2026-05-06"},
    }


async def test_every_start_goes_on_a_connection_of_its_own(stage: Stage) -> None:
    server = await stage.web(lambda asked: started(asked) if asked.method == "POST" else web.json_response(a_run()))
    client = client_of(stage, server.url)
    for _ in range(2):
        await client.look(RUN)
        await client.submit(request())
    ports = [asked.connection for asked in server.asked]
    assert ports[0] == ports[2]
    assert len(set(ports)) == 3


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "Validation error", Invalid),
        (400, "Notebook not found", NotFound),
        (400, "Block not found in notebook", Invalid),
        (400, "blockIds is not supported for detached runs", Invalid),
        (400, 'Input "x" is not defined for this notebook', Invalid),
        (400, "Project is suspended", Suspended),
        (401, "Unauthorized", Unauthorized),
        (403, "Insufficient permissions", Forbidden),
        (409, "Project is suspended", Suspended),
        (429, "Rate limit exceeded", RateLimited),
        (500, "Hardware unable to start", HardwareUnavailable),
        (502, "Bad gateway", Unavailable),
        (503, "Try later", Unavailable),
    ],
)
@pytest.mark.parametrize("shape", ["message", "error"])
async def test_every_refusal_of_a_start_has_its_error(
    stage: Stage, status: int, message: str, kind: type[PlatformError], shape: str
) -> None:
    server = await stage.web(lambda _: web.json_response({shape: message}, status=status))
    with pytest.raises(PlatformError) as caught:
        await client_of(stage, server.url).submit(request())
    assert type(caught.value) is kind
    assert caught.value.message == message
    assert caught.value.status == status
    assert len(server.asked) == 1
    assert TOKEN not in everything(caught.value)


@pytest.mark.parametrize("text", ["", "<html>500</html>", "{}", '{"message": null}', '{"message": ""}'])
async def test_a_500_without_words_may_have_started_something(stage: Stage, text: str) -> None:
    server = await stage.web(lambda _: web.Response(status=500, text=text))
    with pytest.raises(Unavailable) as caught:
        await client_of(stage, server.url).submit(request())
    assert caught.value.sent


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"runId": null}', "<html>"])
async def test_a_start_without_an_id_is_a_bad_reply_as_it_may_have_started(stage: Stage, text: str) -> None:
    server = await stage.web(lambda _: web.Response(status=202, text=text))
    with pytest.raises(BadReply):
        await client_of(stage, server.url).submit(request())
    assert len(server.asked) == 1


async def test_a_start_whose_connection_is_reset_was_sent_once(stage: Stage) -> None:
    requests: list[bytes] = []

    async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await read_request(reader))
        reset(writer)

    with pytest.raises(Unavailable) as caught:
        await client_of(stage, await stage.raw(resets)).submit(request())
    assert caught.value.sent
    assert len(requests) == 1


# Looking


async def test_a_look_asks_for_the_run_with_a_download_address(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response(a_run("running")))
    look = await client_of(stage, server.url).look(RUN)
    assert (server.last.method, server.last.path) == ("GET", f"/v2/runs/{RUN}?snapshotDelivery=downloadUrl")
    assert look == Look(state=State.RUNNING, started_at=NOON, document="pending", notebook_id=ID)


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "Validation error", Invalid),
        (401, "Unauthorized", Unauthorized),
        (403, "Insufficient permissions", Forbidden),
        (404, "Run not found", NotFound),
        (409, "Project is suspended", Suspended),
        (429, "Rate limit exceeded", RateLimited),
        (500, "Internal server error", Unavailable),
    ],
)
async def test_every_refusal_of_a_look_has_its_error(
    stage: Stage, status: int, message: str, kind: type[PlatformError]
) -> None:
    server = await stage.web(lambda _: web.json_response({"message": message}, status=status))
    with pytest.raises(PlatformError) as caught:
        await client_of(stage, server.url).look(RUN)
    assert type(caught.value) is kind
    assert caught.value.message == message


@pytest.mark.parametrize("run_id", ["", "..", "a\x00"])
async def test_what_can_be_no_id_isnt_asked_for(stage: Stage, run_id: str) -> None:
    server = await stage.web(started)
    client = client_of(stage, server.url)
    with pytest.raises(NotFound):
        await client.look(run_id)
    with pytest.raises(NotFound):
        await client.describe(Notebook(platform=Platform.DEEPNOTE, id=run_id))
    assert server.asked == []


# The snapshot


class Host:
    """The API and its storage, each with a server of its own."""

    def __init__(self, run: Callable[[str], dict[str, Any]], file: Callable[[Asked], web.StreamResponse]) -> None:
        self._run, self._file = run, file
        self.api = self.storage = Server("")

    async def up(self, stage: Stage) -> Deepnote:
        self.storage = await stage.web(self._file)
        self.api = await stage.web(self._answer)
        return client_of(stage, self.api.url)

    def _answer(self, asked: Asked) -> web.Response:
        if asked.path.startswith("/v2/notebooks/"):
            return web.json_response(a_notebook())
        (delivery,) = parse_qs(urlsplit(asked.path).query)["snapshotDelivery"]
        return web.json_response(self._run(delivery))

    @property
    def deliveries(self) -> list[str]:
        return [asked.path.rsplit("=", 1)[1] for asked in self.api.asked if "/runs/" in asked.path]


SEEN = Look(state=State.SUCCEEDED, document="ready", notebook_id=ID)


def sent(_: Asked) -> web.Response:
    return web.Response(text=SNAPSHOT)


async def test_the_snapshot_is_downloaded_without_the_bearer(stage: Stage) -> None:
    host = Host(lambda _: a_run(snapshotDownloadUrl=f"{host.storage.url}/s?X-Sig=a%2Fb%2Bc"), sent)
    client = await host.up(stage)
    (file,) = await client.fetch(RUN, SEEN, 1000)
    assert file.content == SNAPSHOT.encode()
    assert file.document == "snapshot"
    assert file.artifact.name == "Weekly KPIs.snapshot.deepnote"
    assert (file.artifact.size, file.artifact.note, file.artifact.url) == (len(SNAPSHOT.encode()), "", "")
    assert host.storage.last.path == "/s?X-Sig=a%2Fb%2Bc"
    assert TOKEN not in str(host.storage.asked)
    assert host.deliveries == ["downloadUrl"]


async def test_even_at_the_apis_own_origin_the_address_gets_no_bearer(stage: Stage) -> None:
    def answer(asked: Asked) -> web.Response:
        if asked.path.startswith("/files/"):
            return web.Response(text=SNAPSHOT)
        return web.json_response(a_run(snapshotDownloadUrl=server.url + "/files/s"))

    server = await stage.web(answer)
    (file,) = await client_of(stage, server.url).fetch(RUN, Look(state=State.SUCCEEDED), 1000)
    assert file.content == SNAPSHOT.encode()
    assert file.artifact.name == f"{RUN}.snapshot.deepnote"
    assert server.last.path == "/files/s"
    assert "Authorization" not in server.last.headers


async def test_an_expired_address_is_asked_for_again(stage: Stage) -> None:
    addresses = iter(("old", "new"))

    def file(asked: Asked) -> web.Response:
        return (
            web.Response(text=SNAPSHOT)
            if asked.path == "/new"
            else web.Response(status=403, text="<Error>Expired</Error>")
        )

    host = Host(lambda _: a_run(snapshotDownloadUrl=f"{host.storage.url}/{next(addresses)}"), file)
    (fetched,) = await (await host.up(stage)).fetch(RUN, SEEN, 1000)
    assert fetched.content == SNAPSHOT.encode()
    assert host.deliveries == ["downloadUrl", "downloadUrl"]


@pytest.mark.parametrize(
    "broken",
    [
        lambda _: web.Response(status=401),
        lambda _: web.Response(status=500),
        lambda _: web.Response(text=""),
        lambda _: web.Response(status=302, headers={"Location": "file:///etc/passwd"}),
    ],
)
async def test_where_no_address_works_the_snapshot_comes_inline(
    stage: Stage, broken: Callable[[Asked], web.StreamResponse]
) -> None:
    host = Host(
        lambda how: (
            a_run(snapshotContent=SNAPSHOT) if how == "inline" else a_run(snapshotDownloadUrl=host.storage.url + "/s")
        ),
        broken,
    )
    (file,) = await (await host.up(stage)).fetch(RUN, SEEN, 1000)
    assert file.content == SNAPSHOT.encode()
    assert host.deliveries == ["downloadUrl", "downloadUrl", "inline"]
    assert TOKEN not in str(host.storage.asked)


async def test_a_snapshot_that_comes_inline_unasked_is_taken(stage: Stage) -> None:
    host = Host(lambda _: a_run(snapshotContent=SNAPSHOT), sent)
    (file,) = await (await host.up(stage)).fetch(RUN, SEEN, 1000)
    assert file.content == SNAPSHOT.encode()
    assert host.deliveries == ["downloadUrl"]
    assert host.storage.asked == []


@pytest.mark.parametrize("inline", [True, False])
async def test_a_snapshot_over_the_limit_is_named_with_the_reason(stage: Stage, inline: bool) -> None:
    host = Host(
        lambda _: a_run(snapshotContent="x" * 2048) if inline else a_run(snapshotDownloadUrl=host.storage.url + "/s"),
        lambda _: web.Response(text="x" * 2048),
    )
    (file,) = await (await host.up(stage)).fetch(RUN, SEEN, 1024)
    assert file.content is None
    assert file.artifact.note == "it is larger than 1 KB (2 KB)"
    assert file.artifact.size == 2048


async def test_a_large_snapshot_inline_is_read_whole(stage: Stage) -> None:
    content = "line é\n" * 200_000
    host = Host(lambda _: a_run(snapshotContent=content), sent)
    (file,) = await (await host.up(stage)).fetch(RUN, SEEN, 8_000_000)
    assert file.content == content.encode()


async def test_a_late_snapshot_is_seen_when_it_is_there(stage: Stage) -> None:
    late: list[dict[str, Any]] = [
        a_run(),
        a_run(snapshotStatus="pending"),
        a_run(snapshotContent=""),
        a_run(snapshotContent=SNAPSHOT),
    ]
    client = client_of(stage, (await stage.web(lambda _: web.json_response(late.pop(0)))).url)
    assert [(await client.look(RUN)).document for _ in range(4)] == ["pending", "pending", "pending", "ready"]


async def test_a_snapshot_that_was_promised_but_cant_be_had_is_worth_another_try(stage: Stage) -> None:
    host = Host(lambda _: a_run(snapshotStatus="pending"), sent)
    with pytest.raises(Unavailable):
        await (await host.up(stage)).fetch(RUN, SEEN, 1000)


async def test_a_snapshot_that_will_never_come_is_no_file(stage: Stage) -> None:
    host = Host(lambda _: a_run(snapshotStatus="unavailable"), sent)
    assert await (await host.up(stage)).fetch(RUN, SEEN, 1000) == ()


async def test_a_refused_token_while_fetching_is_told_as_such(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response({"message": "expired"}, status=401))
    with pytest.raises(Unauthorized):
        await client_of(stage, server.url).fetch(RUN, SEEN, 1000)


async def test_a_notebooks_name_makes_a_safe_file_name(stage: Stage) -> None:
    def answer(asked: Asked) -> web.Response:
        if "/notebooks/" in asked.path:
            return web.json_response(a_notebook(name="../Q1/Q2: " + "x" * 200))
        return web.json_response(a_run(snapshotContent=SNAPSHOT))

    (file,) = await client_of(stage, (await stage.web(answer)).url).fetch(RUN, SEEN, 1000)
    assert file.artifact.name == ".._Q1_Q2_ " + "x" * 70 + ".snapshot.deepnote"


# Describing and preparing


async def test_a_notebook_is_described_from_a_cache(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response(a_notebook()))
    client = client_of(stage, server.url)
    assert client.link(NOTEBOOK, None) is None
    info = await client.describe(NOTEBOOK)
    assert await client.describe(NOTEBOOK) == info
    assert info.name == "Weekly KPIs"
    assert info.url == f"{APP}/project/p-1/notebook/{ID}"
    assert info.inputs
    assert [spec.name for spec in info.inputs] == ["region", "since", "cols", "verbose"]
    assert [asked.path for asked in server.asked] == [f"/v2/notebooks/{ID}"]
    assert client.link(NOTEBOOK, None) == f"{APP}/project/p-1/notebook/{ID}?secondary-sidebar=runs"


def test_a_link_shows_the_notebooks_runs() -> None:
    client = Deepnote("https://api.deepnote.com", APP, lambda: TOKEN)
    page = f"{APP}/workspace/acme-1/project/a-2/notebook/Weekly%20KPIs-{ID}"
    assert client.link(NOTEBOOK, page) == page + "?secondary-sidebar=runs"
    assert client.link(NOTEBOOK, page + "?utm=1#block") == page + "?secondary-sidebar=runs"


async def test_twenty_who_prepare_at_once_ask_once(stage: Stage) -> None:
    arrived, let = asyncio.Event(), asyncio.Event()

    async def answer(_: Asked) -> web.Response:
        arrived.set()
        await let.wait()
        return web.json_response(a_notebook())

    server = await stage.web(answer)
    client = client_of(stage, server.url)
    asked = request({"region": "us", "since": "yesterday", "cols": "a,b", "verbose": "yes"}, blocks=("b1",))
    waiting = [asyncio.create_task(client.prepare(asked, frozenset(), NOON)) for _ in range(20)]
    await arrived.wait()
    let.set()
    ready = await asyncio.gather(*waiting)
    assert len(server.asked) == 1
    assert ready[0].inputs == {"region": "US", "since": "2026-05-05", "cols": ("a", "b"), "verbose": True}
    assert ready[0].options == Options(blocks=("b1",), live=True)
    assert ready[0].title == "Weekly KPIs"
    assert ready[0].url == f"{APP}/project/p-1/notebook/{ID}"
    assert await client.prepare(ready[0], frozenset(), NOON) == ready[0]


async def test_a_mistake_is_told_from_what_was_just_read(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response(a_notebook()))
    client = client_of(stage, server.url)
    with pytest.raises(UserError, match="no input “regoin”"):
        await client.prepare(request({"regoin": "EU"}), frozenset(), NOON)
    with pytest.raises(UserError, match="no block"):
        await client.prepare(request(blocks=("nope",)), frozenset(), NOON)
    assert len(server.asked) == 1


async def test_an_input_that_was_added_meanwhile_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.deepnote._RECENT", 0.0)
    answers = [a_notebook(), a_notebook(inputs=[{"name": "fresh", "type": "input-text"}])]
    server = await stage.web(lambda _: web.json_response(answers[min(len(server.asked), 2) - 1]))
    client = client_of(stage, server.url)
    await client.describe(NOTEBOOK)
    assert (await client.prepare(request({"fresh": "x"}), frozenset(), NOON)).inputs == {"fresh": "x"}
    with pytest.raises(UserError, match="stale"):
        await client.prepare(request({"stale": "x"}), frozenset(), NOON)


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "Notebook not found", NotFound),
        (400, "The project is suspended", Suspended),
        (400, "Validation error", Invalid),
        (401, "Unauthorized", Unauthorized),
        (403, "Insufficient permissions", Forbidden),
        (404, "No such notebook", NotFound),
        (429, "Slow down", RateLimited),
    ],
)
async def test_a_notebook_that_cant_be_read_has_its_error_each_time(
    stage: Stage, status: int, message: str, kind: type[PlatformError]
) -> None:
    server = await stage.web(lambda _: web.json_response({"message": message}, status=status))
    client = client_of(stage, server.url)
    with pytest.raises(kind, match=message):
        await client.describe(NOTEBOOK)
    with pytest.raises(kind, match=message):
        await client.prepare(request(), frozenset(), NOON)
    assert len(server.asked) == 2


# Lists


def page_of(runs: list[tuple[str, datetime]], following: str | None) -> web.Response:
    items = [{"runId": name, "notebookId": ID, "status": "running", "createdAt": at.isoformat()} for name, at in runs]
    return web.json_response(
        {"runs": items, "pagination": {"nextPageToken": following, "hasMore": following is not None}}
    )


async def test_runs_are_listed_page_by_page_until_they_are_too_old(stage: Stage) -> None:
    ago = [NOON - timedelta(minutes=n) for n in range(10)]
    pages: dict[str | None, web.Response] = {
        None: page_of([("r0", ago[0]), ("r1", ago[1])], "a b/2"),
        "a b/2": page_of([("r1", ago[1]), ("r2", ago[2])], "3"),
        "3": page_of([("r3", ago[3]), ("r9", ago[9])], "4"),
    }

    def answer(asked: Asked) -> web.Response:
        query = parse_qs(urlsplit(asked.path).query)
        assert query["pageSize"] == ["100"]
        return pages.pop(query["pageToken"][0] if "pageToken" in query else None)

    server = await stage.web(answer)
    listed = await client_of(stage, server.url).listed(NOTEBOOK, ago[3])
    assert listed
    assert [(run.run_id, run.created_at) for run in listed] == [(f"r{n}", ago[n]) for n in range(4)]
    assert server.asked[0].path == f"/v2/notebooks/{ID}/runs?pageSize=100"
    assert server.asked[1].path == f"/v2/notebooks/{ID}/runs?pageSize=100&pageToken=a%20b%2F2"
    assert len(server.asked) == 3


async def test_a_list_ends_with_its_last_page_and_one_without_end_is_given_up(stage: Stage) -> None:
    short = await stage.web(lambda _: page_of([("r0", NOON)], None))
    assert len(await client_of(stage, short.url).listed(NOTEBOOK, NOON) or ()) == 1
    endless = await stage.web(lambda _: page_of([("r0", NOON)], "again"))
    with pytest.raises(BadReply, match="doesn't end"):
        await client_of(stage, endless.url).listed(NOTEBOOK, NOON)


async def test_projects_are_found_by_name(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response({"projects": [{"id": "p", "name": "KPIs & more"}]}))
    client = client_of(stage, server.url)
    found = await client.projects(name_contains="KPIs & more", token="t", size=500)
    assert found.projects[0].name == "KPIs & more"
    assert server.last.path == "/v2/projects?pageSize=100&pageToken=t&nameContains=KPIs%20%26%20more"
    await client.projects()
    assert server.last.path == "/v2/projects?pageSize=20"


async def test_the_token_is_proved_by_asking_whose_it_is(stage: Stage) -> None:
    me = {"user": {"name": "Ana"}, "workspace": {"name": "Acme"}, "accessLevel": "editor"}
    server = await stage.web(lambda _: web.json_response(me))
    assert await client_of(stage, server.url).check() == "Ana · Acme · editor"
    assert server.last.path == "/v2/me"
    silent = await stage.web(lambda _: web.json_response({}))
    assert await client_of(stage, silent.url).check() == "Deepnote takes the token"
    refusing = await stage.web(lambda _: web.json_response({"error": "no"}, status=401))
    with pytest.raises(Unauthorized):
        await client_of(stage, refusing.url).check()
