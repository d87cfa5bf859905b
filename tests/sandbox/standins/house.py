"""The stand-ins on a real port, and a visitor who speaks HTTP to them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import nbformat
import yaml
from nbformat import NotebookNode

from bot.sandbox.standins import PlatformStandIns

Answer = tuple[int, Any]
T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """What is seen as soon as it is good."""
    async with asyncio.timeout(30):
        while not good(seen := await look()):  # noqa: ASYNC110 - the other side speaks HTTP and sets no event
            await asyncio.sleep(0.05)
        return seen


class Yaml12(yaml.SafeLoader):
    """Dates are text, as in YAML 1.2."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Visitor:
    """Somebody with a token. Every answer is a status and what the JSON body says."""

    def __init__(self, base: str, stand_ins: PlatformStandIns, http: aiohttp.ClientSession) -> None:
        self.base, self.stand_ins, self.http = base, stand_ins, http

    async def ask(self, method: str, path: str, body: Any = None, token: str | None = "sandbox") -> Answer:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with self.http.request(method, self.base + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    async def download(self, path: str) -> tuple[int, str, bytes]:
        headers = {"Authorization": "Bearer sandbox"}
        async with self.http.get(self.base + path, headers=headers) as answer:
            return answer.status, answer.content_type, await answer.read()

    async def switch_on(self, platform: str, fault: str, **how: Any) -> None:
        status, _ = await self.ask("POST", "/faults", {"platform": platform, "fault": fault, **how}, token=None)
        assert status == 201

    async def ledger(self) -> Any:
        return (await self.ask("GET", "/ledger", token=None))[1]

    async def start_on_deepnote(self, slug: str, **body: Any) -> str:
        notebook = self.stand_ins.shelf[slug]
        status, started = await self.ask("POST", "/deepnote/v2/runs", {"notebookId": notebook.deepnote_id, **body})
        assert (status, started.get("status")) == (202, "pending"), started
        return str(started["runId"])

    async def deepnote_run(self, run_id: str, delivery: str = "inline") -> Any:
        status, answer = await self.ask("GET", f"/deepnote/v2/runs/{run_id}?snapshotDelivery={delivery}")
        assert status == 200, answer
        return answer["run"]

    async def run_on_deepnote(self, slug: str, **body: Any) -> tuple[Any, Any]:
        """A run that is over, and its snapshot."""
        run_id = await self.start_on_deepnote(slug, **body)
        run = await until(lambda: self.deepnote_run(run_id), lambda seen: seen["completedAt"] is not None)
        content = run["snapshotContent"]
        return run, yaml.load(content, Yaml12) if content else None

    async def run_on_datalore(self, slug: str, **body: Any) -> Any:
        """A run that is over."""
        notebook = self.stand_ins.shelf[slug]
        order = {"notebookId": notebook.datalore_id, **body}
        status, started = await self.ask("POST", "/datalore/api/run/v1/notebook", order)
        assert status == 200, started
        return await self.ended_on_datalore(started["runId"])

    async def ended_on_datalore(self, run_id: str) -> Any:
        return await until(lambda: self.datalore_run(run_id), lambda run: "endTime" in run)

    async def datalore_run(self, run_id: str) -> Any:
        status, run = await self.ask("GET", f"/datalore/api/run/v1/{run_id}")
        assert status == 200, run
        return run

    async def page(self, path: str) -> str:
        status, kind, content = await self.download(path)
        assert (status, kind) == (200, "text/html")
        return content.decode()

    async def artifact(self, run: Any, name: str) -> bytes:
        path = next(a["path"] for a in run["artifacts"] if a["name"] == name)
        status, _, content = await self.download("/datalore" + quote(path))
        assert status == 200
        return content


@asynccontextmanager
async def visiting(**settings: Any) -> AsyncIterator[Visitor]:
    stand_ins = PlatformStandIns(**({"spare_kernel": False} | settings))
    async with stand_ins.serve() as base, aiohttp.ClientSession() as http:
        yield Visitor(base, stand_ins, http)


def notebook(*sources: str) -> NotebookNode:
    """A notebook of code cells, and of markdown cells where the source starts with `# `."""
    cells = [
        nbformat.v4.new_markdown_cell(text) if text.startswith("# ") else nbformat.v4.new_code_cell(text)  # type: ignore[no-untyped-call]
        for text in sources
    ]
    return nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call, no-any-return]


def printed(snapshot: Any) -> str:
    """All that a snapshot's blocks printed."""
    blocks = snapshot["project"]["notebooks"][0]["blocks"]
    return "".join(o["text"] for block in blocks for o in block.get("outputs", []) if o["output_type"] == "stream")
