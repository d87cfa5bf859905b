"""Deepnote's rules, statuses and words. Nothing here needs a kernel: the notebooks that run hold text alone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from bot.sandbox.gate import RateLimit

from .house import Visitor, notebook, until, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ana() -> AsyncIterator[Visitor]:
    async with visiting(deepnote_tokens={"looks": "viewer"}) as visitor:
        visitor.stand_ins.shelf.add("text", notebook("# Only text"))
        yield visitor


async def refused(ana: Visitor, **body: Any) -> str:
    order = {"notebookId": ana.stand_ins.shelf["weekly-kpis"].deepnote_id, **body}
    status, answer = await ana.ask("POST", "/deepnote/v2/runs", order)
    assert status == 400
    assert set(answer) == {"message"}
    return str(answer["message"])


async def test_what_breaks_a_rule_is_400_in_the_platforms_words(ana: Visitor) -> None:
    block = ana.stand_ins.shelf["weekly-kpis"].blocks[11].id
    assert await refused(ana, notebookId="f" * 32) == "Notebook not found"
    assert await refused(ana, notebookId=None) == "notebookId: expected a string"
    assert await refused(ana, inputs={"area": "EU"}) == 'Input "area" is not defined for this notebook'
    assert "numeric string" in await refused(ana, inputs={"weeks": "many"})
    assert "expected a string" in await refused(ana, inputs={"weeks": 8})
    assert await refused(ana, inputs=[]) == "inputs: expected an object"
    assert await refused(ana, blockIds=["nope"]) == "Block not found in notebook"
    assert await refused(ana, blockIds=[]) == "blockIds: expected at least one block id"
    assert await refused(ana, blockIds=[block, block]) == "blockIds: expected unique block ids"
    assert await refused(ana, blockIds=[block], detached=True) == "blockIds is not supported for detached runs"
    assert "only supported with blockIds" in await refused(ana, runDependentBlocks=True)
    assert "only supported for detached" in await refused(ana, detachedRunStorageMode="readonly")
    assert "read_write" in await refused(ana, detached=True, detachedRunStorageMode="none")
    assert await refused(ana, detached="yes") == "detached: expected a boolean"
    assert await refused(ana, detach=True) == "Unrecognized key: detach"
    assert (await ana.ledger())["counts"] == {}


async def test_a_body_that_is_no_json_object_is_400(ana: Visitor) -> None:
    headers = {"Authorization": "Bearer sandbox", "Content-Type": "application/json"}
    for body in (b"{", b"[]", b"\xff\xfe"):
        async with ana.http.post(f"{ana.base}/deepnote/v2/runs", data=body, headers=headers) as answer:
            assert answer.status == 400
    async with ana.http.post(
        f"{ana.base}/deepnote/v2/runs", data=b"{}", headers=headers | {"Content-Type": "text/plain"}
    ) as answer:
        assert answer.status == 400


PATHS = ["/v2/me", "/v2/projects", "/v2/runs/00000000-0000-4000-8000-000000000000", "/v2/notebooks/x", "/v2/nothing"]


@pytest.mark.parametrize("path", PATHS)
async def test_without_a_good_token_all_is_401(ana: Visitor, path: str) -> None:
    for token in (None, "wrong"):
        status, answer = await ana.ask("GET", f"/deepnote{path}", token=token)
        assert (status, list(answer)) == (401, ["message"])


async def test_a_viewer_may_read_but_not_run(ana: Visitor) -> None:
    order = {"notebookId": ana.stand_ins.shelf["text"].deepnote_id}
    assert await ana.ask("POST", "/deepnote/v2/runs", order, "looks") == (403, {"message": "Insufficient permissions"})
    assert (await ana.ask("GET", "/deepnote/v2/me", token="looks"))[1]["accessLevel"] == "viewer"


async def test_me_names_the_workspace_that_addresses_hold(ana: Visitor) -> None:
    status, me = await ana.ask("GET", "/deepnote/v2/me")
    assert (status, set(me)) == (200, {"apiKey", "user", "workspace", "accessLevel"})
    segment = f"{me['workspace']['slug']}-{me['workspace']['id']}"
    assert ana.stand_ins.shelf["text"].deepnote_path.startswith(f"/workspace/{segment}/project/samples-")


async def test_a_run_is_asked_for_by_its_uuid(ana: Visitor) -> None:
    assert (await ana.ask("GET", "/deepnote/v2/runs/142"))[0] == 400
    assert await ana.ask("GET", f"/deepnote/v2/runs/{uuid4()}") == (404, {"message": "Run not found"})
    run_id = await ana.start_on_deepnote("text")
    assert (await ana.ask("GET", f"/deepnote/v2/runs/{run_id}?snapshotDelivery=post"))[0] == 400


async def test_a_notebook_tells_its_blocks_and_inputs(ana: Visitor) -> None:
    kpis = ana.stand_ins.shelf["weekly-kpis"]
    status, answer = await ana.ask("GET", f"/deepnote/v2/notebooks/{kpis.deepnote_id}")
    found = answer["notebook"]
    assert (status, found["name"], found["projectId"]) == (200, "Weekly KPIs", kpis.project_id)
    assert found["blocks"][0] == {"id": kpis.blocks[0].id, "type": "text-cell-h1", "content": "Weekly KPIs"}
    inputs = {one["name"]: one for one in found["inputs"]}
    assert inputs["region"]["options"] == ["EU", "US", "APAC"]
    assert (inputs["weeks"]["value"], inputs["weeks"]["max"]) == ("8", 26)
    assert inputs["region"]["blockId"] in {block["id"] for block in found["blocks"]}
    assert (await ana.ask("GET", "/deepnote/v2/notebooks/nope"))[0] == 404


async def test_runs_come_newest_first_in_pages_that_new_runs_do_not_shift(ana: Visitor) -> None:
    ana.stand_ins.shelf.add("many", notebook("# Run often"))
    path = f"/deepnote/v2/notebooks/{ana.stand_ins.shelf['many'].deepnote_id}/runs"
    started = [await ana.start_on_deepnote("many") for _ in range(25)]
    _, first = await ana.ask("GET", path)
    await ana.start_on_deepnote("many")
    _, second = await ana.ask("GET", f"{path}?pageToken={first['pagination']['nextPageToken']}")
    seen = [run["runId"] for page in (first, second) for run in page["runs"]]
    assert seen == started[::-1]
    assert (len(first["runs"]), first["pagination"]["hasMore"]) == (20, True)
    assert second["pagination"] == {"nextPageToken": None, "hasMore": False}
    assert set(first["runs"][0]) == {"runId", "notebookId", "status", "createdAt", "completedAt"}


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=101", "pageSize=ten", "pageToken=%21", "pageToken=bm9wZQ=="])
async def test_pages_that_cannot_be_are_400(ana: Visitor, query: str) -> None:
    assert (await ana.ask("GET", f"/deepnote/v2/projects?{query}"))[0] == 400


async def test_projects_are_found_by_a_part_of_their_name(ana: Visitor) -> None:
    _, answer = await ana.ask("GET", "/deepnote/v2/projects?nameContains=SALE")
    (sales,) = answer["projects"]
    assert sales["name"] == "Sales"
    assert [one["name"] for one in sales["notebooks"]] == ["Broken orders", "Weekly KPIs"]
    _, page = await ana.ask("GET", "/deepnote/v2/projects?pageSize=1")
    assert (len(page["projects"]), page["pagination"]["hasMore"]) == (1, True)


async def test_a_run_that_did_nothing_never_gets_a_snapshot(ana: Visitor) -> None:
    run, snapshot = await ana.run_on_deepnote("text", detached=True)
    assert (run["status"], run["snapshotStatus"], snapshot) == ("success", "unavailable", None)


async def test_a_suspended_project_is_409_for_runs_and_400_for_the_rest(ana: Visitor) -> None:
    sleeping = ana.stand_ins.shelf.add("sleeping", notebook("# Zzz"))
    run_id = await ana.start_on_deepnote("sleeping")
    await ana.switch_on("deepnote", "suspended", times=3)
    words = {"message": "Project is suspended"}
    assert await ana.ask("GET", f"/deepnote/v2/runs/{run_id}") == (409, words)
    assert await ana.ask("GET", f"/deepnote/v2/notebooks/{sleeping.deepnote_id}") == (400, words)
    assert await ana.ask("POST", "/deepnote/v2/runs", {"notebookId": sleeping.deepnote_id}) == (400, words)
    assert (await ana.deepnote_run(run_id))["status"] == "success"


async def test_only_so_many_runs_are_remembered() -> None:
    async with visiting(keep=2) as visitor:
        visitor.stand_ins.shelf.add("text", notebook("# Only text"))
        runs = [(await visitor.run_on_deepnote("text"))[0]["runId"] for _ in range(3)]
        statuses = [(await visitor.ask("GET", f"/deepnote/v2/runs/{run}"))[0] for run in runs]
        assert statuses == [404, 200, 200]


async def test_a_token_that_asks_too_often_must_wait_as_long_as_it_is_told() -> None:
    async with visiting(rate_limit=RateLimit(2, 1.0)) as visitor:
        assert [(await visitor.ask("GET", "/deepnote/v2/me"))[0] for _ in range(3)] == [200, 200, 429]
        headers = {"Authorization": "Bearer sandbox"}
        async with visitor.http.get(f"{visitor.base}/deepnote/v2/me", headers=headers) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        async with asyncio.timeout(1.2):
            await until(lambda: visitor.ask("GET", "/deepnote/v2/me"), lambda answer: answer[0] == 200)
