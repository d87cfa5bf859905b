"""Rate limits and faults: who goes too fast is told to wait, and what is set to break breaks."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.errors import RateLimitedError
from bot.sandbox.slack.limits import POST_BURST, POSTS_A_MINUTE, RateLimits
from bot.sandbox.slack.workspace import DATA
from tests.sandbox.slack.conftest import MANIFEST, House, running


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def wait_after(limits: RateLimits, calls: int, method: str, tier: int | None, channel: str | None = None) -> int:
    """Make so many calls that pass, and one more that doesn't: the seconds it has to wait."""
    for _ in range(calls):
        limits.spend(method, tier, channel)
    with pytest.raises(RateLimitedError) as refused:
        limits.spend(method, tier, channel)
    return refused.value.retry_after


@pytest.mark.parametrize(("tier", "allowed"), [(1, 1), (2, 20), (3, 50), (4, 100)])
def test_each_tier_allows_its_calls_a_minute(tier: int, allowed: int) -> None:
    time = Time()
    limits = RateLimits(clock=time)
    assert wait_after(limits, allowed, "chat.update", tier) == 60
    time.now += 59.5
    with pytest.raises(RateLimitedError):
        limits.spend("chat.update", tier)
    time.now += 0.5
    limits.spend("chat.update", tier)


def test_methods_do_not_share_their_minute() -> None:
    limits = RateLimits(clock=Time())
    wait_after(limits, 50, "chat.update", 3)
    limits.spend("chat.delete", 3)


def test_a_channel_takes_a_burst_and_then_one_post_a_second() -> None:
    time = Time()
    limits = RateLimits(clock=time)
    assert wait_after(limits, POST_BURST, "chat.postMessage", None, "C1") == 1
    limits.spend("chat.postMessage", None, "C2")
    for _ in range(20):
        time.now += 1
        assert wait_after(limits, 1, "chat.postMessage", None, "C1") == 1


def test_a_workspace_takes_some_hundred_posts_a_minute() -> None:
    limits = RateLimits(clock=Time())
    for number in range(POSTS_A_MINUTE):
        limits.spend("chat.postMessage", None, f"C{number}")
    assert wait_after(limits, 0, "chat.postMessage", None, "another") == 60


def test_limits_can_be_scaled_or_turned_off() -> None:
    assert wait_after(RateLimits(0.1, Time()), 5, "chat.update", 3) == 60
    free = RateLimits(None, Time())
    for _ in range(1000):
        free.spend("chat.postMessage", 3, "C1")


async def test_over_http_it_is_a_429_with_retry_after(house: House) -> None:
    ts = (await house.client.chat_postMessage(channel=DATA, text="0"))["ts"]
    for number in range(50):
        await house.client.chat_update(channel=DATA, ts=ts, text=str(number))
    with pytest.raises(SlackApiError) as refused:
        await house.client.chat_update(channel=DATA, ts=ts, text="one too many")
    assert refused.value.response.status_code == 429
    assert 1 <= int(refused.value.response.headers["Retry-After"]) <= 60
    assert refused.value.response["error"] == "ratelimited"
    assert len(house.slack.ledger.refused("ratelimited")) == 1
    assert house.slack.messages("data")[0].text == "49"


async def test_faults_strike_as_often_as_told_and_then_it_works(house: House) -> None:
    post = house.client.chat_postMessage
    house.slack.faults.set("chat.postMessage", "429", retry_after=7)
    with pytest.raises(SlackApiError) as refused:
        await post(channel=DATA, text="a")
    assert refused.value.response.headers["Retry-After"] == "7"
    house.slack.faults.set("chat.postMessage", "500", skip=1)
    assert (await post(channel=DATA, text="b"))["ok"]
    with pytest.raises(SlackApiError) as broken:
        await post(channel=DATA, text="c")
    assert broken.value.response.status_code == 500
    house.slack.faults.set("chat.postMessage", "error:fatal_error")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await post(channel=DATA, text="d")
    assert [each.text for each in house.slack.messages("data")] == ["b"]


async def test_a_lost_reply_was_done_and_a_refused_connection_was_not(house: House) -> None:
    house.client.retry_handlers.clear()
    for fault, texts in (("refuse", []), ("lost_reply", ["posted"])):
        house.slack.faults.set("chat.postMessage", fault)
        with pytest.raises(aiohttp.ClientError):
            await house.client.chat_postMessage(channel=DATA, text="posted")
        assert [each.text for each in house.slack.messages("data")] == texts
    assert [call.fault for call in house.slack.calls()] == ["refuse", "lost_reply"]


async def test_a_slow_call_is_late_but_done(house: House) -> None:
    house.slack.faults.set("chat.postMessage", "slow", seconds=0.2)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(house.client.chat_postMessage(channel=DATA, text="late"), 0.05)
    assert house.slack.messages("data") == []
    await house.slack.wait_for(lambda: [each.text for each in house.slack.messages("data")] == ["late"])


async def test_faults_and_the_ledger_are_reached_over_http(house: House) -> None:
    base = house.slack.base_url
    async with aiohttp.ClientSession() as session:
        fault = {"method": "auth.test", "fault": "error:account_inactive"}
        async with session.post(f"{base}/slack/faults", json=fault) as reply:
            assert await reply.json() == {"ok": True}
        async with session.post(f"{base}/slack/faults", json={"method": "x", "fault": "odd"}) as reply:
            assert reply.status == 400
        with pytest.raises(SlackApiError, match="account_inactive"):
            await house.client.auth_test()
        await house.client.auth_test()
        async with session.get(f"{base}/slack/ledger", params={"method": "auth.test"}) as reply:
            calls = (await reply.json())["calls"]
    assert [call["error"] for call in calls] == ["account_inactive", None]


async def test_memory_is_bounded() -> None:
    async with running(SlackStandIn(MANIFEST, most_messages=10, rate_scale=None)) as house:
        first = (await house.client.chat_postMessage(channel=DATA, text="0"))["ts"]
        for number in range(1, 12):
            await house.client.chat_postMessage(channel=DATA, text=str(number))
        assert len(house.slack.messages("data")) == 10
        with pytest.raises(SlackApiError, match="message_not_found"):
            await house.client.chat_update(channel=DATA, ts=first, text="x")
