"""The snapshot of a Deepnote run: a `.snapshot.deepnote` document, in YAML 1.2 as the vendor's library writes it.

So dates stand without quotes, and so do words such as `NO` and `on`: a reader of YAML 1.1 must know better.
"""

import hashlib
import json
import platform
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import yaml

from bot.sandbox.jobs import Job, State, Step
from bot.sandbox.ledger import stamp
from bot.sandbox.shelf import Block

OUTPUT_LIMIT: Final = 512 * 1024
"""Bytes of one block's outputs, as JSON; more than that is replaced by a notice."""


class _Yaml12(yaml.SafeDumper):
    """Quotes only what YAML 1.2's core schema would take for something else than text."""

    yaml_implicit_resolvers: Final = {}  # type: ignore[misc]

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - every value is written out, whatever it is
        return True


def _teach(tag: str, pattern: str, first: str) -> None:
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{pattern})\Z", re.ASCII), list(first))


_teach("null", r"~|null|Null|NULL", "~nN")
_Yaml12.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"\Z"), [""])
_teach("bool", r"true|True|TRUE|false|False|FALSE", "tTfF")
_teach("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789")
_teach("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789")
_teach("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+.")


def snapshot(job: Job, shown: Mapping[str, Step], *, detached: bool) -> str:
    """The document of a job that is over.

    Args:
        job: what ran.
        shown: what the notebook shows, by block id, where this job ran nothing; empty for a copy.
        detached: whether it ran in a copy; then all ids are the copy's, and `metadata.source_block_id` maps them back.
    """
    notebook, started = job.notebook, job.started or job.finished
    if started is None or job.finished is None:
        raise ValueError("The job is not over")
    steps = {**shown, **{step.block.id: step for step in job.steps}}
    blocks = [_block(block, steps.get(block.id), detached=detached) for block in notebook.blocks]
    suffix = f" (detached {stamp(started)})" if detached else ""
    document = {
        "environment": {"packages": {}, "python": {"version": platform.python_version()}},
        "execution": _execution(job, started, job.finished),
        "metadata": {"createdAt": stamp(started), "modifiedAt": stamp(job.finished), "snapshotHash": _hash(blocks)},
        "project": {
            "id": str(uuid.uuid4()) if detached else notebook.project_id,
            "name": notebook.project_name + suffix,
            "notebooks": [
                {
                    "blocks": blocks,
                    "executionMode": "block",
                    "id": uuid.uuid4().hex if detached else notebook.deepnote_id,
                    "name": notebook.name,
                }
            ],
        },
        "version": "1.0.0",
    }
    return yaml.dump(document, Dumper=_Yaml12, sort_keys=False, allow_unicode=True, width=120)


def _block(block: Block, step: Step | None, *, detached: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": uuid.uuid4().hex if detached else block.id,
        "blockGroup": uuid.uuid4().hex if detached else block.group,
        "sortingKey": block.key,
        "type": block.kind,
        "content": block.content,
        "metadata": dict(block.metadata),
    }
    if block.content:
        entry["contentHash"] = f"sha256:{hashlib.sha256(block.content.encode()).hexdigest()}"
    if detached:
        entry["metadata"]["source_block_id"] = block.id
    if not block.runs:
        return entry
    entry |= {"executionCount": None, "outputs": []}
    if step is not None and step.started is not None and step.finished is not None:
        if block.input is not None:
            entry["metadata"]["deepnote_variable_value"] = step.cell.metadata["deepnote_variable_value"]
        entry |= {
            "executionCount": step.cell.execution_count,
            "executionStartedAt": stamp(step.started),
            "executionFinishedAt": stamp(step.finished),
            "outputs": _outputs(step),
        }
    return entry


def _outputs(step: Step) -> list[dict[str, Any]]:
    text = json.dumps(step.cell.outputs)
    if len(text.encode()) > OUTPUT_LIMIT:
        notice = "The output of this block is over 512 KiB and was left out of the snapshot.\n"
        return [{"output_type": "stream", "name": "stderr", "text": notice}]
    plain: list[dict[str, Any]] = json.loads(text)
    return plain


def _execution(job: Job, started: datetime, finished: datetime) -> dict[str, Any]:
    ran = [step for step in job.steps if step.finished is not None]
    errors = [output for step in ran for output in step.cell.outputs if output.output_type == "error"]
    about: dict[str, Any] = {
        "startedAt": stamp(started),
        "finishedAt": stamp(finished),
        "triggeredBy": "api",
        "inputs": job.inputs,
        "summary": {
            "blocksExecuted": len(ran),
            "blocksSucceeded": len(ran) - len(errors),
            "blocksFailed": len(errors),
            "totalDurationMs": round((finished - started).total_seconds() * 1000),
        },
    }
    if job.state is State.FAILED and errors:
        first = errors[0]
        about["error"] = {"name": first.ename, "message": first.evalue, "traceback": list(first.traceback)}
    return about


def _hash(blocks: list[dict[str, Any]]) -> str:
    parts = ["version:1.0.0", *(f"block:{b['id']}:{b['contentHash']}" for b in blocks if "contentHash" in b)]
    return f"sha256:{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()}"
