"""What `POST /v2/runs` of Deepnote asks for, checked in the order and refused in the words of the platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.gate import Refusal
from bot.sandbox.inputs import Value
from bot.sandbox.shelf import Block, Notebook, Shelf
from bot.sandbox.variables import with_dependents

FIELDS: Final = ("notebookId", "detached", "detachedRunStorageMode", "blockIds", "runDependentBlocks", "inputs")


@dataclass(frozen=True)
class Order:
    """A run that can be started. `blocks` None: the whole notebook; else these, in this order."""

    notebook: Notebook
    detached: bool
    read_only: bool
    blocks: tuple[Block, ...] | None
    inputs: dict[str, Value]

    @classmethod
    def read(cls, body: Mapping[str, Any], shelf: Shelf) -> "Order":
        """The order that a request's body makes.

        Raises:
            Refusal: with 400, where it breaks a rule.
        """
        notebook_id = body.get("notebookId")
        if not isinstance(notebook_id, str) or not notebook_id:
            raise Refusal(400, "notebookId: expected a string")
        detached, dependents = _flag(body, "detached"), _flag(body, "runDependentBlocks")
        mode, ids, inputs = body.get("detachedRunStorageMode"), _block_ids(body), body.get("inputs", {})
        if mode not in {None, "read_write", "readonly"}:
            raise Refusal(400, 'detachedRunStorageMode: expected "read_write" or "readonly"')
        if not isinstance(inputs, dict):
            raise Refusal(400, "inputs: expected an object")
        if detached and ids is not None:
            raise Refusal(400, "blockIds is not supported for detached runs")
        if mode is not None and not detached:
            raise Refusal(400, "detachedRunStorageMode is only supported for detached runs")
        if dependents and ids is None:
            raise Refusal(400, "runDependentBlocks is only supported with blockIds")
        notebook = shelf.on_deepnote(notebook_id)
        if notebook is None:
            raise Refusal(400, "Notebook not found")
        blocks = None if ids is None else _blocks(notebook, ids, dependents=dependents)
        return cls(notebook, detached, mode == "readonly", blocks, _inputs(notebook, inputs))


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise Refusal(400, f"{name}: expected a boolean")
    return value


def _block_ids(body: Mapping[str, Any]) -> list[str] | None:
    if "blockIds" not in body:
        return None
    ids = body["blockIds"]
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise Refusal(400, "blockIds: expected an array of strings")
    if not ids:
        raise Refusal(400, "blockIds: expected at least one block id")
    if len(set(ids)) != len(ids):
        raise Refusal(400, "blockIds: expected unique block ids")
    return ids


def _blocks(notebook: Notebook, ids: list[str], *, dependents: bool) -> tuple[Block, ...]:
    known = {block.id: block for block in notebook.blocks}
    if not set(ids) <= set(known):
        raise Refusal(400, "Block not found in notebook")
    chosen = [known[one] for one in ids]
    return tuple(with_dependents(chosen, notebook.blocks) if dependents else chosen)


def _inputs(notebook: Notebook, given: dict[str, Any]) -> dict[str, Value]:
    known = notebook.inputs
    for name, value in given.items():
        if name not in known:
            raise Refusal(400, f'Input "{name}" is not defined for this notebook')
        complaint = known[name].complaint(value)
        if complaint is not None:
            raise Refusal(400, complaint)
    return given
