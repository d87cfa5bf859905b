"""The snapshots' own origin: a second port, as the vendor's presigned links lead to another host.

A link is signed and expires. A request that carries an Authorization header is refused, as storage services do, and
the ledger remembers it: nobody but the API may see the bearer token.
"""

import hashlib
import hmac
import secrets
import time
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.ledger import Ledger


class Storage:
    """Holds snapshot documents, and serves them by presigned links while it is started."""

    def __init__(self, ledger: Ledger, *, expires_after: float = 300.0) -> None:
        """`expires_after`: seconds for which a link is good."""
        self._ledger, self._expires_after = ledger, expires_after
        self._key = secrets.token_bytes(32)
        self._documents: dict[str, bytes] = {}
        self._runner: web.AppRunner | None = None
        self.origin = ""

    async def start(self, host: str = "127.0.0.1") -> None:
        """Listen on a free port of `host`; `origin` is its address from then on."""
        app = web.Application()
        app.router.add_get("/snapshots/{name}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, 0)
        await site.start()
        self.origin = f"http://{host}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def put(self, name: str, document: str) -> None:
        """Keep a document."""
        self._documents[name] = document.encode()

    def read(self, name: str) -> str:
        """The document that was put."""
        return self._documents[name].decode()

    def has(self, name: str) -> bool:
        """Whether there is such a document."""
        return name in self._documents

    def drop(self, name: str) -> None:
        """Forget a document, if it is there."""
        self._documents.pop(name, None)

    def link(self, name: str) -> str:
        """A presigned link to a document, good for a while from now."""
        expires = str(int(time.time() + self._expires_after))
        return f"{self.origin}/snapshots/{quote(name)}?expires={expires}&signature={self._sign(name, expires)}"

    async def _serve(self, request: web.Request) -> web.Response:
        answer = self._answer(request)
        self._ledger.downloaded(
            request.path, self.origin, answer.status, authorization="Authorization" in request.headers
        )
        return answer

    def _answer(self, request: web.Request) -> web.Response:
        name, expires = request.match_info["name"], request.query.get("expires", "")
        if "Authorization" in request.headers:
            return _error(400, "InvalidArgument", "Only one auth mechanism allowed")
        if not hmac.compare_digest(request.query.get("signature", ""), self._sign(name, expires)):
            return _error(403, "SignatureDoesNotMatch", "The request signature does not match")
        if time.time() > int(expires):
            return _error(403, "AccessDenied", "Request has expired")
        if name not in self._documents:
            return _error(404, "NoSuchKey", "The specified key does not exist")
        return web.Response(body=self._documents[name], content_type="application/x-yaml", charset="utf-8")

    def _sign(self, name: str, expires: str) -> str:
        return hmac.new(self._key, f"{name}\n{expires}".encode(), hashlib.sha256).hexdigest()


def _error(status: int, code: str, words: str) -> web.Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{words}</Message></Error>'
    return web.Response(status=status, text=body, content_type="application/xml")
