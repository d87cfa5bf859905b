"""Bad days, switched on over HTTP. The notebook is of text alone, so that no kernel is needed."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from .house import Visitor, notebook, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Visitor]:
    async with visiting() as visitor:
        visitor.stand_ins.shelf.add("text", notebook("# Only text"))
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def ana(house: Visitor) -> AsyncIterator[Visitor]:
    yield house
    await house.ask("DELETE", "/faults", token=None)
    await house.ask("DELETE", "/ledger", token=None)


async def try_to_start(ana: Visitor) -> aiohttp.ClientResponse:
    """The answer to a start, unread, on a connection of its own."""
    order = {"notebookId": ana.stand_ins.shelf["text"].deepnote_id}
    headers = {"Authorization": "Bearer sandbox", "Connection": "close"}
    return await ana.http.post(f"{ana.base}/deepnote/v2/runs", json=order, headers=headers)


async def starts(ana: Visitor) -> int:
    return len((await ana.ledger())["starts"])


async def test_a_fault_strikes_as_often_as_it_was_told_and_only_what_it_is_for(ana: Visitor) -> None:
    await ana.switch_on("deepnote", "429", on="POST /v2/runs", times=1, retry_after=2)
    assert (await ana.ask("GET", "/deepnote/v2/me"))[0] == 200
    async with await try_to_start(ana) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
    assert await starts(ana) == 0
    async with await try_to_start(ana) as answer:
        assert answer.status == 202
    _, listed = await ana.ask("GET", "/faults", token=None)
    assert [(fault["fault"], fault["hits"]) for fault in listed["faults"]] == [("429", 1)]


async def test_the_hardware_does_not_start(ana: Visitor) -> None:
    await ana.switch_on("deepnote", "500", on="POST")
    async with await try_to_start(ana) as answer:
        assert (answer.status, await answer.json()) == (500, {"message": "Hardware unable to start"})
    assert await starts(ana) == 0


async def test_after_a_reset_nothing_was_started(ana: Visitor) -> None:
    await ana.switch_on("deepnote", "reset", times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await try_to_start(ana)
    assert await starts(ana) == 0


async def test_a_reset_after_the_start_leaves_a_run_that_nobody_was_told_of(ana: Visitor) -> None:
    await ana.switch_on("deepnote", "reset_after_start", on="POST /v2/runs", times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await try_to_start(ana)
    (start,) = (await ana.ledger())["starts"]
    assert (start["notebook"], start["how"]) == ("text", "live")
    assert (await ana.deepnote_run(start["runId"]))["status"] == "success"


@pytest.mark.parametrize(("fault", "status"), [("garbage", 202), ("error_after_start", 500)])
async def test_an_answer_that_tells_nothing_hides_a_run_that_was_started(ana: Visitor, fault: str, status: int) -> None:
    await ana.switch_on("deepnote", fault, times=1)
    async with await try_to_start(ana) as answer:
        assert answer.status == status
        assert "runId" not in await answer.text()
    assert await starts(ana) == 1


async def test_an_answer_is_cut_in_the_middle(ana: Visitor) -> None:
    await ana.switch_on("deepnote", "cut", times=1)
    async with await try_to_start(ana) as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()
    assert await starts(ana) == 1


@pytest.mark.parametrize(("fault", "started"), [("slow", 0), ("slow_after_start", 1)])
async def test_a_slow_answer_outlasts_patience_before_or_after_the_start(
    ana: Visitor, fault: str, started: int
) -> None:
    await ana.switch_on("deepnote", fault, seconds=30, times=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await try_to_start(ana)
    assert await starts(ana) == started


async def test_a_token_is_refused_on_one_platform_only(ana: Visitor) -> None:
    await ana.switch_on("datalore", "token_refused")
    assert await ana.ask("GET", "/datalore/api/run/v1/x") == (401, {"error": "Unauthorized"})
    assert (await ana.ask("GET", "/deepnote/v2/me"))[0] == 200


async def test_a_run_says_a_status_that_nobody_has_heard_of(ana: Visitor) -> None:
    ana.stand_ins.shelf.add("waits", notebook("input_never_given"))
    await ana.switch_on("deepnote", "unknown_status", message="defrosting")
    run_id = await ana.start_on_deepnote("waits")
    assert (await ana.deepnote_run(run_id))["status"] == "defrosting"


async def test_a_fault_that_is_switched_off_strikes_no_more(ana: Visitor) -> None:
    await ana.switch_on("deepnote", "503", retry_after="Fri, 31 Dec 2027 23:59:59 GMT")
    assert (await ana.ask("GET", "/deepnote/v2/me"))[0] == 503
    (fault,) = (await ana.ask("GET", "/faults", token=None))[1]["faults"]
    assert (await ana.ask("DELETE", f"/faults/{fault['id']}", token=None))[0] == 204
    assert (await ana.ask("GET", "/deepnote/v2/me"))[0] == 200


async def test_there_are_no_faults_but_those_in_the_list(ana: Visitor) -> None:
    for body in ({"platform": "deepnote", "fault": "earthquake"}, {"platform": "mars", "fault": "429"}, {"fault": 1}):
        assert (await ana.ask("POST", "/faults", body, token=None))[0] == 400
