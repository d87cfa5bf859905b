"""The least that a Bolt app can be: Socket Mode, one listener, one constant answer.

`python -m tests.bench.bare answer.json`; SLACK_API_URL says where Slack is.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

SOCKETS = 2
"""As many as Threadbook opens, so that the listeners are what differs."""


async def main(answer: Path) -> None:
    """Serve until told to stop."""
    said = json.loads(await asyncio.to_thread(answer.read_text))
    app = AsyncApp(client=AsyncWebClient("xoxb-sandbox", base_url=os.environ["SLACK_API_URL"]))

    @app.command("/notebook")
    async def notebook(ack: AsyncAck) -> None:
        await ack(**said)

    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    handlers = [AsyncSocketModeHandler(app, "xapp-sandbox") for _ in range(SOCKETS)]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    await told.wait()
    for handler in handlers:
        await handler.close_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
