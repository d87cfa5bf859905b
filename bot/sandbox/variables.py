"""Which blocks depend on which: a block depends on another when it reads a name that the other one gives."""

import ast
import symtable
from collections.abc import Iterable

from bot.sandbox.shelf import Block


def with_dependents(chosen: list[Block], notebook: Iterable[Block]) -> list[Block]:
    """The chosen blocks as they were asked for, and after them all that depends on them, in the notebook's order."""
    reached, order = {block.id for block in chosen}, list(notebook)
    found: list[Block] = []
    for place, block in enumerate(order):
        if block.id in reached or not block.runs:
            continue
        _, reads = names(block.source)
        if any(given_by(earlier) & reads for earlier in order[:place] if earlier.id in reached):
            reached.add(block.id)
            found.append(block)
    return chosen + found


def given_by(block: Block) -> set[str]:
    """The names that a block binds or changes."""
    return names(block.source)[0] if block.runs else set()


def names(source: str) -> tuple[set[str], set[str]]:
    """The names that this code binds or changes, and those that it reads; none where it can't be parsed."""
    plain = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
    try:
        tree, table = ast.parse(plain), symtable.symtable(plain, "block", "exec")
    except (SyntaxError, ValueError):
        return set(), set()
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            bound |= {leaf.id for leaf in ast.walk(node.value) if isinstance(leaf, ast.Name)}
    return bound, _read_names(table, at_top=True)


def _read_names(table: symtable.SymbolTable, *, at_top: bool) -> set[str]:
    reads = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (at_top or s.is_global())}
    for inner in table.get_children():
        reads |= _read_names(inner, at_top=False)
    return reads
