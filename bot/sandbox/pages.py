"""Small honest pages of a notebook, so that the links on cards lead somewhere: its name, inputs, runs and outputs."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from nbformat import NotebookNode

from bot.sandbox.jobs import Job, Step
from bot.sandbox.shelf import Notebook

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1d2730}
header small,time{color:#5b6772} table{border-collapse:collapse} td,th{padding:.25rem .75rem .25rem 0;text-align:left}
pre{background:#f4f6f8;padding:.75rem;border-radius:.4rem;overflow-x:auto} img{max-width:100%}
button{font:inherit} .succeeded{color:#1a7f4b} .failed,.broken{color:#b3261e}
"""


@dataclass(frozen=True)
class RunLine:
    """One run as the page lists it."""

    id: str
    asked: datetime
    job: Job


def notebook_page(
    platform: str, notebook: Notebook, shown: Mapping[str, Step], runs: Iterable[RunLine], *, runs_open: bool = True
) -> web.Response:
    """The page of a notebook. `shown` is what last ran in the notebook itself, by block id."""
    parts = [
        f"<header><small>The sandbox's stand-in of {platform}</small><h1>{html.escape(notebook.name)}</h1></header>",
        _inputs(notebook),
        _runs(runs) if runs_open else '<p><a href="?secondary-sidebar=runs">Show its runs</a></p>',
        _blocks(notebook, shown),
    ]
    title = f"<title>{html.escape(notebook.name)}</title><style>{_STYLE}</style>"
    head = "<!doctype html><html lang=en><meta charset=utf-8>" + title
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'"
    }
    return web.Response(text=head + "".join(parts), content_type="text/html", headers=headers)


def _inputs(notebook: Notebook) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(one.name)}</code><td>{html.escape(one.label or '')}"
        f"<td>{html.escape(one.kind.removeprefix('input-'))}<td>{html.escape(str(one.value))}"
        for one in notebook.inputs.values()
    )
    return (
        f"<h2>Inputs</h2><table><tr><th>Name<th>Label<th>Type<th>Value{rows}</table>" if rows else "<p>No inputs.</p>"
    )


def _runs(runs: Iterable[RunLine]) -> str:
    rows = "".join(_run(run) for run in runs)
    return (
        f"<h2>Runs</h2><table><tr><th>Asked<th>Status<th>Inputs<th>{rows}</table>"
        if rows
        else "<h2>Runs</h2><p>None yet.</p>"
    )


def _run(run: RunLine) -> str:
    given = ", ".join(f"{name} {value}" for name, value in run.job.inputs.items())
    state = run.job.state
    stop = ""
    if not state.over:
        stop = f"<form method=post action='?stop={html.escape(run.id)}'><button>Stop</button></form>"
    return (
        f"<tr><td><time>{run.asked:%Y-%m-%d %H:%M:%S} UTC</time><td class={state}>{state}"
        f"<td>{html.escape(given)}<td>{stop}"
    )


def _blocks(notebook: Notebook, shown: Mapping[str, Step]) -> str:
    outputs = {block_id: step.cell.get("outputs", []) for block_id, step in shown.items()}
    blocks = "".join(
        f"<pre>{html.escape(block.source)}</pre>" + "".join(_output(o) for o in outputs.get(block.id, []))
        for block in notebook.blocks
        if block.input is None
    )
    return f"<h2>Notebook</h2>{blocks}"


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return f"<pre>{html.escape(output.text)}</pre>"
    if output.output_type == "error":
        return f"<pre>{html.escape(output.ename)}: {html.escape(output.evalue)}</pre>"
    if "image/png" in output.data:
        return f"<img alt='' src='data:image/png;base64,{html.escape(output.data['image/png'].strip())}'>"
    return f"<pre>{html.escape(output.data.get('text/plain', ''))}</pre>"
