"""The file read into entries; every mistake is found, with its line and what to write instead."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from yaml import MappingNode, ScalarNode, SequenceNode

from bot import links
from bot.catalogue_file.inputs import read_inputs
from bot.catalogue_file.page import Halt, Page, Wrong, compose, is_true, shown
from bot.catalogue_file.values import check_values
from bot.errors import Mistake
from bot.grammar import fixed_name, folded, name_fault
from bot.grammar.by_entry import LONGEST_DESCRIPTION
from bot.grammar.flags import clash
from bot.grammar.verbs import RESERVED
from bot.model import Entry, Options

if TYPE_CHECKING:
    from yaml import Node

    from bot.command import Address
    from bot.links import Hosts
    from bot.model import Inputs, InputSpec, InputValue

MOST_ENTRIES: Final = 10_000
LONGEST_TITLE: Final = 300
LONGEST_ID: Final = 255
LONGEST_URL: Final = 2_000
_KEYS: Final = (
    "notebook",
    "url",
    "title",
    "describe",
    "owner",
    "channels",
    "inputs",
    "defaults",
    "fixed",
    "one_at_a_time",
    "when_changed",
)
_ID = re.compile(r"[A-Z][A-Z0-9]{1,30}", re.ASCII)
_WEB = re.compile(r"https?://[^\s<>|\"]+")
_MEMBER_ID = "Write a Slack member id such as U0123ABCD: in Slack, the person's profile → ⋮ → Copy member ID."
_CHANNEL_ID = "Write a channel's id such as C0123ABCD: in Slack, it stands at the end of the channel's details."


class Reading(NamedTuple):
    """What a file says.

    Attributes:
        entries: By name; none where there is a mistake.
        wrong: The mistakes, by line.
    """

    entries: tuple[Entry, ...]
    wrong: tuple[Wrong, ...] = ()


def read(text: str, hosts: Hosts = links.OURS) -> Reading:
    """The entries of a file, if all of it is as it should be.

    Args:
        text: The file.
        hosts: Whose addresses can be run.
    """
    page = Page()
    try:
        entries = _entries(page, compose(text), hosts)
    except Halt as halt:
        page.wrong.append(halt.wrong)
        entries = []
    if page.wrong:
        return Reading((), tuple(sorted(page.wrong, key=lambda wrong: wrong.line)))
    return Reading(tuple(sorted(entries, key=lambda entry: entry.name)))


def _entries(page: Page, root: Node | None, hosts: Hosts) -> list[Entry]:
    if root is None:
        raise Halt(Wrong(1, "There is nothing in this file.", "A catalogue without notebooks is written notebooks: {}"))
    if not isinstance(root, MappingNode):
        page.note(root, "A catalogue begins with “notebooks:”.", "Below it stand the names, indented by two spaces.")
        return []
    top = page.fields(root, "The file", ["notebooks"])
    if "notebooks" not in top:
        if not page.wrong:
            page.note(root, "The file has no “notebooks:”.", "A catalogue without notebooks is written notebooks: {}")
        return []
    listed = page.pairs(top["notebooks"][1], "“notebooks”")
    if len(listed) > MOST_ENTRIES:
        page.note(top["notebooks"][0], f"A catalogue holds at most {MOST_ENTRIES:,} notebooks.")
        return []
    found: list[Entry] = []
    first: dict[str, int] = {}
    for typed, key, node in listed:
        name = folded(typed)
        if fault := name_fault(name, RESERVED):
            hint = f"Write {fixed_name(typed, RESERVED)}" if any(map(str.isalnum, typed)) else ""
            page.note(key, f"“{shown(typed)}”: {fault}", hint)
        elif name in first:
            said = f"“{shown(typed)}” is the same name as the one in line {first[name]}: capitals don't count."
            page.note(key, said, "Choose another name.")
        first.setdefault(name, key.start_mark.line + 1)
        page.within = shown(typed)
        entry = _entry(page, name, key, node, hosts)
        page.within = ""
        if entry is not None:
            found.append(entry)
    return found


def _entry(page: Page, name: str, key: Node, node: Node, hosts: Hosts) -> Entry | None:
    before = len(page.wrong)
    if not isinstance(node, MappingNode):
        said = shown(node.value) if isinstance(node, ScalarNode) and node.value.strip() else "and its web address."
        page.note(key, "This names no notebook.", f"Write below it notebook: {said}")
        return None
    fields = {known: value for known, (_, value) in page.fields(node, "A notebook", _KEYS).items()}
    address = _address(page, key, fields, hosts)
    specs = read_inputs(page, fields["inputs"]) if "inputs" in fields else {}
    defaults, literal = _defaults(page, fields["defaults"], specs) if "defaults" in fields else ({}, frozenset[str]())
    fixed = _fixed(page, fields["fixed"], address, defaults) if "fixed" in fields else None
    title = page.line_of_text(fields["title"], "The title", LONGEST_TITLE) if "title" in fields else None
    describe = (
        page.line_of_text(fields["describe"], "The description", LONGEST_DESCRIPTION) if "describe" in fields else None
    )
    alone = page.truth(fields["one_at_a_time"], "“one_at_a_time”") if "one_at_a_time" in fields else False
    changed = page.truth(fields["when_changed"], "“when_changed”") if "when_changed" in fields else False
    owner = _owner(page, fields["owner"]) if "owner" in fields else None
    channels = _channels(page, fields["channels"]) if "channels" in fields else ()
    if address is None or len(page.wrong) > before:
        return None
    return Entry(
        name=name,
        notebook=address.notebook,
        url=address.url,
        title=address.title if title is None else title,
        defaults=defaults,
        literal=literal,
        specs=tuple(specs.values()),
        describe=describe or "",
        owner=owner,
        channels=channels,
        fixed=fixed,
        one_at_a_time=bool(alone),
        when_changed=bool(changed),
    )


def _address(page: Page, key: Node, fields: dict[str, Node], hosts: Hosts) -> Address | None:
    """The notebook; a `url` beside it says where else its page is, or with "" that it has none."""
    url = page.text(fields["url"], "The url") if "url" in fields else None
    if url and (len(url) > LONGEST_URL or not _WEB.fullmatch(url)):
        page.note(fields["url"], f"“{shown(url)}” is no web address.", "It begins with https://")
    node = fields.get("notebook")
    if node is None:
        page.note(key, "This names no notebook.", "Write below it notebook: and its web address.")
        return None
    words = page.text(node, "The notebook", empty=False)
    if words is None:
        return None
    instead = "Write its web address, datalore:<owner>/<id> or deepnote:<id>."
    try:
        found = links.read(words, hosts)
    except Mistake as mistake:
        page.note(node, mistake.text, f"Write {mistake.hint}" if mistake.hint else instead)
        return None
    if found is None:
        page.note(node, f"“{shown(words)}” is no notebook's address.", instead)
        return None
    if len(found.notebook.id) > LONGEST_ID:
        page.note(node, f"A notebook's id has at most {LONGEST_ID} characters.", instead)
        return None
    return found if url is None else found.model_copy(update={"url": url or None})


def _owner(page: Page, node: Node) -> str | None:
    said = page.text(node, "The owner", empty=False)
    if said is not None and not _ID.fullmatch(said):
        page.note(node, f"“{shown(said)}” is no member id.", _MEMBER_ID)
    return said


def _channels(page: Page, node: Node) -> tuple[str, ...]:
    found = page.texts(node, "“channels”")
    seen: set[str] = set()
    for said, one in found:
        if not _ID.fullmatch(said):
            page.note(one, f"“{shown(said)}” is no channel's id.", _CHANNEL_ID)
        elif said in seen:
            page.note(one, f"The channel {said} is named twice.", "Take one of them out.")
        seen.add(said)
    return tuple(said for said, _ in found)


def _defaults(page: Page, node: Node, specs: dict[str, InputSpec]) -> tuple[Inputs, frozenset[str]]:
    """The values to start from, and the names of those that are no words for a date."""
    inputs: Inputs = {}
    lines: dict[str, Node] = {}
    literal: set[str] = set()
    for typed, key, given in page.pairs(node, "“defaults”"):
        name, node_of_value = unicodedata.normalize("NFC", typed).strip(), given
        if not name:
            page.note(key, "This input has no name.", "Write <name>: <value>")
            continue
        if name in inputs:
            page.note(key, f"The input “{shown(name)}” is given twice.", "Take one of them out.")
            continue
        if isinstance(given, MappingNode):
            exact = page.fields(given, f"The value of “{shown(name)}”", ["exactly"])
            if "exactly" not in exact:
                if not given.value:
                    page.note(given, f"The value of “{shown(name)}” is missing.", "Write {exactly: <value>}")
                continue
            literal.add(name)
            node_of_value = exact["exactly"][1]
        value = _value(page, node_of_value, name)
        if value is not None:
            inputs[name], lines[name] = value, node_of_value
    check_values(page, inputs, lines, tuple(specs.values()))
    return inputs, frozenset(literal)


def _value(page: Page, node: Node, name: str) -> InputValue | None:
    what = f"The value of “{shown(name)}”"
    if isinstance(node, SequenceNode):
        said = [page.text(one, f"An item of the value of “{shown(name)}”") for one in node.value]
        return tuple(one for one in said if one is not None)
    if isinstance(node, ScalarNode) and (checked := is_true(node)) is not None:
        return checked
    return page.text(node, what)


def _fixed(page: Page, node: Node, address: Address | None, inputs: Inputs) -> Options:
    """How it is always run."""
    found = page.fields(node, "“fixed”", Options.model_fields)
    said: dict[str, object] = {}
    for name, (_, value) in found.items():
        if name != "blocks":
            said[name] = bool(page.truth(value, f"“{name}”"))
            continue
        blocks = page.texts(value, "“blocks”")
        twice = next(
            (one for spot, one in enumerate(blocks) if one[0] in [before for before, _ in blocks[:spot]]), None
        )
        if twice:
            page.note(twice[1], f"The block “{shown(twice[0])}” is named twice.", "Take one of them out.")
        said["blocks"] = tuple(block for block, _ in blocks)
    options = Options.model_validate(said)
    if options.blocks:
        options = options.model_copy(update={"live": True})
    if wrong := clash(options, address.notebook.platform if address else None, inputs):
        at = found.get(wrong.flag.option)
        page.note(at[0] if at else node, wrong.text, f"Take out “{wrong.flag.option}”.")
    return options
