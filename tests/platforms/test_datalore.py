from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot.errors import (
    BadReply,
    Forbidden,
    Invalid,
    NotFound,
    PlatformError,
    RateLimited,
    Unauthorized,
    Unavailable,
    UserError,
)
from bot.model import Artifact, Inputs, Notebook, Options, Platform, Request, State
from bot.platforms.base import Look, PlatformClient
from bot.platforms.datalore import NO_SUCH_RUN, Datalore, look_of, run_id_of, start_body, stays
from tests.platforms.conftest import TOKEN, Asked, Server, Stage, everything, read_request, reset

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from bot.platforms.http import Limits

NOTEBOOK = Notebook(platform=Platform.DATALORE, id="ana/weekly.kpis_1")
TODAY = datetime(2026, 5, 6, 23, 0, tzinfo=UTC)
BASE = "https://datalore.example.com"


def request(inputs: Inputs | None = None, **options: Any) -> Request:
    return Request(notebook=NOTEBOOK, title="Weekly KPIs", inputs=inputs or {}, options=Options(**options))


def client_of(stage: Stage, url: str, limits: Limits | None = None) -> Datalore:
    client = Datalore(url, lambda: TOKEN, limits)
    stage.closes(client)
    return client


def a_run(**fields: Any) -> dict[str, Any]:
    return {
        "runId": "run1",
        "userId": "ana",
        "notebookId": "weekly.kpis_1",
        "startTime": "2026-05-06T12:00:00Z",
        "updateReport": "never",
        "directFileStorageWrite": False,
        "artifacts": [],
        "readOnly": False,
        **fields,
    }


def test_it_is_a_platform_client() -> None:
    client: PlatformClient = Datalore(BASE, lambda: TOKEN)
    assert client.platform is Platform.DATALORE
    assert TOKEN not in repr(client)


# Starting


def test_a_plain_run_asks_for_nothing_special() -> None:
    assert start_body(request()) == (
        "/api/run/v1/notebook",
        {"notebookId": "ana/weekly.kpis_1", "updateReport": "never", "directFileStorageWrite": False},
    )


def test_every_option_and_parameter_is_sent() -> None:
    asked = request({"region": "EU", "columns": ("a", "b")}, update_report=True, write_files=True)
    assert start_body(asked) == (
        "/api/run/v1/notebook",
        {
            "notebookId": "ana/weekly.kpis_1",
            "updateReport": "on success",
            "directFileStorageWrite": True,
            "parameters": [{"name": "region", "value": "EU"}, {"name": "columns", "value": ("a", "b")}],
        },
    )


async def test_a_start_is_one_post_and_answers_with_the_runs_id(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response({"runId": "run1", "new": 1}))
    client = client_of(stage, server.url + "/datalore/")
    submission = await client.submit(request({"columns": ("a", "b")}))
    assert submission.run_id == "run1"
    assert submission.state is State.QUEUED
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/datalore/api/run/v1/notebook")
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.body["parameters"] == [{"name": "columns", "value": ["a", "b"]}]


async def test_every_start_goes_on_a_connection_of_its_own(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response(a_run()))
    client = client_of(stage, server.url)
    for _ in range(2):
        await client.look("run1")
        await client.submit(request())
        await client.submit(request(interactive=True))
    ports = [asked.connection for asked in server.asked]
    assert ports[0] == ports[3]
    assert len(set(ports)) == 5


@pytest.mark.parametrize("text", ["", "OK", "{}", "null"])
async def test_an_interactive_run_has_no_id(stage: Stage, text: str) -> None:
    server = await stage.web(lambda _: web.Response(text=text))
    submission = await client_of(stage, server.url).submit(request(interactive=True))
    assert submission.run_id is None
    assert server.last.path == "/api/computation/v1/notebook"
    assert server.last.body == {"notebookId": "ana/weekly.kpis_1"}


@pytest.mark.parametrize("text", ["", "{}", '{"runId": null}', '{"runId": ""}', '{"runId": {}}', "[]", "<html>"])
async def test_a_start_without_an_id_is_a_bad_reply_as_it_may_have_started(stage: Stage, text: str) -> None:
    server = await stage.web(lambda _: web.Response(text=text))
    with pytest.raises(BadReply):
        await client_of(stage, server.url).submit(request())
    assert len(server.asked) == 1


REFUSALS: list[tuple[int, type[PlatformError]]] = [
    (400, Invalid),
    (401, Unauthorized),
    (403, Forbidden),
    (404, NotFound),
    (429, RateLimited),
    (500, Unavailable),
    (503, Unavailable),
]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
async def test_every_refusal_has_its_error_for_starts_and_looks(
    stage: Stage, status: int, kind: type[PlatformError]
) -> None:
    server = await stage.web(lambda _: web.json_response({"error": f"because {TOKEN}"}, status=status))
    client = client_of(stage, server.url)
    for call in (client.submit(request()), client.submit(request(interactive=True)), client.look("run1")):
        with pytest.raises(PlatformError) as caught:
            await call
        assert type(caught.value) is kind
        assert caught.value.message == "because …"
        assert TOKEN not in everything(caught.value)
    assert len(server.asked) == 3


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


async def test_a_look_asks_for_the_run(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response(a_run(status="RUNNING")))
    client = client_of(stage, server.url)
    look = await client.look("run/1 ü")
    assert (server.last.method, server.last.path) == ("GET", "/api/run/v1/run%2F1%20%C3%BC")
    assert look.state is State.RUNNING
    assert look.notebook_id == "weekly.kpis_1"


@pytest.mark.parametrize("run_id", ["", ".", "..", "a\nb"])
async def test_what_can_be_no_run_isnt_asked_for(stage: Stage, run_id: str) -> None:
    server = await stage.web(lambda _: web.json_response(a_run()))
    with pytest.raises(NotFound):
        await client_of(stage, server.url).look(run_id)
    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "state", "word"),
    [
        ("RUNNING", State.RUNNING, ""),
        ("running", State.RUNNING, ""),
        ("QUEUED", State.QUEUED, ""),
        ("Pending", State.QUEUED, ""),
        ("WAITING_FOR_MACHINE", State.QUEUED, "WAITING_FOR_MACHINE"),
        ("Starting the agent", State.RUNNING, "Starting the agent"),
        ("COMPUTING", State.RUNNING, "COMPUTING"),
        (None, State.RUNNING, ""),
        ({"a": 1}, State.RUNNING, ""),
    ],
)
def test_a_run_that_goes_on_keeps_its_word(status: object, state: State, word: str) -> None:
    look = look_of(a_run(status=status, endTime=None), BASE)
    assert (look.state, look.word) == (state, word)
    assert look.ended_at is None
    assert look.document == "pending"
    assert look.started_at == datetime(2026, 5, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("success", "state"),
    [(True, State.SUCCEEDED), (False, State.FAILED), ("true", State.SUCCEEDED), ("false", State.FAILED)],
)
def test_a_run_with_an_end_time_has_ended(success: object, state: State) -> None:
    look = look_of(a_run(endTime="2026-05-06T12:03:12.5+00:00", success=success), BASE)
    assert look.state is state
    assert look.ended_at == datetime(2026, 5, 6, 12, 3, 12, 500_000, tzinfo=UTC)
    assert look.document == "none"
    assert look.error == ""


@pytest.mark.parametrize("success", [{}, {"success": None}])
def test_an_end_without_success_is_no_success(success: dict[str, None]) -> None:
    look = look_of(a_run(endTime=1778068800000, **success), BASE)
    assert look.state is State.FAILED
    assert "didn't say" in look.error


def test_an_end_time_that_cant_be_read_is_still_an_end() -> None:
    look = look_of(a_run(endTime="just now", success=True, startTime=["?"]), BASE)
    assert look.state is State.SUCCEEDED
    assert look.ended_at is None
    assert look.started_at is None


def test_the_least_that_a_run_can_say_is_enough() -> None:
    assert look_of({}, BASE) == Look(state=State.RUNNING, document="pending")
    assert look_of(dict.fromkeys(a_run()) | {"new": [{}]}, BASE) == Look(state=State.RUNNING, document="pending")
    shapes: list[object] = [[], "x", None]
    for shape in shapes:
        with pytest.raises(BadReply):
            look_of(shape, BASE)


def test_a_numeric_run_id_is_an_id() -> None:
    assert run_id_of({"runId": 17}) == "17"


def test_artifacts_have_a_name_a_path_and_a_link_quoted_once() -> None:
    path = "/notebook/user123/notebook456/artifacts/run1/my analysis (1)%.ipynb"
    look = look_of(
        a_run(endTime=1, success=True, artifacts=[{"name": "my analysis (1)%.ipynb", "path": path}, 3]), BASE
    )
    assert look.document == "ready"
    assert look.artifacts == (
        Artifact(
            name="my analysis (1)%.ipynb",
            path=path,
            url=f"{BASE}/notebook/user123/notebook456/artifacts/run1/my%20analysis%20%281%29%25.ipynb",
        ),
    )


TRICKS = [
    "https://evil.example/x.ipynb",
    "//evil.example/x.ipynb",
    "@evil.example/x.ipynb",
    ".evil.example/x.ipynb",
    ":80@evil.example/x.ipynb",
    "x.ipynb",
    "/../admin/token",
    "/notebook/../../admin/token",
    "/./x",
    "",
]


@pytest.mark.parametrize("path", TRICKS)
def test_a_path_that_leads_away_is_none(path: str) -> None:
    assert not stays(path)
    (artifact,) = look_of(a_run(endTime=1, artifacts=[{"name": "x.ipynb", "path": path}]), BASE).artifacts
    assert artifact.path == artifact.url == ""
    assert "safely" in artifact.note


# Fetching


def ended(*artifacts: tuple[str, str], base: str) -> Look:
    items = [{"name": name, "path": path} for name, path in artifacts]
    return look_of(a_run(endTime=1, success=True, artifacts=items), base)


def files(**contents: bytes) -> Callable[[Asked], web.Response]:
    def answer(asked: Asked) -> web.Response:
        name = asked.path.rsplit("/", 1)[1].split(".")[0]
        if name not in contents:
            return web.json_response({"error": "no such file"}, status=404)
        return web.Response(body=contents[name], content_type="application/octet-stream")

    return answer


async def test_every_file_is_fetched_with_the_bearer_and_the_notebook_is_the_document(stage: Stage) -> None:
    server = await stage.web(files(plot=b"png", analysis=b"{}", again=b"{}"))
    client = client_of(stage, server.url)
    seen = ended(
        ("plot.png", "/a/plot.png"),
        ("Analysis.IPYNB", "/a/analysis.ipynb"),
        ("again", "/a/again.ipynb"),
        base=server.url,
    )
    fetched = await client.fetch("run1", seen, 1000)
    assert [(one.artifact.name, one.content, one.artifact.size, one.document) for one in fetched] == [
        ("plot.png", b"png", 3, ""),
        ("Analysis.IPYNB", b"{}", 2, "ipynb"),
        ("again", b"{}", 2, ""),
    ]
    assert all(one.artifact.note == "" for one in fetched)
    assert fetched[1].artifact.url == f"{server.url}/a/analysis.ipynb"
    assert {asked.headers["Authorization"] for asked in server.asked} == {f"Bearer {TOKEN}"}


async def test_what_cant_be_fetched_says_why_and_the_rest_still_comes(stage: Stage) -> None:
    def answer(asked: Asked) -> web.Response:
        if "secret" in asked.path:
            return web.json_response({"error": "not for you"}, status=403)
        if "login" in asked.path:
            return web.Response(text="<html>", content_type="text/html")
        return files(big=b"x" * 2000, good=b"g")(asked)

    server = await stage.web(answer)
    names = ("big.csv", "gone.csv", "secret.csv", "login.ipynb", "good.csv")
    seen = ended(*((name, f"/a/{name}") for name in names), ("evil.csv", "//evil.example/x"), base=server.url)
    fetched = await client_of(stage, server.url).fetch("run1", seen, 1000)
    assert [one.content for one in fetched] == [None, None, None, None, b"g", None]
    assert [one.artifact.note for one in fetched] == [
        "it is larger than 1000 bytes (2 KB)",
        "it is no longer on Datalore",
        "Datalore didn't hand it over: not for you",
        "Datalore sent a web page in its place",
        "",
        "Datalore named no path for it that can be fetched safely",
    ]
    assert fetched[0].artifact.size == 2000
    assert not any("evil" in asked.path for asked in server.asked)


async def test_files_come_up_to_a_number_and_to_a_weight_of_all(stage: Stage) -> None:
    server = await stage.web(lambda _: web.Response(body=b"x" * 10))
    client = client_of(stage, server.url)
    many = await client.fetch("r", ended(*((f"{n}.csv", f"/{n}.csv") for n in range(25)), base=server.url), 1000)
    assert [one.content is not None for one in many] == [True] * 20 + [False] * 5
    assert "first 20" in many[20].artifact.note
    heavy = await client.fetch("r", ended(*((f"{n}.csv", f"/{n}.csv") for n in range(6)), base=server.url), 10)
    assert [one.content is not None for one in heavy] == [True] * 4 + [False] * 2
    assert "room" in heavy[4].artifact.note


@pytest.mark.parametrize(("status", "kind"), [(401, Unauthorized), (429, RateLimited), (503, Unavailable)])
async def test_troubles_that_pass_are_raised_so_that_files_can_be_fetched_later(
    stage: Stage, status: int, kind: type[PlatformError]
) -> None:
    server = await stage.web(lambda _: web.Response(status=status))
    with pytest.raises(kind):
        await client_of(stage, server.url).fetch("r", ended(("a.csv", "/a.csv"), base=server.url), 1000)


async def test_a_file_kept_elsewhere_is_fetched_there_without_the_bearer(stage: Stage) -> None:
    storage = await stage.web(lambda _: web.Response(body=b"{}", content_type="application/json"))
    server = await stage.web(lambda _: web.Response(status=307, headers={"Location": f"{storage.url}/f?sig=%2Ba"}))
    (file,) = await client_of(stage, server.url).fetch("r", ended(("a.ipynb", "/a.ipynb"), base=server.url), 1000)
    assert file.content == b"{}"
    assert file.document == "ipynb"
    assert storage.last.path == "/f?sig=%2Ba"
    assert "Authorization" not in storage.last.headers
    assert TOKEN not in str(storage.last)


# Preparing, describing, proving the token


async def prepare(asked: Request, literal: frozenset[str] = frozenset()) -> Request:
    return await Datalore(BASE, lambda: TOKEN).prepare(asked, literal, TODAY)


async def test_values_are_sent_as_text_and_words_for_dates_as_dates() -> None:
    ready = await prepare(
        request(
            {
                "day": "yesterday",
                "since": "2026-01-05",
                "n": "7",
                "flag": True,
                "off": False,
                "cols": ("a", "today"),
                "q": "today",
            }
        ),
        frozenset({"q"}),
    )
    assert ready.inputs == {
        "day": "2026-05-05",
        "since": "2026-01-05",
        "n": "7",
        "flag": "true",
        "off": "false",
        "cols": ("a", "2026-05-06"),
        "q": "today",
    }
    assert ready.title == "Weekly KPIs"
    assert ready.url == f"{BASE}/notebook/ana/weekly.kpis_1"
    assert await prepare(ready) == ready.model_copy(update={"inputs": {**ready.inputs, "q": "2026-05-06"}})


@pytest.mark.parametrize(
    ("options", "flag"),
    [
        ({"live": True}, "--live"),
        ({"readonly": True}, "--readonly"),
        ({"blocks": ("a",)}, "--blocks"),
        ({"dependents": True}, "--dependents"),
    ],
)
async def test_deepnotes_options_are_refused_by_name(options: dict[str, Any], flag: str) -> None:
    with pytest.raises(UserError, match=f"{flag} is a flag for Deepnote"):
        await prepare(request(**options))


async def test_an_interactive_run_takes_nothing_else() -> None:
    assert (await prepare(request(interactive=True))).options.interactive
    for asked in (
        request({"a": "b"}, interactive=True),
        request(interactive=True, update_report=True),
        request(interactive=True, write_files=True),
    ):
        with pytest.raises(UserError, match="--interactive"):
            await prepare(asked)


async def test_datalore_tells_nothing_of_a_notebook_but_its_address_is_known() -> None:
    client = Datalore(BASE + "/", lambda: TOKEN)
    info = await client.describe(NOTEBOOK)
    assert (info.name, info.inputs, info.url) == ("", None, f"{BASE}/notebook/ana/weekly.kpis_1")
    assert client.link(NOTEBOOK, None) == info.url
    assert client.link(NOTEBOOK, "https://x/notebook/a/b") == "https://x/notebook/a/b"
    assert await client.listed(NOTEBOOK, TODAY) is None


async def test_a_good_token_is_one_with_which_a_run_isnt_found(stage: Stage) -> None:
    server = Server("")
    server = await stage.web(
        lambda asked: web.Response(status=404 if asked.headers.get("Authorization") == f"Bearer {TOKEN}" else 401)
    )
    assert server.url in await client_of(stage, server.url).check()
    assert server.last.path == f"/api/run/v1/{NO_SUCH_RUN}"
    wrong = Datalore(server.url, lambda: "other")
    stage.closes(wrong)
    with pytest.raises(Unauthorized):
        await wrong.check()
