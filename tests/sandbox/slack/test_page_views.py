"""The page's contract for shortcuts, modals, the Home tab, external selects and unfurled links."""

import json
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck

from bot.sandbox.slack.workspace import ANA, BEN, DATA
from tests.sandbox.slack.conftest import House, manifest_with
from tests.sandbox.slack.forms import choose, field, home, modal, options, press, says
from tests.sandbox.slack.stage import ANYTHING, staged
from tests.sandbox.slack.test_page import Browser, browser

Json = dict[str, Any]
MANIFEST = manifest_with(
    "links:read",
    "links:write",
    home=True,
    shortcuts=(("run", "global"), ("this", "message")),
    events=("app_home_opened", "link_shared"),
    domains=("deepnote.com",),
)


class News:
    """What one person's page is told."""

    def __init__(self, stream: aiohttp.ClientResponse) -> None:
        self.stream = stream

    async def next(self) -> Json:
        """The next event."""
        async for line in self.stream.content:
            if line.startswith(b"data: "):
                found: Json = json.loads(line[6:])
                return found
        raise EOFError


async def news_of(house: House, someone: Browser, viewers: int) -> News:
    stream = await house.open.enter_async_context(someone.session.get("/page/events", params={"as": someone.me}))
    await house.slack.wait_for(lambda: len(house.slack.page._viewers) == viewers)
    return News(stream)


def filled(value: str) -> Json:
    return {"values": {"Region": {"in": {"type": "plain_text_input", "value": value or None}}}}


async def test_the_state_lists_shortcuts_and_the_home_tab() -> None:
    async with staged(manifest=MANIFEST) as stage:
        state = await (await browser(stage.house, ANA)).get("state")
        assert state["shortcuts"][0] == {
            "callback_id": "run",
            "name": "run",
            "description": "run, from anywhere",
            "type": "global",
        }
        assert state["home"] is True


async def test_a_shortcut_opens_a_modal_that_only_its_person_is_told_of() -> None:
    async with staged(manifest=MANIFEST) as stage:
        ana, ben = await browser(stage.house, ANA), await browser(stage.house, BEN)
        hers, his = await news_of(stage.house, ana, 1), await news_of(stage.house, ben, 2)
        assert await ana.post("shortcut", callback_id="run") == {"ok": True}
        client, trigger = stage.house.client, stage.last["trigger_id"]
        view = (await client.views_open(trigger_id=trigger, view=modal("Loading")))["view"]
        await client.views_update(view_id=view["id"], view=modal("Run", field("Region", initial_value="EU")))
        await client.chat_postMessage(channel=DATA, text="For both")
        opened, updated, posted = [await hers.next() for _ in range(3)]
        assert (opened["type"], opened["do"], opened["view"]["title"]["text"]) == ("view", "open", "Loading")
        assert (updated["do"], updated["view"]["id"], posted["type"]) == ("update", view["id"], "message")
        assert updated["view"]["state"] == filled("EU")
        assert float(updated["view"]["hash"].rpartition(".")[0]) >= float(opened["view"]["hash"].rpartition(".")[0])
        assert (await his.next())["type"] == "message"
        refused = await ana.post("shortcut", callback_id="other")
        assert (refused["ok"], refused["text"]) == (False, "There is no such shortcut.")


async def test_a_message_shortcut_goes_by_its_message() -> None:
    async with staged(manifest=MANIFEST) as stage:
        ana = await browser(stage.house, ANA)
        await ana.post("say", channel=DATA, text="Look")
        [message] = stage.slack.messages("data")
        assert await ana.post("shortcut", callback_id="this", channel=DATA, message_ts=message.ts) == {"ok": True}
        assert stage.last["type"] == "message_action"
        gone = await ana.post("shortcut", callback_id="this", channel=DATA, message_ts="1.000001")
        assert gone["text"] == "This message is gone."


async def test_a_modal_is_submitted_with_what_the_page_shows() -> None:
    async with staged(manifest=MANIFEST) as stage:
        ana = await browser(stage.house, ANA)
        view = await stage.opens(modal("Run", field("Region", max_length=3)))

        async def submit(value: str) -> Json:
            found: Json = await ana.post("view/submit", view_id=view.id, state=filled(value))
            return found

        required = {"Region": "Please complete this required field."}
        assert await submit("") == {"ok": True, "response_action": "errors", "errors": required}
        assert (await submit("Europe"))["errors"] == {"Region": "Please enter no more than 3 characters."}
        assert stage.bodies == []
        stage.answer = {"response_action": "errors", "errors": {"Region": "No such region"}}
        assert (await submit("XX"))["errors"] == {"Region": "No such region"}
        stage.answer = {"response_action": "update", "view": modal("Sure?", field("Region"))}
        updated = await submit("EU")
        assert (updated["response_action"], updated["view"]["state"]) == ("update", filled("EU"))
        stage.answer = {"response_action": "push", "view": modal("More")}
        pushed = (await submit("EU"))["view"]
        assert (pushed["previous_view_id"], pushed["root_view_id"]) == (view.id, view.id)
        stage.answer = {}
        assert await ana.post("view/close", view_id=pushed["id"], all=False) == {"ok": True}
        assert await submit("US") == {"ok": True, "response_action": "close"}
        assert stage.values == filled("US")["values"]
        assert (await submit("US"))["text"] == "This view is gone."


async def test_a_page_that_makes_no_sense_is_refused() -> None:
    async with staged(manifest=MANIFEST) as stage:
        ana = await browser(stage.house, ANA)
        view = await stage.opens(modal("Run", field("Region")))
        assert (await ana.post("view/submit", view_id=view.id, state="EU"))["error"] == "state must have values"
        bad = {"values": {"Region": {"in": {"type": "plain_text_input", "value": 5}}}}
        assert (await ana.post("view/submit", view_id=view.id, state=bad))["ok"] is False
        assert (await ana.post("act", view_id=view.id))["error"] == "action must be an object"
        assert (await ana.post("view/close", view_id="V0NOWHERE"))["text"] == "This view is gone."
        assert (await ana.post("home", tab="about"))["error"] == "tab must be home or messages"
        nobody = await browser(stage.house, "U0NOBODY00")
        assert (await nobody.post("shortcut", callback_id="run"))["error"] == "user_not_found"


async def test_clicks_and_suggestions_in_a_modal() -> None:
    async with staged(manifest=MANIFEST) as stage:

        @stage.app.options(ANYTHING)
        async def offer(ack: AsyncAck, payload: Json) -> None:
            await ack(options=options(payload["value"]))

        ana = await browser(stage.house, ANA)
        view = await stage.opens(modal("Run", field("Region"), choose("external_select", "which"), press("Go")))
        asked = {"view_id": view.id, "block_id": "row of which", "action_id": "which"}
        assert await ana.post("suggest", **asked, value="ch") == {"options": []}
        [option] = (await ana.post("suggest", **asked, value="churn"))["options"]
        pick = {"type": "external_select", "block_id": "row of which", "action_id": "which", "selected_option": option}
        assert await ana.post("act", view_id=view.id, action=pick, state=filled("EU")) == {"ok": True}
        click = {"type": "button", "block_id": "row of Go", "action_id": "Go"}
        assert await ana.post("act", view_id=view.id, action=click, state=filled("US")) == {"ok": True}
        assert stage.values["Region"]["in"]["value"] == "US"
        assert stage.values["row of which"]["which"]["selected_option"]["value"] == "churn"
        gone = await ana.post("suggest", view_id="V0NOWHERE", block_id="a", action_id="b", value="churn")
        assert gone == {"options": [], "error": "This view is gone."}


async def test_the_home_tab_is_opened_fetched_and_clicked() -> None:
    async with staged(manifest=MANIFEST) as stage:
        client = stage.house.client

        @stage.app.event("app_home_opened")
        async def opened(event: Json) -> None:
            await client.views_publish(user_id=event["user"], view=home(says("Hello"), press("Run")))

        ana = await browser(stage.house, ANA)
        news = await news_of(stage.house, ana, 1)
        assert await ana.get("home") == {"view": None}
        assert await ana.post("home") == {"ok": True}
        told = await news.next()
        assert (told["type"], told["view"]["type"]) == ("home", "home")
        assert await ana.get("home") == {"view": told["view"]}
        click = {"type": "button", "block_id": "row of Run", "action_id": "Run"}
        assert await ana.post("act", view_id=told["view"]["id"], action=click) == {"ok": True}
        assert stage.last["view"]["id"] == told["view"]["id"]


async def test_a_page_without_a_home_tab() -> None:
    async with staged(manifest=manifest_with()) as stage:
        assert (await (await browser(stage.house, ANA)).post("home"))["error"] == "not_enabled"


async def test_an_unfurled_link_reaches_the_page() -> None:
    async with staged(manifest=MANIFEST) as stage:
        link = "https://deepnote.com/w/kpis"

        @stage.app.event("link_shared")
        async def shared(event: Json) -> None:
            unfurls = {link: {"blocks": [says("Weekly KPIs"), press("Run")]}}
            await stage.house.client.chat_unfurl(unfurl_id=event["unfurl_id"], source=event["source"], unfurls=unfurls)

        ana = await browser(stage.house, ANA)
        news = await news_of(stage.house, ana, 1)
        await ana.post("say", channel=DATA, text=link)
        assert "attachments" not in (await news.next())["message"]
        changed = await news.next()
        [attachment] = changed["message"]["attachments"]
        assert (changed["type"], attachment["from_url"], attachment["id"]) == ("changed", link, 1)
        click = {"type": "button", "block_id": "row of Run", "action_id": "Run"}
        ts = changed["message"]["ts"]
        assert await ana.post("act", channel=DATA, message_ts=ts, action=click) == {"ok": True}
        assert stage.last["container"]["is_app_unfurl"] is True
