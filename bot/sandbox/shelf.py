"""The shelf: the notebooks that the stand-ins can run, read from .ipynb files or added by a test.

A notebook keeps its input blocks as cells whose metadata is that of Deepnote's own .ipynb export. One notebook has two
addresses: an id, a project and block ids on Deepnote, and `owner/id` on Datalore. They stay the same from start to
start, so that links that people saved keep working.
"""

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from typing import Any, Final

from nbformat import NotebookNode

from bot.sandbox import ipynb
from bot.sandbox.inputs import Input, Value

WORKSPACE_ID: Final = "6f1d6f0e-6d1c-4d0b-9b1e-2f1a5c7b9d10"
WORKSPACE_SLUG: Final = "threadbook-sandbox"
WORKSPACE_NAME: Final = "Threadbook sandbox"
_NAMES: Final = uuid.UUID("0f7c2a57-8f1f-4d55-9a8c-5b8a6c0e3d21")
_EXPORT_KEYS: Final = (
    "cell_id",
    "deepnote_block_group",
    "deepnote_cell_type",
    "deepnote_sorting_key",
    "deepnote_source",
    "deepnote_content_hash",
)


@dataclass(frozen=True)
class Block:
    """One block. `content` is what Deepnote shows; `source` is the cell's text, for an input block its assignment."""

    id: str
    group: str
    key: str
    kind: str
    content: str
    source: str
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def input(self) -> Input | None:
        """The input that this block holds, if it is an input block."""
        return Input.of(self.id, self.kind, self.metadata) if self.kind.startswith("input-") else None

    @property
    def runs(self) -> bool:
        """Whether the kernel has something to do here."""
        return self.kind in ("code", "big-number") or self.kind.startswith("input-")

    @property
    def computes(self) -> bool:
        """Whether that is more than giving a variable its value, which nobody can tell from not having done it."""
        given = self.input
        plain = given is not None and given.name.isidentifier() and not iskeyword(given.name)
        return self.runs and not plain

    def cell(self, inputs: Mapping[str, Value]) -> NotebookNode:
        """A fresh .ipynb cell without outputs; an input block assigns its value of `inputs`, else its own."""
        about = {**self.metadata, "cell_id": self.id, "deepnote_cell_type": self.kind}
        if not self.runs:
            return ipynb.markdown(self.source, about, self.id)
        given = self.input
        if given is None:
            return ipynb.code(self.source, about, self.id)
        value = inputs.get(given.name, given.value)
        about["deepnote_variable_value"] = value
        return ipynb.code(given.assignment(value), about, self.id)


@dataclass(frozen=True)
class Notebook:
    """One notebook on the shelf. `datalore_id` is `owner/id`; `view_only` is how Datalore shares it with the token."""

    name: str
    slug: str
    deepnote_id: str
    project_id: str
    project_name: str
    datalore_id: str
    blocks: tuple[Block, ...]
    view_only: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def inputs(self) -> dict[str, Input]:
        """Its inputs by the name of their variable, in the notebook's order."""
        return {found.name: found for block in self.blocks if (found := block.input)}

    @property
    def datalore_path(self) -> str:
        """The path of its page below Datalore's base."""
        return f"/notebook/{self.datalore_id}"

    @property
    def deepnote_path(self) -> str:
        """The path of its page below Deepnote's web base."""
        workspace = f"{WORKSPACE_SLUG}-{WORKSPACE_ID}"
        project = f"{slug_of(self.project_name)}-{self.project_id}"
        return f"/workspace/{workspace}/project/{project}/notebook/{self.slug}-{self.deepnote_id}"

    def document(self, cells: Iterable[NotebookNode]) -> NotebookNode:
        """An nbformat 4.5 document of this notebook with these cells."""
        return ipynb.document(cells, self.metadata)


class Shelf:
    """All notebooks, the shipped ones and those added. A later one of the same slug takes the place of the earlier."""

    def __init__(self, directories: Iterable[Path] = (), *, shipped: bool = True) -> None:
        """Read the shipped notebooks, and every .ipynb of `directories`.

        Raises:
            OSError: a directory or a file can't be read.
            ValueError: a file is no notebook.
        """
        self._notebooks: dict[str, Notebook] = {}
        if shipped:
            for entry in sorted(files("bot.sandbox").joinpath("notebooks").iterdir(), key=lambda e: e.name):
                if entry.name.endswith(".ipynb"):
                    self.add(entry.name.removesuffix(".ipynb"), entry.read_text(encoding="utf-8"))
        for directory in directories:
            for path in sorted(directory.glob("*.ipynb")):
                self.add(path.stem, path.read_text(encoding="utf-8"))

    def __iter__(self) -> Iterator[Notebook]:
        return iter(list(self._notebooks.values()))

    def __getitem__(self, slug: str) -> Notebook:
        return self._notebooks[slug]

    def add(self, slug: str, document: str | NotebookNode, *, view_only: bool = False) -> Notebook:
        """Put a notebook on the shelf: the JSON of an .ipynb file, or nbformat's own node.

        `metadata.threadbook_sandbox` of the document may say `owner`, `project` and `view_only`.

        Raises:
            ValueError: the text is no notebook.
        """
        node = ipynb.read(document) if isinstance(document, str) else document
        notebook = _read(slug, node, view_only=view_only)
        self._notebooks[slug] = notebook
        return notebook

    def on_deepnote(self, notebook_id: str) -> Notebook | None:
        """The notebook with exactly this Deepnote id."""
        return next((n for n in self if n.deepnote_id == notebook_id), None)

    def on_datalore(self, notebook_id: str) -> Notebook | None:
        """The notebook with exactly this `owner/id`."""
        return next((n for n in self if n.datalore_id == notebook_id), None)


def slug_of(name: str) -> str:
    """A name as the platforms write it in an address."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "untitled"


def _read(slug: str, node: NotebookNode, *, view_only: bool) -> Notebook:
    about = dict(node.metadata)
    ours = about.get("threadbook_sandbox", {})
    owner, project = ours.get("owner", "ana"), ours.get("project", "Samples")
    return Notebook(
        name=about.get("deepnote_notebook_name", slug),
        slug=slug_of(slug),
        deepnote_id=about.get("deepnote_notebook_id") or uuid.uuid5(_NAMES, f"notebook {slug}").hex,
        project_id=str(uuid.uuid5(_NAMES, f"project {project}")),
        project_name=project,
        datalore_id=f"{owner}/{slug}",
        blocks=tuple(_block(slug, place, cell) for place, cell in enumerate(node.cells)),
        view_only=view_only or bool(ours.get("view_only", False)),
        metadata=about,
    )


def _block(slug: str, place: int, cell: NotebookNode) -> Block:
    about = dict(cell.metadata)
    made = hashlib.sha256(f"{slug} {place}".encode()).hexdigest()[:32]
    block_id = about.get("cell_id") or made
    return Block(
        id=block_id,
        group=about.get("deepnote_block_group") or block_id,
        key=about.get("deepnote_sorting_key") or f"{place:06d}",
        kind=about.get("deepnote_cell_type") or ("code" if cell.cell_type == "code" else "markdown"),
        content=about.get("deepnote_source", cell.source),
        source=cell.source,
        metadata={key: value for key, value in about.items() if key not in _EXPORT_KEYS},
    )
