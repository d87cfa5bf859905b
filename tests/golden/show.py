"""Posts the whole corpus into the sandbox's Slack, and takes a picture of each thread.

`python -m tests.golden.show FOLDER [NAME …]`: names pick some notebooks.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import ClientSession
from playwright.async_api import async_playwright

from bot.outputs.pictures import picture
from bot.playground import manifest
from bot.render.card import card
from bot.render.files import File, Made, Picture
from bot.render.report import Said, parts
from bot.render.thread import closing
from bot.sandbox.server import Sandbox
from bot.sandbox.slack import SlackStandIn
from bot.slack.app import web_client
from bot.slack.budget import A_MINUTE, Budget
from bot.slack.speech import Sent, Speech
from tests.render.said import later
from tests.sandbox.conftest import FLAGS

from .corpus import Left, left, names

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

SIZE: Final[ViewportSize] = {"width": 1180, "height": 500}
TALLEST: Final = 4_000
AROUND: Final = 170
"""Pixels of what stands above and below a thread."""


async def posted(speech: Speech, channel: str, one: Left, home: str) -> str:
    """Post a run's card, its thread and its closing line; answers with the card's ts."""
    text, blocks = card(one.run, "https://deepnote.example/notebook", results=one.results, home=home)
    root = (await speech.say("chat.postMessage", channel=channel, text=text, blocks=blocks))["ts"]
    for part in parts(one.run, one.results, home):
        if isinstance(part, Said):
            said = {"channel": channel, "thread_ts": root, "text": part.text, "blocks": part.blocks}
            await speech.say("chat.postMessage", **said)
        else:
            await speech.upload(channel, root, [_sent(one, file) for file in part.files], 0)
    await speech.say(
        "chat.postMessage", channel=channel, thread_ts=root, text=closing(one.run, one.results, later(68), home=home)
    )
    return str(root)


def _sent(one: Left, file: File) -> Sent:
    if isinstance(file, Made):
        return Sent(file.name, file.content.encode())
    if isinstance(file, Picture):
        real = picture(one.results.outputs[file.position])
        return Sent(file.name, real.content if real is not None else b"", file.title, file.alt)
    return Sent(file.name, b"{}")


async def shoot(page: Page, url: str, path: Path) -> None:
    """Take a picture that is as tall as the thread."""
    await page.set_viewport_size(SIZE)
    await page.goto(url)
    await page.locator("#thread-feed .message").last.wait_for()
    await page.wait_for_load_state("networkidle")
    tall = await page.evaluate("document.querySelector('#thread-feed').scrollHeight") + AROUND
    await page.set_viewport_size({"width": SIZE["width"], "height": min(max(tall, SIZE["height"]), TALLEST)})
    await page.wait_for_load_state("networkidle")
    await page.locator("#thread").screenshot(path=path)


async def show(folder: Path, chosen: list[str]) -> None:
    """All of it."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    slack = SlackStandIn(manifest(), rate_scale=None)
    server = Sandbox(slack)
    url = await server.start()
    async with ClientSession() as session, async_playwright() as playwright:
        speech = Speech(
            web_client(max(slack.parts.tokens.bot), slack.api_url, session),
            Budget(dict.fromkeys(A_MINUTE, 1_000_000), channel_rate=1_000_000.0),
        )
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = await browser.new_page(timezone_id="Europe/Berlin")
        channel, ana = slack.channel("data").id, slack.person("ana").id
        for name in chosen or names():
            root = await posted(speech, channel, await left(name), f"{url}/")
            where = f"{url}/?as={ana}&channel={channel}&thread={root}&theme=light"
            await shoot(page, where, folder / f"{name}.png")
            print(name)  # noqa: T201, a command tells how far it is
        await browser.close()
    await server.close()


if __name__ == "__main__":
    asyncio.run(show(Path(sys.argv[1]), sys.argv[2:]))
