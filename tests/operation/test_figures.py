"""/metrics, read as Prometheus reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open_metrics
from prometheus_client.parser import text_string_to_metric_families as read

from bot.metrics import Metrics
from bot.model import Platform, State
from bot.slack.budget import Budget

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from tests.endtoend.chat import Chat

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNITS = ("seconds", "bytes", "info", "calls", "sockets", "runs", "total", "up", "held", "undelivered", "fds")
"""What a name may end with, as far as it isn't a counter's."""
MOST_SERIES = 60
"""Of one family: labels have few values."""


async def page(chat: Chat, accept: str = "") -> str:
    assert chat.bot.web is not None
    url = f"http://127.0.0.1:{chat.bot.web.port}/metrics"
    async with chat.http.get(url, headers={"Accept": accept} if accept else {}) as answer:
        assert answer.status == 200
        return await answer.text()


async def families(chat: Chat) -> dict[str, Metric]:
    return {family.name: family for family in read(await page(chat))}


def values(family: Metric, name: str = "", **labels: str) -> list[float]:
    """The samples of a family that have these labels."""
    wanted = labels.items()
    return [each.value for each in family.samples if each.name == (name or each.name) and wanted <= each.labels.items()]


async def test_it_tells_of_runs_calls_and_how_late_their_ends_were_noticed(chat: Chat, room: str) -> None:
    chat.breaks("datalore", "503", "GET /api/run", times=1)
    for slug in ("memo", "brief"):
        await (await chat.runs("ana", room, f"/notebook run {slug}")).ends()
    assert chat.bot.web is not None
    chat.bot.web._fresh_until = 0.0  # the rows were counted before
    seen = await families(chat)
    assert values(seen["threadbook_runs"], platform="datalore", state="succeeded") == [1]
    assert values(seen["threadbook_runs"], platform="deepnote", state="succeeded") == [1]
    calls = seen["threadbook_api_calls"]
    total = "threadbook_api_calls_total"
    assert values(calls, total, api="deepnote", method="POST /v2/runs", outcome="ok") == [1]
    assert values(calls, total, api="datalore", method="POST /api/run/v1/notebook", outcome="ok") == [1]
    assert values(calls, total, api="datalore", method="GET /api/run/v1/{id}", outcome="failed") == [1]
    [posted] = values(calls, total, api="slack", method="chat.postMessage", outcome="ok")
    assert posted == len([call for call in chat.slack.calls("chat.postMessage") if call.ok])
    for platform in ("datalore", "deepnote"):
        assert values(
            seen["threadbook_end_noticed_seconds"], "threadbook_end_noticed_seconds_count", platform=platform
        ) == [1]
        [lag] = values(seen["threadbook_end_noticed_seconds"], "threadbook_end_noticed_seconds_sum", platform=platform)
        assert 0 <= lag < 20
        late = seen["threadbook_step_lateness_seconds"]
        assert values(late, "threadbook_step_lateness_seconds_count", platform=platform)[0] >= 2
    assert values(seen["threadbook_slack_sockets"]) == [2]
    assert values(seen["threadbook_workspaces_taken"]) == [1]
    assert values(seen["threadbook_database_up"]) == [1]
    assert values(seen["threadbook_build_info"]) == [1]


async def test_slacks_rate_limits_are_counted(chat: Chat, room: str) -> None:
    chat.slack.faults.set("chat.update", "429", retry_after=0)
    await (await chat.runs("ana", room, "/notebook run memo")).ends()
    counted = (await families(chat))["threadbook_api_calls"]
    assert values(counted, "threadbook_api_calls_total", api="slack", method="chat.update", outcome="ratelimited") == [
        1
    ]


async def test_calls_that_wait_for_slacks_budget_are_told(chat: Chat) -> None:
    budget = chat.bot._budget
    budget.refused("chat.unfurl", 60)
    waiting = [budget.ticket("chat.unfurl", 0) for _ in range(2)]
    assert values((await families(chat))["threadbook_slack_queue_calls"]) == [2]
    for ticket in waiting:
        ticket.ready.cancel()
    assert values((await families(chat))["threadbook_slack_queue_calls"]) == [0]


async def test_names_and_labels_are_as_prometheus_wants_them(chat: Chat) -> None:
    """What `promtool check metrics` would say, and that no label could have a value for each run."""
    text = await page(chat)
    assert len(set(re.findall(r"# HELP (\S+)", text))) == len(re.findall(r"# HELP (\S+)", text))
    for name, family in (await families(chat)).items():
        assert family.documentation, name
        assert family.type in ("counter", "gauge", "histogram"), name
        assert re.fullmatch(r"(threadbook|process)_[a-z_]+", name)
        assert family.type == "counter" or name.endswith(UNITS), name
        assert not re.search(r"milliseconds|minutes|hours|kilobytes|_(gauge|counter|histogram)$", name)
        if family.type == "counter":
            assert {each.name for each in family.samples} == {f"{name}_total"}, name
        assert len(family.samples) <= MOST_SERIES * (len(family.samples[0].labels) + 10)
        for label, value in {item for each in family.samples for item in each.labels.items()}:
            assert label in {"api", "method", "outcome", "platform", "state", "reason", "what", "le"} | (
                {"version", "python"} if name == "threadbook_build_info" else set()
            )
            if label != "le" and name != "threadbook_build_info":
                assert re.fullmatch(r"[A-Za-z_./{} ]+|.* /(\w+/)*v[12]/[A-Za-z_/{}]+", value), value


async def test_open_metrics_can_be_had_too(chat: Chat) -> None:
    text = await page(chat, "application/openmetrics-text; version=1.0.0")
    assert "threadbook_runs" in {family.name for family in read_open_metrics(text)}  # type: ignore[no-untyped-call]


async def test_the_rows_are_not_counted_for_everybody_who_asks(chat: Chat, room: str) -> None:
    assert chat.bot.web is not None
    chat.bot.web._fresh_until = 0.0
    before = values((await families(chat))["threadbook_runs"], state="succeeded")
    await (await chat.runs("ana", room, "/notebook run memo")).ends()
    assert values((await families(chat))["threadbook_runs"], state="succeeded") == before
    chat.bot.web._fresh_until = 0.0
    assert sum(values((await families(chat))["threadbook_runs"], state="succeeded")) == sum(before) + 1


async def test_two_bots_in_one_process_do_not_count_together() -> None:
    one, other = Metrics(), Metrics()
    one.claimed(3)
    one.rows({(Platform.DATALORE, State.RUNNING): 2})
    assert one.registry.get_sample_value("threadbook_runs_claimed_total") == 3
    assert other.registry.get_sample_value("threadbook_runs_claimed_total") == 0
    one.rows({})
    assert one.registry.get_sample_value("threadbook_runs", {"platform": "datalore", "state": "running"}) is None


async def test_waiting_for_slacks_budget_is_measured() -> None:
    budget = Budget({"chat.update": 1}, minute=0.2)
    for _ in range(2):
        await budget.take("chat.update", 0)
        with budget.made("chat.update"):
            pass
    figure = budget.metrics.registry.get_sample_value
    labels = {"api": "slack", "method": "chat.update"}
    assert figure("threadbook_budget_wait_seconds_count", labels) == 2
    assert 0.15 < (figure("threadbook_budget_wait_seconds_sum", labels) or 0) < 5
