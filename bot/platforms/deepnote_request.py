"""What Deepnote's Public API v2 is asked: paths, queries and the body of a start (pure); see `deepnote`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote, urlencode

from bot.errors import NotFound, UserError
from bot.grammar import check_options
from bot.inputs import choices, encode, short
from bot.model import Platform

if TYPE_CHECKING:
    from datetime import date

    from bot.model import Options, Request
    from bot.platforms.deepnote_reply import DeepnoteNotebook

PAGE: Final = 100
"""Deepnote's largest."""


def start_body(request: Request) -> dict[str, Any]:
    """The body of the POST that starts a request; `detached` is always said."""
    options = request.options
    detached = not (options.live or options.blocks)
    body: dict[str, Any] = {"notebookId": request.notebook.id, "detached": detached}
    if detached and options.readonly:
        body["detachedRunStorageMode"] = "readonly"
    if options.blocks:
        body["blockIds"] = list(options.blocks)
        body["runDependentBlocks"] = options.dependents
    if request.inputs:
        body["inputs"] = request.inputs
    return body


def run_path(run_id: str, delivery: Literal["downloadUrl", "inline"] = "downloadUrl") -> str:
    """The path of a run.

    Raises:
        NotFound: It can't be the id of a run; ids can be typed by people.
    """
    if not run_id.strip(".") or not run_id.isprintable():
        raise NotFound("Deepnote knows no such run")
    return f"/v2/runs/{quote(run_id, safe='')}?snapshotDelivery={delivery}"


def notebook_path(notebook_id: str) -> str:
    """The path of a notebook.

    Raises:
        NotFound: It can't be the id of one.
    """
    if not notebook_id.strip(".") or not notebook_id.isprintable():
        raise NotFound("Deepnote knows no such notebook")
    return f"/v2/notebooks/{quote(notebook_id, safe='')}"


def page_query(token: str | None, size: int, **more: str) -> str:
    """The query for a page of a list, of up to 100; it may be empty."""
    values = {"pageSize": str(min(max(size, 1), PAGE)), "pageToken": token, **more}
    return "?" + urlencode({name: value for name, value in values.items() if value}, quote_via=quote, safe="")


def prepared(request: Request, notebook: DeepnoteNotebook, app: str, today: date) -> Request:
    """The request as it will be sent and shown.

    Raises:
        UserError: A value or an option doesn't fit the notebook.
    """
    return request.model_copy(
        update={
            "options": chosen(request.options, notebook.blocks),
            "inputs": encode(request.inputs, notebook.inputs, today),
            "title": notebook.name or request.title or request.notebook.id,
            "url": request.url or notebook_url(notebook, app),
        }
    )


def chosen(options: Options, blocks: tuple[str, ...] | None) -> Options:
    """The options as they are sent: chosen blocks once each, in their order, and then live.

    Raises:
        UserError: An option of Datalore's, two that exclude one another, or an unknown block.
    """
    check_options(options, Platform.DEEPNOTE)
    for block in options.blocks:
        if blocks is not None and block not in blocks:
            raise UserError(f"The notebook has no block “{short(block)}”.", hint=choices(block, blocks, "Its blocks"))
    once = tuple(dict.fromkeys(options.blocks))
    return options.model_copy(update={"blocks": once, "live": options.live or bool(once)})


def notebook_url(notebook: DeepnoteNotebook, app: str) -> str | None:
    """The notebook's web address by ids alone; None without its project."""
    if not notebook.project_id or not notebook.id:
        return None
    return f"{app}/project/{quote(notebook.project_id, safe='')}/notebook/{quote(notebook.id, safe='')}"
