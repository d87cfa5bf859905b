"""nbformat's few functions that the stand-ins need, with types."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from nbformat import NotebookNode, from_dict, reads, writes

_MINOR = 5


def read(text: str) -> NotebookNode:
    """The notebook in the JSON of an .ipynb file, brought to format 4.

    Raises:
        ValueError: the text is no notebook.
    """
    try:
        return cast("NotebookNode", reads(text, as_version=4))  # type: ignore[no-untyped-call]
    except AttributeError as error:  # nbformat meets JSON that is no object
        raise ValueError("This JSON is no notebook") from error


def written(document: NotebookNode) -> bytes:
    """A document as an .ipynb file."""
    return str(writes(document)).encode()  # type: ignore[no-untyped-call]


def code(source: str, metadata: Mapping[str, Any], cell_id: str) -> NotebookNode:
    """A code cell without outputs."""
    return _node(
        cell_type="code",
        id=cell_id,
        metadata=dict(metadata),
        source=source,
        execution_count=None,
        outputs=[],
    )


def markdown(source: str, metadata: Mapping[str, Any], cell_id: str) -> NotebookNode:
    """A markdown cell."""
    return _node(cell_type="markdown", id=cell_id, metadata=dict(metadata), source=source)


def document(cells: Iterable[NotebookNode], metadata: Mapping[str, Any]) -> NotebookNode:
    """A notebook of these very cells, so that what a kernel adds to it is seen in them."""
    made = _node(nbformat=4, nbformat_minor=_MINOR, metadata=dict(metadata), cells=[])
    made.cells = list(cells)
    return made


def _node(**parts: Any) -> NotebookNode:
    return cast("NotebookNode", from_dict(parts))  # type: ignore[no-untyped-call]
