"""Forms for tests of the page, and an app that opens them and keeps what comes back."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Locator, Page
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.workspace import ANA, DATA
from tests.sandbox.conftest import Visit

Json = dict[str, Any]


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": True}


def option(words: str, value: str = "") -> Json:
    return {"text": plain(words), "value": value or words}


def field_of(block_id: str, label: str, kind: str, *, optional: bool = False, **element: Any) -> Json:
    """An input block that holds one element, called `value`."""
    more = {"optional": True} if optional else {}
    more |= {"dispatch_action": True} if element.pop("dispatches", False) else {}
    held = {"type": kind, "action_id": "value", **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": held, **more}


def form(*blocks: Json, title: str = "Run Weekly KPIs", **more: Any) -> Json:
    """A modal with a Run button."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Run"),
        "blocks": list(blocks),
        **more,
    }


@dataclass
class Desk:
    """An app that opens `view` on /notebook and on the shortcut `run`.

    It answers submissions with `answers` in turn, and closes the form when there are none left. `values` are what
    was submitted, `heard` the payloads of clicks, closings and events.
    """

    view: Json
    answers: list[Json] = field(default_factory=list)
    values: list[Json] = field(default_factory=list)
    heard: list[Json] = field(default_factory=list)
    view_id: str = ""

    def listen(self, app: AsyncApp) -> None:
        """Hang everything on the app."""
        app.command("/notebook")(self.open)
        app.shortcut("run")(self.open)
        app.view("form")(self.submitted)
        app.view_closed("form")(self.hear)
        app.action("value")(self.hear)

    async def open(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        """Open the form."""
        await ack()
        opened = await client.views_open(trigger_id=body["trigger_id"], view=self.view)
        self.view_id = opened["view"]["id"]

    async def submitted(self, ack: AsyncAck, view: Json) -> None:
        """Keep what was filled in, and answer."""
        self.values.append(view["state"]["values"])
        await ack(**(self.answers.pop(0) if self.answers else {}))

    async def hear(self, ack: AsyncAck, body: Json) -> None:
        """Keep a click or a closing."""
        self.heard.append(body)
        await ack()


async def at_the_form(visit: Visit, desk: Desk, **place: Any) -> tuple[Page, Locator]:
    """Ana in #data with the form open."""
    app = visit.house.app()
    desk.listen(app)
    await visit.house.connect(app)
    page = await visit.goto(ANA, DATA, **place)
    await page.get_by_label("Message #data").fill("/notebook run")
    await page.keyboard.press("Enter")
    modal = page.get_by_role("dialog", name=desk.view["title"]["text"])
    await modal.wait_for()
    return page, modal


async def choose(page: Page, menu: str, typed: str, words: str) -> None:
    """Type into a menu, take the first thing found, and see it chosen."""
    await page.get_by_role("button", name=re.compile(f"^{menu} ")).press_sequentially(typed)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name=f"{menu} {words}", exact=True).wait_for()
