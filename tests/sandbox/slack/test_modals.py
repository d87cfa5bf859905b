"""A real Bolt app and its modals: submitted, answered, refused, closed, clicked in."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.slack.workspace import ANA, DATA, TEAM
from tests.sandbox.slack.forms import choose, field, modal, options, press, says
from tests.sandbox.slack.stage import staged

Json = dict[str, Any]
TROUBLE = "We had some trouble connecting. Try again?"


async def test_a_form_is_opened_filled_in_and_submitted() -> None:
    async with staged() as stage:
        view = await stage.opens(modal("Run", field("Region"), private_metadata="run 142"))
        outcome = await stage.slack.submits("ana", {"Region": "EU"})

        assert (outcome.ok, outcome.response_action) == (True, "close")
        assert stage.slack.modal("ana") is None
        body = stage.last
        assert (body["type"], body["user"]["id"], body["team"]["id"]) == ("view_submission", ANA, TEAM)
        assert (body["view"]["id"], body["view"]["private_metadata"]) == (view.id, "run 142")
        assert body["view"]["state"]["values"] == {"Region": {"in": {"type": "plain_text_input", "value": "EU"}}}
        assert body["response_urls"] == []
        assert not {"channel", "message", "response_url", "container"} & body.keys()


async def test_errors_keep_the_form_open_on_their_fields() -> None:
    async with staged() as stage:
        await stage.opens(modal("Run", field("Region")))
        stage.answer = {"response_action": "errors", "errors": {"Region": "There is no such region."}}
        outcome = await stage.slack.submits("ana", {"Region": "EUU"})
        assert (outcome.response_action, outcome.errors) == ("errors", {"Region": "There is no such region."})

        stage.answer = {}
        assert (await stage.slack.submits("ana", {"Region": "EU"})).response_action == "close"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"response_action": "errors", "errors": {"Area": "?"}}, "invalid_errors", "no input block is called Area"),
        ({"response_action": "errors", "errors": {"note": "?"}}, "invalid_errors", "no input block is called note"),
        ({"response_action": "errors", "errors": {"Region": ""}}, "invalid_errors", "must be a string"),
        ({"response_action": "update", "view": modal("x" * 25)}, "invalid_arguments", "less than 25 characters"),
        ({"response_action": "push", "view": {"type": "home", "blocks": []}}, "invalid_arguments", "unsupported type"),
        ({"response_action": "shut"}, "invalid_response_action", ""),
    ],
)
async def test_an_answer_that_slack_cannot_take_is_trouble(answer: Json, error: str, words: str) -> None:
    async with staged() as stage:
        await stage.opens(modal("Run", field("Region"), says("note")))
        stage.answer = answer
        outcome = await stage.slack.submits("ana", {"Region": "EU"})
        assert (outcome.ok, outcome.error, outcome.text) == (False, error, TROUBLE)
        assert words in (stage.slack.ledger.deliveries("interactive")[-1].error or "")
        assert stage.slack.modal("ana") is not None


async def test_an_app_that_does_not_answer_is_trouble() -> None:
    async with staged(ack_seconds=0.3) as stage:
        await stage.opens(modal("Run", field("Region")))
        stage.slack.sockets.withheld = 1
        outcome = await stage.slack.submits("ana", {"Region": "EU"})
        assert (outcome.error, outcome.text) == ("dispatch_failed", TROUBLE)
        assert (await stage.slack.submits("ana")).response_action == "close"  # what was typed is still there


async def test_the_answer_can_update_push_and_clear() -> None:
    async with staged() as stage:
        first = await stage.opens(modal("One", field("Name")))
        stage.answer = {"response_action": "update", "view": modal("Uno", field("Name"))}
        updated = await stage.slack.submits("ana", {"Name": "x"})
        assert updated.view is first
        assert (first.title, first.values["Name"]["in"]["value"]) == ("Uno", "x")

        stage.answer = {"response_action": "push", "view": modal("Two")}
        pushed = (await stage.slack.submits("ana")).view
        assert pushed is not None
        assert (pushed.root, pushed.previous, stage.slack.modal("ana")) == (first.id, first.id, pushed)

        stage.answer = {}
        assert (await stage.slack.submits("ana")).response_action == "close"
        assert stage.slack.modal("ana") is first

        stage.answer = {"response_action": "push", "view": modal("Two")}
        await stage.slack.submits("ana")
        stage.answer = {"response_action": "clear"}
        assert (await stage.slack.submits("ana")).response_action == "clear"
        assert stage.slack.modal("ana") is None


async def test_a_fourth_view_cannot_be_pushed_by_an_answer() -> None:
    async with staged() as stage:
        await stage.opens(modal("One"))
        stage.answer = {"response_action": "push", "view": modal("Next")}
        outcomes = [await stage.slack.submits("ana") for _ in range(3)]
        assert [each.error for each in outcomes] == [None, None, "push_limit_reached"]


async def test_a_click_can_push_the_next_view_once() -> None:
    async with staged() as stage:
        first = await stage.opens(modal("One", press("More")))
        await stage.slack.acts_in_view("ana", "More")
        push = stage.house.client.views_push
        await push(trigger_id=stage.last["trigger_id"], view=modal("Two"))
        assert (await stage.slack.sees("ana", "Two")).previous == first.id
        with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
            await push(trigger_id=stage.last["trigger_id"], view=modal("Three"))


FIELDS: list[tuple[Json, Any, str]] = [
    (field("F"), None, "Please complete this required field."),
    (field("F"), "", "Please complete this required field."),
    (field("F", min_length=3), "ab", "Please enter at least 3 characters."),
    (field("F", max_length=3), "abcd", "Please enter no more than 3 characters."),
    (field("F", "number_input", is_decimal_allowed=True), "much", "Please enter a number."),
    (field("F", "number_input", is_decimal_allowed=False), "1.5", "Please enter a whole number."),
    (
        field("F", "number_input", is_decimal_allowed=True, min_value="0.5"),
        "0.4",
        "Please enter a number of 0.5 or more.",
    ),
    (
        field("F", "number_input", is_decimal_allowed=False, max_value="10"),
        "11",
        "Please enter a number of 10 or less.",
    ),
    (field("F", "email_text_input"), "ana", "Please enter a valid email address."),
    (field("F", "url_text_input"), "ana", "Please enter a valid URL."),
    (field("F", "static_select", options=options("a")), None, "Please complete this required field."),
    (field("F", "checkboxes", options=options("a")), [], "Please complete this required field."),
    (
        field("F", "multi_static_select", options=options("a", "b"), max_selected_items=1),
        ["a", "b"],
        "Please choose no more than 1 items.",
    ),
    (field("F", "datepicker"), None, "Please complete this required field."),
]


@pytest.mark.parametrize(("block", "value", "words"), FIELDS)
async def test_what_slack_checks_itself_is_told_on_the_field_and_sent_to_nobody(
    block: Json, value: Any, words: str
) -> None:
    async with staged() as stage:
        await stage.opens(modal("Run", block))
        outcome = await stage.slack.submits("ana", {"F": value})
        assert (outcome.response_action, outcome.errors) == ("errors", {"F": words})
        assert stage.bodies == []


async def test_optional_fields_may_stay_empty() -> None:
    async with staged() as stage:
        blocks = [block | {"optional": True, "block_id": str(at)} for at, (block, _, _) in enumerate(FIELDS)]
        await stage.opens(modal("Run", *blocks))
        assert (await stage.slack.submits("ana")).response_action == "close"


async def test_a_chosen_conversation_brings_a_response_url() -> None:
    async with staged() as stage:
        where = field(
            "Post to", "conversations_select", response_url_enabled=True, default_to_current_conversation=True
        )
        await stage.opens(modal("Run", where, field("Note")))
        assert stage.slack.modal("ana").values["Post to"]["in"]["selected_conversation"] == DATA  # type: ignore[union-attr]
        await stage.slack.submits("ana", {"Note": "x"})
        [told] = stage.last["response_urls"]
        assert (told["block_id"], told["action_id"], told["channel_id"]) == ("Post to", "in", DATA)
        await AsyncWebhookClient(told["response_url"]).send(text="Done", response_type="in_channel")
        assert [each.text for each in stage.slack.messages("data")] == ["Done"]


async def test_only_conversations_that_a_person_sees_can_be_chosen() -> None:
    async with staged() as stage:
        public = field("Post to", "conversations_select", filter={"include": ["public"]})
        await stage.opens(modal("Run", public))
        for hidden in ("finance", "@ana", "old-reports"):
            assert (await stage.slack.submits("ana", {"Post to": hidden})).error == "no_such_action"
        assert (await stage.slack.submits("ana", {"Post to": "#general"})).ok


@pytest.mark.parametrize(
    ("parts", "everything", "closed"),
    [
        ({"notify_on_close": True}, False, [("Two", False)]),
        ({"notify_on_close": True}, True, [("Two", True), ("One", True)]),
        ({"notify_on_close": True, "clear_on_close": True}, False, [("Two", True), ("One", True)]),
        ({}, True, [("One", True)]),
    ],
)
async def test_leaving_is_told_where_the_view_asks_for_it(
    parts: Json, everything: bool, closed: list[tuple[str, bool]]
) -> None:
    async with staged() as stage:
        first = await stage.opens(modal("One", notify_on_close=True))
        stage.answer = {"response_action": "push", "view": modal("Two", **parts)}
        await stage.slack.submits("ana")
        await stage.slack.closes("ana", everything=everything)
        told = [each for each in stage.bodies if each["type"] == "view_closed"]
        assert [(each["view"]["title"]["text"], each["is_cleared"]) for each in told] == closed
        assert stage.slack.modal("ana") is (None if everything or "clear_on_close" in parts else first)


async def test_a_click_in_a_modal_knows_its_view_and_no_channel() -> None:
    async with staged() as stage:
        view = await stage.opens(modal("Run", field("Name"), press("Use mine")))
        await stage.slack.fills("ana", {"Name": "kpis"})
        assert (await stage.slack.acts_in_view("ana", "Use mine")).ok
        body = stage.last
        assert body["container"] == {"type": "view", "view_id": view.id}
        assert body["view"]["state"]["values"]["Name"]["in"]["value"] == "kpis"
        [action] = body["actions"]
        assert (action["action_id"], action["value"], action["type"]) == ("Use mine", "Use mine", "button")
        assert not {"channel", "message", "response_url", "state"} & body.keys()


async def test_a_field_sends_what_is_entered_only_where_it_says_so() -> None:
    async with staged() as stage:
        sending = {"dispatch_action": True}
        quiet = field("Quiet", "static_select", options=options("a"))
        loud = field("Loud", "static_select", options=options("a", "b"), block=sending)
        config = {"trigger_actions_on": ["on_character_entered"]}
        typed = field("Typed", dispatch_action_config=config, block=sending)
        view = await stage.opens(modal("Run", quiet, loud, typed, choose("static_select", "row", options=options("c"))))

        await stage.slack.fills("ana", {"Quiet": "A"})
        assert stage.bodies == []
        assert (await stage.slack.acts_in_view("ana", "Quiet", "A")).error == "not_dispatched"
        await stage.slack.fills("ana", {"Loud": "B", "row": "C"})
        assert [each["actions"][0]["selected_option"]["value"] for each in stage.bodies] == ["b", "c"]
        assert stage.values["Loud"]["in"]["selected_option"]["value"] == "b"

        ana, action = stage.slack.person("ana"), {"block_id": "Typed", "action_id": "in", "value": "k"}
        entered = await stage.slack.modals.act(ana, view.id, action, when="on_enter_pressed")
        assert entered.error == "not_dispatched"
        assert (await stage.slack.modals.act(ana, view.id, action, when="on_character_entered")).ok
        assert stage.last["actions"][0]["value"] == "k"
        assert stage.last["actions"][0]["type"] == "plain_text_input"


async def test_only_the_topmost_view_can_be_submitted_and_only_by_its_person() -> None:
    async with staged() as stage:
        below = await stage.opens(modal("One", press("Look")))
        stage.answer = {"response_action": "push", "view": modal("Two", submit=None)}
        del stage.answer["view"]["submit"]
        await stage.slack.submits("ana")
        ana, ben = stage.slack.person("ana"), stage.slack.person("ben")
        assert (await stage.slack.modals.submit(ana, below.id)).error == "view_not_found"
        assert (await stage.slack.submits("ana")).error == "not_submittable"
        assert (await stage.slack.modals.act(ben, below.id, {})).error == "view_not_found"
        with pytest.raises(LookupError, match="nothing in the view is called"):
            await stage.slack.acts_in_view("ana", "Look")


async def test_a_form_is_not_submitted_twice_while_it_waits() -> None:
    async with staged(ack_seconds=0.5) as stage:
        view = await stage.opens(modal("Run"))
        seen = []

        @stage.app.middleware
        async def again(body: Json, next_: Any) -> None:
            if body["type"] == "view_submission":
                seen.append(await stage.slack.modals.submit(stage.slack.person("ana"), view.id))
            await next_()

        assert (await stage.slack.submits("ana")).ok
        assert [each.error for each in seen] == ["not_submittable"]
