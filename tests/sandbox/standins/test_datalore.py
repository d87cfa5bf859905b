"""Datalore's Run API, with real kernels where a notebook runs."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import nbformat
import pytest
import pytest_asyncio

from bot.sandbox import ipynb

from .house import Visitor, notebook, until, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

START = "/datalore/api/run/v1/notebook"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ana() -> AsyncIterator[Visitor]:
    async with visiting() as visitor:
        visitor.stand_ins.shelf.add("seen", notebook("# Only seen"), view_only=True)
        visitor.stand_ins.shelf.add("text", notebook("# Only text"))
        visitor.stand_ins.shelf.add(
            "writes",
            notebook("import os\nprint(sorted(os.listdir()))", "open('100% of it #1.csv', 'w').write('a,b')"),
        )
        yield visitor


async def refused(ana: Visitor, **body: Any) -> tuple[int, str]:
    status, answer = await ana.ask("POST", START, {"notebookId": "ana/weekly-kpis", **body})
    assert set(answer) == {"error"}
    return status, answer["error"]


async def test_what_is_malformed_is_400(ana: Visitor) -> None:
    malformed: list[dict[str, Any]] = [
        {"notebookId": 5},
        {"updateReport": "always"},
        {"directFileStorageWrite": "true"},
        {"parameters": {"region": "EU"}},
        {"parameters": [{"name": "region"}]},
        {"parameters": [{"name": "weeks", "value": 8}]},
        {"parameters": [{"name": "area", "value": "EU"}]},
        {"parameters": [{"name": "weeks", "value": "many"}]},
        {"parameter": []},
    ]
    for body in malformed:
        assert (await refused(ana, **body))[0] == 400, body
    headers = {"Authorization": "Bearer sandbox"}
    async with ana.http.post(ana.base + START, data='{"notebookId": "ana/text"}', headers=headers) as answer:
        assert answer.status == 400
    assert (await ana.ledger())["starts"] == []


async def test_tokens_sharing_and_ids_are_refused_by_their_own_status(ana: Visitor) -> None:
    assert (await ana.ask("POST", START, {"notebookId": "ana/text"}, token=None))[0] == 401
    assert (await ana.ask("GET", "/datalore/api/run/v1/x", token="wrong"))[0] == 401
    assert await refused(ana, notebookId="ana/seen") == (403, "You have view-only access to this notebook")
    assert (await refused(ana, notebookId="ana/nothing"))[0] == 404
    assert (await ana.ask("GET", "/datalore/api/run/v1/nothing"))[0] == 404


async def test_a_run_leaves_the_executed_notebook_and_its_files(ana: Visitor) -> None:
    given = [
        {"name": "region", "value": "APAC"},
        {"name": "weeks", "value": "4"},
        {"name": "channels", "value": ["Web", "Store"]},
        {"name": "include_returns", "value": "false"},
    ]
    run = await ana.run_on_datalore("weekly-kpis", parameters=given, updateReport="on success")
    assert (run["success"], run["updateReport"], run["directFileStorageWrite"]) == (True, "on success", False)
    assert (run["notebookId"], run["userId"], run["readOnly"]) == ("ana/weekly-kpis", "ana", False)
    assert datetime.fromisoformat(run["startTime"]) <= datetime.fromisoformat(run["endTime"])
    assert "status" not in run
    assert [one["name"] for one in run["artifacts"]] == ["Weekly KPIs.ipynb", "orders by region.csv"]
    assert (await ana.artifact(run, "orders by region.csv")).startswith(b"week,APAC,EU,US\n")
    executed = ipynb.read((await ana.artifact(run, "Weekly KPIs.ipynb")).decode())
    nbformat.validate(executed)
    texts = [o.text for cell in executed.cells for o in cell.get("outputs", []) if o.output_type == "stream"]
    assert "orders in APAC" in texts[0]
    assert texts[0].endswith("by Web, Store\n")
    assert any("image/png" in o.get("data", {}) for cell in executed.cells for o in cell.get("outputs", []))


async def test_artifacts_need_the_token_and_their_whole_path(ana: Visitor) -> None:
    run = await ana.run_on_datalore("writes")
    path = next(one["path"] for one in run["artifacts"] if one["name"].endswith(".csv"))
    assert path == f"/notebook/ana/writes/artifacts/{run['runId']}/100% of it #1.csv"
    status, kind, content = await ana.download("/datalore" + quote(path))
    assert (status, kind, content) == (200, "text/csv", b"a,b")
    assert (await ana.ask("GET", "/datalore" + quote(path), token=None))[0] == 401
    assert (await ana.download("/datalore" + quote(path.replace("writes", "text"))))[0] == 404
    assert (await ana.download("/datalore" + quote(path + "x")))[0] == 404


async def test_direct_writes_go_to_the_notebooks_files_where_the_next_run_finds_them(ana: Visitor) -> None:
    def listed(artifact: bytes) -> str:
        return str(ipynb.read(artifact.decode()).cells[0].outputs[0].text)

    ana.stand_ins.shelf.add("keeps", notebook("import os\nprint(os.listdir())", "open('k.txt', 'w').write('k')"))
    first = await ana.run_on_datalore("keeps", directFileStorageWrite=True)
    assert [one["name"] for one in first["artifacts"]] == ["keeps.ipynb"]
    assert listed(await ana.artifact(first, "keeps.ipynb")) == "[]\n"
    second = await ana.run_on_datalore("keeps")
    assert listed(await ana.artifact(second, "keeps.ipynb")) == "['k.txt']\n"


async def test_a_failed_run_has_ended_without_success_and_keeps_what_it_said(ana: Visitor) -> None:
    run = await ana.run_on_datalore("broken")
    assert run["success"] is False
    executed = ipynb.read((await ana.artifact(run, "Broken orders.ipynb")).decode())
    assert executed.cells[2].outputs[0].text.startswith("Read 4 orders")
    assert executed.cells[3].outputs[0].ename == "KeyError"
    assert executed.cells[4].outputs == []


async def test_while_it_runs_it_has_a_status_and_no_end(ana: Visitor) -> None:
    order = {"notebookId": "ana/slow-train", "parameters": [{"name": "seconds", "value": "300"}]}
    _, started = await ana.ask("POST", START, order)
    run = await until(lambda: ana.datalore_run(started["runId"]), lambda seen: seen["status"] == "RUNNING")
    assert not {"endTime", "success"} & set(run)
    assert run["artifacts"] == []
    page = f"{ana.base}/datalore/notebook/ana/slow-train"
    async with ana.http.post(f"{page}?stop={started['runId']}") as answer:
        assert (answer.status, str(answer.url)) == (200, page)
    assert (await ana.ended_on_datalore(started["runId"]))["success"] is False


async def test_an_interactive_run_shows_in_the_notebook_and_has_no_id(ana: Visitor) -> None:
    ana.stand_ins.shelf.add("live", notebook("print(6 * 7)"))
    for notebook_id, status in (("ana/live", 200), ("ana/seen", 403), ("ana/nothing", 404)):
        body = {"notebookId": notebook_id}
        assert (await ana.ask("POST", "/datalore/api/computation/v1/notebook", body))[0] == status
    await until(lambda: ana.page("/datalore/notebook/ana/live/"), lambda page: "<pre>42\n</pre>" in page)
    (start,) = [one for one in (await ana.ledger())["starts"] if one["notebook"] == "live"]
    assert (start["how"], start["runId"]) == ("interactive", None)
