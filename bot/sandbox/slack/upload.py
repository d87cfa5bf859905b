"""The second step of an upload: the bytes, to the address that files.getUploadURLExternal gave."""

from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.slack.errors import ApiError
from bot.sandbox.slack.parts import Parts
from bot.sandbox.slack.serving import Result, serve

_BAD, _GONE = 400, 404


@dataclass
class Uploads:
    """Serves `/slack/upload/{id}`; takes a raw body or a form with a file."""

    parts: Parts

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Keep the bytes; their number must be what was announced."""

        async def work(planned: ApiError | None) -> Result:
            data = await _bytes(request)
            return Result.refusal(planned) if planned else self._keep(request.match_info["id"], data)

        return await serve(self.parts, "upload", request, work)

    def _keep(self, id_: str, data: bytes) -> Result:
        file = self.parts.workspace.files.get(id_)
        if file is None or file.data is not None:
            return Result("no such upload", _GONE, "no_such_upload")
        if len(data) != file.length:
            words = f"announced {file.length} bytes, got {len(data)}"
            return Result(words, _BAD, "wrong_length")
        self.parts.workspace.hold(file, data)
        return Result(f"OK - {file.length}")


async def _bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
