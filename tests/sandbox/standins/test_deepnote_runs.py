"""Deepnote's runs in real kernels, from the order to the snapshot."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import yaml

from .house import Visitor, notebook, printed, until, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT = {"weeks": "4", "since": "2026-03-02"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ana() -> AsyncIterator[Visitor]:
    async with visiting(link_expires_after=60) as visitor:
        yield visitor


def blocks_of(snapshot: Any) -> list[Any]:
    return list(snapshot["project"]["notebooks"][0]["blocks"])


def outputs_of(snapshot: Any) -> list[Any]:
    return [output for block in blocks_of(snapshot) for output in block.get("outputs", [])]


async def test_weekly_kpis_says_a_text_a_table_a_chart_and_a_number_for_the_region_it_is_given(ana: Visitor) -> None:
    run, snapshot = await ana.run_on_deepnote("weekly-kpis", detached=True, inputs={"region": "US", **SHORT})
    assert (run["status"], run["snapshotStatus"], run["error"]) == ("success", "available", None)
    kinds = {kind for output in outputs_of(snapshot) for kind in output.get("data", {})}
    assert {"text/markdown", "text/html", "text/plain", "image/png"} <= kinds
    table = next(o["data"] for o in outputs_of(snapshot) if "text/html" in o.get("data", {}))
    frame = table["application/vnd.deepnote.dataframe.v3+json"]
    assert (frame["row_count"], frame["column_count"], len(frame["rows"])) == (4, 4, 4)
    assert frame["rows"][0]["_deepnote_index_column"] == "02 Mar"
    assert "orders in US" in printed(snapshot)
    assert snapshot["execution"]["inputs"] == {"region": "US", **SHORT}
    _, elsewhere = await ana.run_on_deepnote("weekly-kpis", detached=True, inputs={"region": "EU", **SHORT})
    assert printed(elsewhere).splitlines()[-1] != printed(snapshot).splitlines()[-1]


async def test_a_detached_runs_ids_are_a_copys_and_lead_back_to_the_notebook(ana: Visitor) -> None:
    ana.stand_ins.shelf.add("copied", notebook("# Title", "print('hello')"))
    original = ana.stand_ins.shelf["copied"]
    run, snapshot = await ana.run_on_deepnote("copied", detached=True)
    assert (run["notebookId"], run["projectId"]) == (original.deepnote_id, original.project_id)
    assert snapshot["project"]["name"].startswith("Samples (detached ")
    assert snapshot["project"]["notebooks"][0]["id"] != original.deepnote_id
    found = [(block["id"], block["metadata"]["source_block_id"]) for block in blocks_of(snapshot)]
    assert [source for _, source in found] == [block.id for block in original.blocks]
    assert all(copied != source for copied, source in found)


async def test_a_failed_run_keeps_its_error_in_the_snapshot_alone(ana: Visitor) -> None:
    run, snapshot = await ana.run_on_deepnote("broken", detached=True)
    assert (run["status"], run["error"]) == ("error", None)
    (failed,) = [b for b in blocks_of(snapshot) if any(o["output_type"] == "error" for o in b.get("outputs", []))]
    assert failed is blocks_of(snapshot)[3]
    (error,) = failed["outputs"]
    assert (error["ename"], error["evalue"]) == ("KeyError", "'region'")
    assert "\x1b[" in "".join(error["traceback"])
    assert "Read 4 orders" in printed(snapshot)
    assert blocks_of(snapshot)[4]["outputs"] == []
    assert snapshot["execution"]["error"]["name"] == "KeyError"
    assert snapshot["execution"]["summary"]["blocksFailed"] == 1


async def test_a_live_run_changes_what_the_notebook_shows_and_a_detached_one_does_not(ana: Visitor) -> None:
    shown = ana.stand_ins.shelf.add("shown", notebook("print(6 * 7)"))
    page = "/deepnote" + shown.deepnote_path
    await ana.run_on_deepnote("shown", detached=True)
    assert "42" not in await ana.page(page)
    _, snapshot = await ana.run_on_deepnote("shown", detached=False)
    assert "<pre>42\n</pre>" in await ana.page(page)
    assert (snapshot["project"]["name"], blocks_of(snapshot)[0]["id"]) == ("Samples", shown.blocks[0].id)


async def test_blocks_run_in_the_order_of_the_request_and_know_the_inputs(ana: Visitor) -> None:
    steps = ana.stand_ins.shelf.add("steps", notebook("order = ['a']", "order.append('b')", "print(order)"))
    a, b, c = (block.id for block in steps.blocks)
    run, _ = await ana.run_on_deepnote("steps", blockIds=[b, a])
    assert run["status"] == "error"
    run, snapshot = await ana.run_on_deepnote("steps", blockIds=[a, b], runDependentBlocks=True)
    assert (run["status"], printed(snapshot)) == ("success", "['a', 'b']\n")
    run, snapshot = await ana.run_on_deepnote("steps", blockIds=[a, c])
    assert printed(snapshot) == "['a']\n"
    train = ana.stand_ins.shelf["slow-train"]
    chosen = [train.blocks[4].id, train.blocks[5].id]
    short = {"epochs": "3", "seconds": "0"}
    _, snapshot = await ana.run_on_deepnote("slow-train", blockIds=chosen, inputs=short)
    assert [line.split()[1] for line in printed(snapshot).splitlines()[1:]] == ["1/3", "2/3", "3/3"]


async def test_the_bearer_token_has_no_business_at_the_snapshots_origin(ana: Visitor) -> None:
    run, _ = await ana.run_on_deepnote("broken", detached=True)
    link = (await ana.deepnote_run(run["runId"], "downloadUrl"))["snapshotDownloadUrl"]
    assert link.startswith(ana.stand_ins.storage.origin)
    assert not link.startswith(ana.base)
    async with ana.http.get(link) as answer:
        assert answer.status == 200
        assert await answer.text() == run["snapshotContent"]
    async with ana.http.get(link, headers={"Authorization": "Bearer sandbox"}) as answer:
        assert answer.status == 400
    async with ana.http.get(link.replace("expires=", "expires=9")) as answer:
        assert answer.status == 403
    seen = [(one["authorization"], one["status"]) for one in (await ana.ledger())["downloads"]]
    assert seen == [(False, 200), (True, 400), (False, 403)]


async def test_a_snapshot_comes_late_and_until_then_its_content_is_empty(ana: Visitor) -> None:
    await ana.switch_on("deepnote", "late_snapshot", times=2)
    run, _ = await ana.run_on_deepnote("broken", detached=True)
    assert (run["status"], run["snapshotStatus"], run["snapshotContent"]) == ("error", "pending", "")
    again = await ana.deepnote_run(run["runId"], "downloadUrl")
    assert (again["snapshotStatus"], again["snapshotDownloadUrl"]) == ("pending", None)
    assert (await ana.deepnote_run(run["runId"]))["snapshotStatus"] == "available"


async def test_read_only_storage_takes_nothing_and_writable_storage_keeps_it(ana: Visitor) -> None:
    writes = "try:\n    open('kept.txt', 'a').write('x')\nexcept OSError as e:\n    print(e.strerror)"
    ana.stand_ins.shelf.add("writes", notebook(writes, "import os\nprint(os.path.exists('kept.txt'))"))
    _, snapshot = await ana.run_on_deepnote("writes", detached=True, detachedRunStorageMode="readonly")
    assert printed(snapshot) == "Read-only file system\nFalse\n"
    await ana.run_on_deepnote("writes", detached=True, detachedRunStorageMode="read_write")
    _, snapshot = await ana.run_on_deepnote("writes", detached=True, detachedRunStorageMode="readonly")
    assert printed(snapshot) == "Read-only file system\nTrue\n"


async def test_more_output_than_half_a_megabyte_becomes_a_notice(ana: Visitor) -> None:
    ana.stand_ins.shelf.add("talks", notebook("print('x' * 600_000)"))
    _, snapshot = await ana.run_on_deepnote("talks", detached=True)
    assert "over 512 KiB" in printed(snapshot)


async def test_dates_and_the_word_no_stand_without_quotes_as_the_vendor_writes_them(ana: Visitor) -> None:
    run, _ = await ana.run_on_deepnote("broken", detached=True, inputs={"region": "NO"})
    content = run["snapshotContent"]
    assert "\n    region: NO\n" in content
    assert yaml.load(content, yaml.BaseLoader)["execution"]["inputs"] == {"region": "NO"}
    assert f"startedAt: {run['createdAt'][:11]}" in content


async def test_a_kernel_that_dies_is_an_internal_error(ana: Visitor) -> None:
    ana.stand_ins.shelf.add("dies", notebook("print('so far')", "import os\nos._exit(1)"))
    run, snapshot = await ana.run_on_deepnote("dies", detached=True)
    assert (run["status"], run["error"]) == ("internal_error", {"message": "The kernel died"})
    assert printed(snapshot) == "so far\n"


async def test_a_run_can_be_stopped_on_its_page_and_its_outputs_can_be_seen_while_it_goes_on(ana: Visitor) -> None:
    train = ana.stand_ins.shelf["slow-train"]
    run_id = await ana.start_on_deepnote("slow-train", inputs={"seconds": "150", "epochs": "150"})
    page = f"/deepnote{train.deepnote_path}?secondary-sidebar=runs"
    seen = await until(lambda: ana.page(page), lambda text: "epoch 1/150" in text)
    assert f"?stop={run_id}" in seen
    assert (await ana.deepnote_run(run_id))["status"] == "running"
    async with ana.http.post(f"{ana.base}/deepnote{train.deepnote_path}?stop={run_id}") as answer:
        assert (answer.status, str(answer.url)) == (200, ana.base + page)
    run = await until(lambda: ana.deepnote_run(run_id), lambda seen: seen["completedAt"] is not None)
    assert (run["status"], run["snapshotStatus"]) == ("stopped", "available")


@pytest.mark.parametrize("form", ["slug-{id}", "{id}", "r%C3%A9sum%C3%A9-{id}"])
async def test_every_form_of_a_notebooks_address_leads_to_its_page(ana: Visitor, form: str) -> None:
    for slug in ("weekly-kpis", "slow-train"):
        one = ana.stand_ins.shelf[slug]
        segment = form.format(id=one.deepnote_id)
        for path in (f"/project/{one.project_id}/notebook/{segment}", f"/workspace/w/project/p/notebook/{segment}"):
            assert one.name in await ana.page("/deepnote" + path)
    assert (await ana.download("/deepnote/project/p/notebook/nothing"))[0] == 404
