from __future__ import annotations

import asyncio
import gzip
import json
import traceback
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import aiohttp
import pytest
from aiohttp import web

from bot.errors import BadReply, Forbidden, Invalid, NotFound, PlatformError, RateLimited, Unauthorized, Unavailable
from bot.platforms.http import MIB, Limits, Origin
from bot.platforms.transport import UNTRUSTED, transport_failure, user_agent
from tests.certificates import certificate, serving
from tests.platforms.conftest import TOKEN, Asked, Server, Stage, everything, read_request, reset
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

QUICK = Limits(connect=1, total=0.3, idle=0.3, download=5)


def origin_of(stage: Stage, url: str, limits: Limits | None = None, token: Callable[[], str] = lambda: TOKEN) -> Origin:
    origin = Origin("Deepnote", url, token, limits)
    stage.closes(origin)
    return origin


def ok(_: Asked) -> web.Response:
    return web.json_response({"ok": True})


async def post(origin: Origin) -> Any:
    return await origin.read(await origin.send("POST", "/start", body={"notebookId": "n"}, fresh=True))


async def test_a_call_carries_the_bearer_our_name_and_json(stage: Stage) -> None:
    server = await stage.web(ok)
    origin = origin_of(stage, server.url + "/base/")
    assert await origin.ask("/a%20b?c=%2F") == {"ok": True}
    assert (server.last.method, server.last.path) == ("GET", "/base/a%20b?c=%2F")
    assert server.last.headers["Authorization"] == f"Bearer {TOKEN}"
    assert server.last.headers["User-Agent"] == user_agent()
    assert user_agent().startswith("Threadbook/")
    await post(origin)
    assert server.last.body == {"notebookId": "n"}
    assert server.last.headers["Content-Type"] == "application/json"


async def test_a_new_token_is_used_from_the_next_call_on(stage: Stage) -> None:
    server = await stage.web(ok)
    tokens = ["old", " new\n"]
    origin = origin_of(stage, server.url, token=lambda: tokens[0])
    await origin.ask("/")
    tokens.pop(0)
    await origin.ask("/")
    assert [asked.headers["Authorization"] for asked in server.asked] == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize("token", ["", "  ", "two\r\nlines", "clé"])
async def test_without_a_token_that_can_be_sent_nothing_is_sent(stage: Stage, token: str) -> None:
    server = await stage.web(ok)
    with pytest.raises(Unauthorized):
        await origin_of(stage, server.url, token=lambda: token).ask("/")
    assert server.asked == []


async def test_looks_share_a_connection_and_every_start_has_its_own(stage: Stage) -> None:
    server = await stage.web(ok)
    origin = origin_of(stage, server.url)
    for _ in range(3):
        await origin.ask("/")
    await post(origin)
    await post(origin)
    await origin.ask("/")
    ports = [asked.connection for asked in server.asked]
    assert len({*ports[:3], ports[5]}) == 1
    assert len(set(ports)) == 3


async def test_no_cookies_are_kept_and_no_proxy_is_taken_from_the_environment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", stage.refusing())
    monkeypatch.setenv("http_proxy", stage.refusing())

    def answer(_: Asked) -> web.Response:
        response = web.json_response({})
        response.set_cookie("session", "abc")
        return response

    server = await stage.web(answer)
    origin = origin_of(stage, server.url)
    await origin.ask("/")
    await origin.ask("/")
    assert "Cookie" not in server.last.headers


async def test_after_closing_it_can_be_used_again(stage: Stage) -> None:
    server = await stage.web(ok)
    origin = origin_of(stage, server.url)
    await origin.ask("/")
    await origin.close()
    assert await origin.ask("/") == {"ok": True}


async def test_only_so_many_calls_go_at_the_same_time(stage: Stage) -> None:
    full, let = asyncio.Event(), asyncio.Event()

    async def answer(asked: Asked) -> web.Response:
        if asked.path == "/slow":
            if len(server.asked) == 3:
                full.set()
            await let.wait()
        return web.json_response({})

    server = await stage.web(answer)
    origin, other = origin_of(stage, server.url, Limits(calls=3)), origin_of(stage, server.url)
    waiting = [asyncio.create_task(origin.ask("/slow")) for _ in range(12)]
    await full.wait()
    for _ in range(5):  # whatever else was under way would have arrived before these
        await other.ask("/quick")
    assert [asked.path for asked in server.asked].count("/slow") == 3
    let.set()
    await asyncio.gather(*waiting)
    assert [asked.path for asked in server.asked].count("/slow") == 12


# What fails before the request leaves


async def test_a_refused_connection_sent_nothing(stage: Stage) -> None:
    with pytest.raises(Unavailable) as caught:
        await post(origin_of(stage, stage.refusing()))
    assert not caught.value.sent
    assert caught.value.status is None
    assert caught.value.message == "Deepnote can't be reached: connection refused"


async def test_an_unknown_host_was_sent_nothing(stage: Stage) -> None:
    with pytest.raises(Unavailable) as caught:
        await post(origin_of(stage, "http://nowhere.invalid"))
    assert not caught.value.sent
    assert "name isn't known" in caught.value.message


async def test_a_failed_tls_handshake_sent_nothing(stage: Stage) -> None:
    server = await stage.web(ok)
    with pytest.raises(Unavailable) as caught:
        await post(origin_of(stage, server.url.replace("http:", "https:")))
    assert not caught.value.sent
    assert server.asked == []


async def test_a_host_whose_certificate_nobody_vouches_for_was_sent_nothing(stage: Stage, tmp_path: Path) -> None:
    server = await stage.web(ok)
    async with Proxy(("127.0.0.1", int(server.url.rpartition(":")[2])), serving(certificate(tmp_path))) as wire:
        with pytest.raises(Unavailable) as caught:
            await post(origin_of(stage, wire.url))
    assert not caught.value.sent
    assert caught.value.message == f"Deepnote can't be reached: {UNTRUSTED}"
    assert server.asked == []


async def test_a_host_that_lets_nobody_in_was_sent_nothing(stage: Stage) -> None:
    async def never_greets(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass

    address = await stage.raw(never_greets)  # takes the connection, but never ends the TLS handshake
    with pytest.raises(Unavailable) as caught:
        await post(origin_of(stage, address.replace("http:", "https:"), Limits(connect=0.2)))
    assert not caught.value.sent


# What fails after it left


async def test_a_reset_after_a_start_is_told_as_sent_and_it_was_sent_once(stage: Stage) -> None:
    requests: list[bytes] = []

    async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await read_request(reader))
        reset(writer)

    with pytest.raises(Unavailable) as caught:
        await post(origin_of(stage, await stage.raw(resets)))
    assert caught.value.sent
    assert len(requests) == 1


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 202 Acc", b'HTTP/1.1 202 Accepted\r\nContent-Length: 40\r\n\r\n{"runId": "r']
)
async def test_a_connection_that_ends_early_is_told_as_sent_and_it_was_sent_once(stage: Stage, part: bytes) -> None:
    requests: list[bytes] = []

    async def ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await read_request(reader))
        writer.write(part)

    with pytest.raises(Unavailable) as caught:
        await post(origin_of(stage, await stage.raw(ends)))
    assert caught.value.sent
    assert len(requests) == 1


@pytest.mark.parametrize("part", [b"", b'HTTP/1.1 202 Accepted\r\nContent-Length: 40\r\n\r\n{"runId"'])
async def test_a_slow_answer_to_a_start_is_told_as_sent(stage: Stage, part: bytes) -> None:
    async def stalls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(part)
        await reader.read()

    with pytest.raises(Unavailable) as caught:
        await post(origin_of(stage, await stage.raw(stalls), QUICK))
    assert caught.value.sent
    assert "in time" in caught.value.message


async def test_a_look_survives_a_kept_connection_that_the_host_has_closed(stage: Stage) -> None:
    connections = 0

    async def closes_after_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        await read_request(reader)  # the next one is read, and dropped

    origin = origin_of(stage, await stage.raw(closes_after_one))
    await origin.ask("/")
    assert await origin.ask("/") == {}
    assert connections == 2


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/9.9 abc\r\n\r\n", b"\x00\x01\x02\r\n\r\n"])
async def test_an_answer_that_is_no_http_is_a_bad_reply(stage: Stage, answer: bytes) -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    with pytest.raises(BadReply) as caught:
        await post(origin_of(stage, await stage.raw(garbage)))
    assert TOKEN not in everything(caught.value)


async def test_an_answer_that_is_no_json_is_a_bad_reply(stage: Stage) -> None:
    server = await stage.web(lambda _: web.Response(text="<html>welcome</html>"))
    with pytest.raises(BadReply):
        await origin_of(stage, server.url).ask("/")


# Sizes


async def test_an_answer_over_the_limit_is_refused_unread(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response({"x": "y" * 5000}))
    with pytest.raises(BadReply, match="too large"):
        await origin_of(stage, server.url, Limits(reply=4000)).ask("/")


async def test_an_answer_that_hides_its_size_is_refused_when_it_passes_the_limit(stage: Stage) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + b" " * 0x1000 + b"\r\n")
                await writer.drain()
        except ConnectionError:
            pass

    with pytest.raises(BadReply, match="too large"):
        await origin_of(stage, await stage.raw(endless), Limits(reply=100_000)).ask("/")


def gzipped(content: bytes) -> Callable[[Asked], web.Response]:
    return lambda _: web.Response(body=gzip.compress(content), headers={"Content-Encoding": "gzip"})


async def test_a_compressed_answer_is_counted_by_what_it_grows_to(stage: Stage) -> None:
    server = await stage.web(gzipped(b" " * (40 * MIB)))
    origin = origin_of(stage, server.url, Limits(reply=MIB))
    with pytest.raises(BadReply, match="too large"):
        await origin.ask("/")
    file = await origin.download(server.url + "/f", MIB, bearer=True)
    assert file.content is None
    assert file.size is None


async def test_a_compressed_answer_is_read(stage: Stage) -> None:
    server = await stage.web(gzipped(b'{"a": 1}'))
    assert await origin_of(stage, server.url).ask("/") == {"a": 1}


async def test_broken_compression_is_a_platform_error(stage: Stage) -> None:
    server = await stage.web(lambda _: web.Response(body=b"not gzip", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(PlatformError):
        await origin_of(stage, server.url).ask("/")


async def test_a_large_answer_is_decoded_off_the_event_loop(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    server = await stage.web(lambda asked: web.json_response({"x": "y" * (300_000 if asked.path == "/large" else 10)}))
    in_threads: list[object] = []
    to_thread = asyncio.to_thread

    async def counted(work: Callable[..., Any], *args: Any) -> Any:
        in_threads.append(work)
        return await to_thread(work, *args)

    monkeypatch.setattr(asyncio, "to_thread", counted)
    origin = origin_of(stage, server.url)
    await origin.ask("/small")
    assert in_threads == []
    assert len((await origin.ask("/large"))["x"]) == 300_000
    assert len(in_threads) == 1


# Refusals


async def test_a_refusal_comes_in_the_platforms_words_without_our_token(stage: Stage) -> None:
    server = await stage.web(lambda asked: web.json_response({"message": f"no: {asked.headers}\x07"}, status=403))
    with pytest.raises(Forbidden) as caught:
        await origin_of(stage, server.url).ask("/")
    assert caught.value.message.startswith("no: {")
    assert TOKEN not in everything(caught.value)
    assert len(caught.value.message) <= 300


async def test_a_huge_or_broken_refusal_is_still_a_refusal(stage: Stage) -> None:
    async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b'HTTP/1.1 404 Not Found\r\nContent-Length: 50\r\n\r\n{"mess')

    with pytest.raises(NotFound, match="answered 404"):
        await origin_of(stage, await stage.raw(breaks_off)).ask("/")
    server = await stage.web(lambda _: web.json_response({"message": "m" * 100_000}, status=400))
    with pytest.raises(Invalid, match="answered 400"):
        await origin_of(stage, server.url).ask("/")


async def test_asked_too_often_we_learn_how_long_to_wait(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response({"message": "slow"}, status=429, headers={"Retry-After": "4"}))
    with pytest.raises(RateLimited) as caught:
        await origin_of(stage, server.url).ask("/")
    assert caught.value.retry_after == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_call_follows_no_redirect(stage: Stage, status: int) -> None:
    elsewhere = await stage.web(ok)
    server = await stage.web(lambda _: web.Response(status=status, headers={"Location": elsewhere.url + "/x"}))
    origin = origin_of(stage, server.url)
    with pytest.raises(BadReply):
        await origin.ask("/")
    with pytest.raises(BadReply):
        await post(origin)
    assert elsewhere.asked == []
    assert len(server.asked) == 2


# Downloads


def sends(content: bytes) -> Callable[[Asked], web.Response]:
    return lambda _: web.Response(body=content, content_type="application/octet-stream")


async def test_a_file_comes_whole_up_to_its_limit(stage: Stage) -> None:
    server = await stage.web(sends(b"x" * 1000))
    origin = origin_of(stage, server.url)
    whole = await origin.download(server.url + "/a%20b?sig=%2Fx%3D", 1000, bearer=True)
    assert whole.content == b"x" * 1000
    assert whole.size == 1000
    assert whole.type == "application/octet-stream"
    assert server.last.path == "/a%20b?sig=%2Fx%3D"
    too_large = await origin.download(server.url + "/f", 999, bearer=True)
    assert too_large.content is None
    assert too_large.size == 1000


def redirects(to: Callable[[], str]) -> Callable[[Asked], web.Response]:
    return lambda _: web.Response(status=302, headers={"Location": to()})


async def test_the_bearer_follows_a_redirect_to_its_own_origin_only(stage: Stage) -> None:
    elsewhere = await stage.web(sends(b"file"))
    server = Server("")

    def answer(asked: Asked) -> web.Response:
        location = "/second?x=1" if asked.path == "/first" else elsewhere.url + "/third"
        return web.Response(status=302, headers={"Location": location})

    server = await stage.web(answer)
    file = await origin_of(stage, server.url).download(server.url + "/first", 100, bearer=True)
    assert file.content == b"file"
    assert [asked.path for asked in server.asked] == ["/first", "/second?x=1"]
    assert all(asked.headers["Authorization"] == f"Bearer {TOKEN}" for asked in server.asked)
    assert [asked.path for asked in elsewhere.asked] == ["/third"]
    assert TOKEN not in str(elsewhere.last.headers)


async def test_a_redirect_back_home_brings_the_bearer_back_but_none_where_it_was_not_wanted(stage: Stage) -> None:
    home: list[str] = []
    elsewhere = await stage.web(redirects(lambda: home[0] + "/file"))
    server = await stage.web(
        lambda asked: web.Response(body=b"f") if asked.path == "/file" else web.Response(status=500)
    )
    home.append(server.url)
    origin = origin_of(stage, server.url)
    await origin.download(elsewhere.url + "/x", 100, bearer=True)
    assert server.last.headers["Authorization"] == f"Bearer {TOKEN}"
    await origin.download(elsewhere.url + "/x", 100, bearer=False)
    assert "Authorization" not in server.last.headers
    assert all("Authorization" not in asked.headers for asked in elsewhere.asked)


@pytest.mark.parametrize("other", ["http://localhost:{port}", "http://127.0.0.1:{port}@127.0.0.1:{elsewhere}"])
async def test_another_name_of_the_same_host_is_another_origin(stage: Stage, other: str) -> None:
    server = await stage.web(sends(b"f"))
    elsewhere = await stage.web(sends(b"f"))
    ports = {"port": server.url.rsplit(":", 1)[1], "elsewhere": elsewhere.url.rsplit(":", 1)[1]}
    try:
        await origin_of(stage, server.url).download(other.format(**ports) + "/f", 100, bearer=True)
    except BadReply:
        assert "@" in other  # an address with a user in it is not even fetched
    assert all("Authorization" not in asked.headers for asked in server.asked + elsewhere.asked)


async def test_a_third_redirect_is_followed_and_a_fourth_is_not(stage: Stage) -> None:
    last = 3

    def answer(asked: Asked) -> web.Response:
        number = int(asked.path[1:])
        return (
            web.Response(body=b"f")
            if number == last
            else web.Response(status=307, headers={"Location": f"/{number + 1}"})
        )

    server = await stage.web(answer)
    origin = origin_of(stage, server.url)
    assert (await origin.download(server.url + "/0", 10, bearer=True)).content == b"f"
    last = 4
    with pytest.raises(BadReply):
        await origin.download(server.url + "/0", 10, bearer=True)
    assert server.last.path == "/3"


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://host/x", "/relative", "", "http://", "http://user:pw@host/x", "http://[", "gopher:x"],
)
async def test_an_address_that_is_no_web_address_is_not_fetched(stage: Stage, address: str) -> None:
    server = await stage.web(redirects(lambda: address or "file:///x"))
    origin = origin_of(stage, server.url)
    with pytest.raises(BadReply):
        await origin.download(address, 100, bearer=True)
    if "://" in address:
        with pytest.raises(BadReply):
            await origin.download(server.url, 100, bearer=True)


@pytest.mark.parametrize(
    "address", ["http://a..b/x", f"http://{'a' * 300}.invalid/x", "http://.../x", "http://1.2.3/x"]
)
async def test_a_host_that_cant_be_looked_up_is_a_platform_error_as_any_other(stage: Stage, address: str) -> None:
    with pytest.raises(Unavailable) as caught:
        await origin_of(stage, "http://127.0.0.1").download(address, 100, bearer=False)
    assert not caught.value.sent


async def test_an_address_cant_smuggle_a_second_request(stage: Stage) -> None:
    server = await stage.web(sends(b"f"))
    origin = origin_of(stage, server.url)
    with pytest.raises(BadReply):
        await origin.download(server.url + "/x HTTP/1.1\r\nHost: h\r\n\r\nGET /y", 100, bearer=False)
    assert server.asked == []
    await origin.download(server.url + "/ä b%20c", 100, bearer=False)
    assert server.last.path == "/%C3%A4%20b%20c"


async def test_from_https_nothing_is_fetched_in_the_open(stage: Stage) -> None:
    server = await stage.web(sends(b"f"))
    with pytest.raises(BadReply):
        await origin_of(stage, "https://api.deepnote.com").download(server.url + "/f", 100, bearer=False)
    assert server.asked == []


async def test_a_refused_download_has_its_typed_error(stage: Stage) -> None:
    server = await stage.web(lambda _: web.json_response({"error": "gone"}, status=404))
    with pytest.raises(NotFound, match="gone"):
        await origin_of(stage, server.url).download(server.url + "/f", 100, bearer=True)


async def test_a_download_may_take_long_but_not_fall_silent(stage: Stage) -> None:
    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent = b"/silent" in await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n")
        for _ in range(6):
            writer.write(b"x")
            await writer.drain()
            # Reads the client's silence for less than the idle limit, or, being silent itself, until it goes.
            try:
                await asyncio.wait_for(reader.read(), None if silent else 0.1)
            except TimeoutError:
                continue

    url = await stage.raw(drips)
    origin = origin_of(stage, url, QUICK)
    assert (await origin.download(url + "/f", 100, bearer=True)).content == b"x" * 6
    with pytest.raises(Unavailable) as caught:
        await origin.download(url + "/silent", 100, bearer=True)
    assert caught.value.sent


# What nobody may read


async def test_no_failure_shows_the_token(stage: Stage) -> None:
    def answer(asked: Asked) -> web.Response:
        status = int(asked.path[1:])
        return web.json_response({"message": json.dumps(asked.headers)}, status=status)

    server = await stage.web(answer)
    origin = origin_of(stage, server.url)
    for status in (400, 401, 403, 404, 409, 418, 429, 500, 503):
        with pytest.raises(PlatformError) as caught:
            await origin.ask(f"/{status}")
        assert TOKEN not in everything(caught.value)
        assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert TOKEN not in repr(origin)
    assert TOKEN not in repr(await origin.send("GET", "/400"))


async def test_failures_of_the_transport_carry_no_request_with_them(stage: Stage) -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"nonsense\r\n\r\n")
        await writer.drain()

    for url in (stage.refusing(), await stage.raw(garbage)):
        with pytest.raises(PlatformError) as caught:
            await post(origin_of(stage, url))
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None


def test_every_failure_of_the_transport_has_a_meaning() -> None:
    key = Mock(ssl=True, host="h", port=443)
    before: list[Exception] = [
        aiohttp.ConnectionTimeoutError("slow"),
        aiohttp.ClientConnectorError(key, OSError(111, "Connection refused")),
        aiohttp.ClientConnectorDNSError(key, OSError(-2, "Name or service not known")),
        aiohttp.ClientConnectorSSLError(key, OSError(1, "handshake")),
        aiohttp.InvalidURL("x"),
        UnicodeError("label empty or too long"),
    ]
    after: list[Exception] = [
        aiohttp.ServerDisconnectedError(),
        aiohttp.SocketTimeoutError("slow"),
        TimeoutError(),
        aiohttp.ClientOSError(104, "Connection reset by peer"),
        aiohttp.ClientPayloadError("cut"),
        ConnectionResetError(),
    ]
    for error in before:
        failure = transport_failure(error, "Deepnote")
        assert isinstance(failure, Unavailable)
        assert not failure.sent
    for error in after:
        failure = transport_failure(error, "Deepnote")
        assert isinstance(failure, Unavailable)
        assert failure.sent
    unreadable = aiohttp.ClientResponseError(Mock(headers={"Authorization": TOKEN}), (), status=400)
    assert isinstance(transport_failure(unreadable, "Deepnote"), BadReply)
