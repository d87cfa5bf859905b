"""What an import would change, and the words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.catalogue_file.page import shown
from bot.catalogue_file.writing import fields, meant
from bot.model import Changes
from bot.render.masks import MASK, secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.links import Hosts
    from bot.model import Entry

MOST_NAMED: Final = 10


def difference(before: Iterable[Entry], after: Iterable[Entry]) -> Changes:
    """What would make the catalogue `before` what the file says; `removed` are those that the file doesn't name."""
    known = {entry.name: entry for entry in before}
    wanted = {entry.name: entry for entry in after}
    added = tuple(entry for name, entry in wanted.items() if name not in known)
    changed = tuple(
        (known[name], _kept(known[name], entry))
        for name, entry in wanted.items()
        if name in known and not _same(known[name], entry)
    )
    return Changes(
        added=added, changed=changed, removed=tuple(entry for name, entry in known.items() if name not in wanted)
    )


def _same(one: Entry, other: Entry) -> bool:
    return meant(one) == meant(other)


def _kept(before: Entry, after: Entry) -> Entry:
    """The entry as it is to be: what the file can't tell stays, as long as it is the same notebook."""
    gone = before.gone_since if before.notebook == after.notebook else None
    return after.model_copy(update={"added_by": before.added_by, "gone_since": gone})


def told(changes: Changes, hosts: Hosts, *, prune: bool) -> list[str]:
    """The changes for a terminal, line by line: what is new, what changes field by field, what goes.

    Args:
        changes: What `difference` found.
        hosts: As for `write`.
        prune: Whether those that the file doesn't name are removed.
    """
    lines = [line for entry in changes.added for line in (f"+ {entry.name}", *_said(entry, hosts))]
    for before, after in changes.changed:
        lines += [f"~ {before.name}", *_moved(before, after, hosts)]
    if prune:
        lines += [f"- {entry.name} ({entry.notebook})" for entry in changes.removed]
    elif changes.removed:
        names = [entry.name for entry in changes.removed]
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        lines.append(f"Not in the file, and kept (--prune removes): {', '.join(names[:MOST_NAMED])}{more}")
    return lines


def _said(entry: Entry, hosts: Hosts) -> list[str]:
    return [f"    {field}: {_spoken(field, value)}" for field, value in _flat(entry, hosts).items()]


def _moved(before: Entry, after: Entry, hosts: Hosts) -> list[str]:
    old, new = _flat(before, hosts), _flat(after, hosts)
    lines = [
        f"    {field}: {_spoken(field, old.get(field))} → {_spoken(field, new.get(field))}"
        for field in dict.fromkeys([*old, *new])
        if old.get(field) != new.get(field)
    ]
    return lines or ["    inputs: in another order"]


def _flat(entry: Entry, hosts: Hosts) -> dict[str, Any]:
    """What the file says of an entry, with one field an input: `defaults.region`."""
    found: dict[str, Any] = {}
    for key, value in fields(entry, hosts).items():
        if key in {"inputs", "defaults"}:
            found |= {f"{key}.{name}": one for name, one in value.items()}
        else:
            found[key] = value
    return found


def _spoken(field: str, value: Any) -> str:
    if value is None:
        return "(none)"
    kind, _, name = field.partition(".")
    return MASK if kind == "defaults" and secret(name) else shown(_words(value)) or '""'


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_words(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_words, value)) + "]"
    return str(value)
