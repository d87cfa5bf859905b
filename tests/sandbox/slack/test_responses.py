"""response_url: five uses in thirty minutes, ephemeral unless told otherwise, and no membership needed."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack import SlackStandIn
from bot.sandbox.slack.workspace import ANA, DATA, LEADERS
from tests.sandbox.slack.conftest import MANIFEST, House, running, section


def webhook(house: House, channel: str = DATA) -> AsyncWebhookClient:
    """A response_url that Ana's command caused in this channel."""
    return AsyncWebhookClient(house.slack.responses.issue(channel, ANA))


async def test_it_can_be_used_five_times(house: House) -> None:
    hook = webhook(house)
    for number in range(5):
        assert (await hook.send(text=str(number))).status_code == 200
    refused = await hook.send(text="5")
    assert (refused.status_code, "used_url" in refused.body) == (404, True)
    assert [each.text for each in house.slack.messages("data", as_="ana")] == list("01234")
    assert house.slack.messages("data", as_="ben") == []


async def test_it_lasts_thirty_minutes() -> None:
    now = [0.0]
    async with running(SlackStandIn(MANIFEST, clock=lambda: now[0])) as house:
        hook = webhook(house)
        now[0] = 1800.0
        assert (await hook.send(text="in time")).status_code == 200
        now[0] = 1801.0
        assert (await hook.send(text="late")).status_code == 404


async def test_it_works_where_the_bot_is_not(house: House) -> None:
    assert (await webhook(house, LEADERS).send(text="hi", response_type="in_channel")).status_code == 200
    assert [each.text for each in house.slack.messages("leaders")] == ["hi"]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x", "response_type": "loud"}, "invalid_arguments"),
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"delete_original": True}, "message_not_found"),
    ],
)
async def test_what_slack_would_refuse_is_refused(house: House, sent: dict[str, Any], error: str) -> None:
    refused = await webhook(house).send_dict(sent)
    assert (refused.status_code, error in refused.body) == (400, True)
    assert house.slack.ledger.calls("response_url")[0].error == error


async def test_a_reply_on_the_ack_is_checked_too(house: House) -> None:
    app = house.app()

    @app.command("/notebook")
    async def notebook(ack: AsyncAck) -> None:
        await ack(text="x", blocks=[section("x" * 3001)])

    @app.command("/deepnote")
    async def deepnote(ack: AsyncAck) -> None:
        await ack(text="For all", response_type="in_channel")

    await house.connect(app)
    outcome = await house.slack.say("ana", "data", "/notebook help")
    assert outcome.text == '/notebook failed with the error "invalid_blocks"'
    assert (await house.slack.say("ana", "data", "/deepnote help")).ok
    assert [each.text for each in house.slack.messages("data")] == ["For all"]
