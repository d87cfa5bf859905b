"""External selects: what is typed is asked of the app, in modals, on the Home tab and in messages."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck

from bot.sandbox.slack.workspace import ANA, DATA
from tests.sandbox.slack.forms import choose, field, home, modal, options, plain
from tests.sandbox.slack.stage import ANYTHING, Stage, staged

Json = dict[str, Any]
FAILED = "Something went wrong while loading options."
NOTEBOOKS = ("weekly-kpis", "weekly-costs", "churn")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """An app that offers the notebooks whose names begin with what was typed."""
    async with staged(ack_seconds=0.5) as here:

        @here.app.options(ANYTHING)
        async def offer(ack: AsyncAck, body: Json) -> None:
            here.bodies.append(body)
            found = options(*(each for each in NOTEBOOKS if each.startswith(body["value"].lower())))
            await ack(**(here.answer or {"options": found}))

        yield here


async def test_what_is_typed_in_a_modal_is_asked_and_the_answer_can_be_picked(stage: Stage) -> None:
    view = await stage.opens(modal("Run", field("Notebook", "external_select"), field("Note")))
    await stage.slack.fills("ana", {"Note": "x"})
    assert (await stage.slack.suggests("ana", "Notebook", "we")).words == []  # three characters, unless it says less
    assert stage.bodies == []
    offered = await stage.slack.suggests("ana", "Notebook", "week")
    assert offered.words == ["WEEKLY-KPIS", "WEEKLY-COSTS"]
    body = stage.last
    assert (body["type"], body["block_id"], body["action_id"], body["value"]) == (
        "block_suggestion",
        "Notebook",
        "in",
        "week",
    )
    assert body["container"] == {"type": "view", "view_id": view.id}
    assert body["view"]["state"]["values"]["Note"]["in"]["value"] == "x"
    assert not {"channel", "message"} & body.keys()

    await stage.slack.submits("ana", {"Notebook": "WEEKLY-COSTS"})
    assert stage.values["Notebook"]["in"]["selected_option"]["value"] == "weekly-costs"


async def test_an_option_that_was_never_offered_cannot_be_picked(stage: Stage) -> None:
    view = await stage.opens(modal("Run", field("Notebook", "external_select", block={"dispatch_action": True})))
    action = {"block_id": "Notebook", "action_id": "in", "selected_option": options("secret")[0]}
    assert (await stage.slack.modals.act(stage.slack.person("ana"), view.id, action)).error == "no_such_action"
    with pytest.raises(LookupError, match="no option 'secret'"):
        await stage.slack.fills("ana", {"Notebook": "secret"})
    assert (await stage.slack.fills("ana", {"Notebook": "churn"})).ok
    assert stage.last["actions"][0]["selected_option"]["value"] == "churn"


async def test_a_select_may_ask_before_anything_is_typed(stage: Stage) -> None:
    await stage.opens(modal("Run", field("Notebook", "multi_external_select", min_query_length=0)))
    assert len((await stage.slack.suggests("ana", "Notebook", "")).words) == 3
    await stage.slack.submits("ana", {"Notebook": ["churn", "weekly-kpis"]})
    assert [each["value"] for each in stage.values["Notebook"]["in"]["selected_options"]] == ["churn", "weekly-kpis"]


async def test_options_can_come_in_groups(stage: Stage) -> None:
    await stage.opens(modal("Run", field("Notebook", "external_select")))
    stage.answer = {"option_groups": [{"label": plain("Recent"), "options": options("churn")}]}
    offered = await stage.slack.suggests("ana", "Notebook", "chu")
    assert offered.words == ["CHURN"]
    [group] = offered.as_json()["option_groups"]
    assert group["label"] == plain("Recent") | {"emoji": True}
    assert (await stage.slack.fills("ana", {"Notebook": "churn"})).ok


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"options": options(*map(str, range(101)))}, "no more than 100 items"),
        ({"options": options("x" * 76)}, "must be less than 76 characters"),
        ({"options": [{"text": {"type": "mrkdwn", "text": "x"}, "value": "x"}]}, "unsupported type: mrkdwn"),
        ({"option_groups": [{"label": plain("g"), "options": []}]}, "no less than 1 items"),
    ],
)
async def test_an_answer_that_slack_cannot_take_shows_nothing(stage: Stage, answer: Json, words: str) -> None:
    await stage.opens(modal("Run", field("Notebook", "external_select")))
    stage.answer = answer
    offered = await stage.slack.suggests("ana", "Notebook", "week")
    assert (offered.words, offered.error) == ([], FAILED)
    assert words in (stage.slack.ledger.deliveries("interactive")[-1].error or "")


async def test_an_answer_that_comes_too_late_shows_nothing(stage: Stage) -> None:
    await stage.opens(modal("Run", field("Notebook", "external_select")))
    stage.slack.sockets.withheld = 1
    offered = await stage.slack.suggests("ana", "Notebook", "week")
    assert offered.as_json() == {"options": [], "error": FAILED}


async def test_a_message_has_external_selects_too(stage: Stage) -> None:
    client = stage.house.client
    await client.chat_postMessage(channel=DATA, text="Card", blocks=[choose("external_select", "which")])
    [card] = stage.slack.messages("data")
    assert (await stage.slack.suggests("ana", "which", "chu", card)).words == ["CHURN"]
    assert stage.last["message"]["ts"] == card.ts
    action = {"block_id": "row of which", "action_id": "which", "selected_option": {"value": "churn"}}
    assert (await stage.slack.act("ben", "data", card.ts, action)).error == "no_such_action"  # Ben was offered nothing
    assert (await stage.slack.act("ana", "data", card.ts, action)).ok
    assert stage.last["actions"][0]["selected_option"]["text"]["text"] == "CHURN"


async def test_the_home_tab_has_them_too(stage: Stage) -> None:
    await stage.house.client.views_publish(user_id=ANA, view=home(choose("external_select", "which")))
    view = await stage.slack.sees_home("ana")
    ana, asked = stage.slack.person("ana"), {"block_id": "row of which", "action_id": "which", "value": "chu"}
    assert (await stage.slack.modals.suggest(ana, view.id, asked)).words == ["CHURN"]
    assert (await stage.slack.acts_in_home("ana", "which", "CHURN")).ok
    assert stage.last["view"]["type"] == "home"
