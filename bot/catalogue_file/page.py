"""YAML as nodes that know their lines, and the mistakes that are found in them.

Nothing is constructed from tags: every value is the text that stands in the file, so that `NO` is Norway, `1.10` keeps
its nought and `2026-10-01` stays as it was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import yaml
from yaml import MappingNode, ScalarNode, SequenceNode

from bot.grammar import suggest
from bot.render.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yaml import Node

MOST_BYTES: Final = 4 * 1024 * 1024
DEEPEST: Final = 12
"""Levels; the format has seven."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The fast one, where PyYAML has it."""
_UNSEEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _TAG + kind for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
)
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
_IN_WORDS = (
    ("cannot start any token", "A value can't begin with this sign. Put the value in quotes."),
    ("mapping values are not allowed", "A second “: ” stands in this line, or the line above is indented differently."),
    ("end of stream", "A quote or bracket that opens before isn't closed."),
    ("document separator", "A quote or bracket that opens before isn't closed."),
    ("flow", "A comma or a closing bracket is missing before this."),
    ("expected key", "This line is indented differently from the lines that it belongs to, or a comma is missing."),
    ("block end", "This line is indented differently from the lines that it belongs to."),
    ("block mapping", "This line is indented differently from the lines that it belongs to."),
    ("block collection", "This line is indented differently from the lines that it belongs to."),
    ("could not find expected ':'", "A colon and a space have to follow this key."),
)


class Wrong(NamedTuple):
    """A mistake in the file.

    Attributes:
        line: Counted from 1.
        text: What is wrong, as a sentence.
        hint: What to write instead.
    """

    line: int
    text: str
    hint: str = ""


class Halt(Exception):
    """The file can't be read any further."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.text)
        self.wrong = wrong


def compose(text: str) -> Node | None:
    """The file's only document as nodes; None where there is none.

    Raises:
        Halt: It isn't YAML, or holds what a catalogue has no use for: anchors, tags of its own, several documents.
    """
    if found := _UNSEEN.search(text):
        line = len(_LINE_END.findall(text, 0, found.start())) + 1
        raise Halt(Wrong(line, f"A character that nobody sees stands here (U+{ord(found[0]):04X}).", "Take it out."))
    try:
        _check(text)
        node: Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        lines = _LINE_END.split(text)
        raise Halt(Wrong(line, *_words(error, lines[min(line, len(lines)) - 1]))) from None
    return node


def _words(error: yaml.MarkedYAMLError, there: str) -> tuple[str, str]:
    """What is wrong and what to write, from YAML's own words and the line that it points at."""
    if "\t" in there[: len(there) - len(there.lstrip())]:
        return "A tab stands at the beginning of this line.", "Indent with spaces."
    problem = " ".join(str(part) for part in (error.context, error.problem) if part)
    known = next((words for sign, words in _IN_WORDS if sign in problem), None)
    if known is None:
        return "This isn't YAML.", f"({problem})"
    said, _, hint = known.partition(". ")
    return f"{said.rstrip('.')}.", hint


def _check(text: str) -> None:
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent) or anchor:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            raise Halt(
                Wrong(
                    line,
                    f"“{sign}{anchor}”: anchors and aliases aren't read here.",
                    f"Write the value out; if it begins with {sign}, put it in quotes.",
                )
            )
        tag = getattr(event, "tag", None)
        if tag not in _PLAIN_TAGS | {None, "!"}:
            said = f"“{clean(str(tag))}”: tags aren't read here."
            raise Halt(Wrong(line, said, "Leave it out; if the value begins with !, put it in quotes."))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise Halt(Wrong(line, "This lies too deep.", "A catalogue has no more than seven levels."))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Halt(Wrong(line, "A second document begins here.", "Take out the line with ---."))


class Page:
    """The mistakes found so far, and the ways to read a node; each answers None where it noted one.

    Attributes:
        wrong: The mistakes.
        within: Whose part is being read, for the mistakes' words.
    """

    def __init__(self) -> None:
        self.wrong: list[Wrong] = []
        self.within = ""

    def note(self, node: Node, text: str, hint: str = "") -> None:
        """Note a mistake at a node."""
        self.wrong.append(Wrong(node.start_mark.line + 1, f"{self.within}: {text}" if self.within else text, hint))

    def pairs(self, node: Node, what: str) -> list[tuple[str, Node, Node]]:
        """A mapping's keys as text, with the nodes of key and value."""
        if not isinstance(node, MappingNode):
            self.note(node, f"{what} has names with values: one “name: value” a line.")
            return []
        found: list[tuple[str, Node, Node]] = []
        first: dict[str, int] = {}
        for key, value in node.value:
            name = self.text(key, f"A name in {what}")
            if name is None:
                continue
            if name in first:
                self.note(key, f"“{shown(name)}” stands in line {first[name]} already.", "Take one of them out.")
                continue
            first[name] = key.start_mark.line + 1
            found.append((name, key, value))
        return found

    def fields(self, node: Node, what: str, known: Iterable[str]) -> dict[str, tuple[Node, Node]]:
        """A mapping whose keys are known: the nodes of key and value by key."""
        names = tuple(known)
        found: dict[str, tuple[Node, Node]] = {}
        for name, key, value in self.pairs(node, what):
            if name in names:
                found[name] = (key, value)
                continue
            meant = suggest(name, names)
            hint = f"Did you mean “{meant}”?" if meant else f"There are: {', '.join(names)}."
            self.note(key, f"{what} has no “{shown(name)}”.", hint)
        return found

    def text(self, node: Node, what: str, *, empty: bool = True) -> str | None:
        """A scalar as it stands in the file."""
        if not isinstance(node, ScalarNode):
            kind = "a list" if isinstance(node, SequenceNode) else "names with values"
            self.note(node, f"{what} is a text, not {kind}.", "Put it in quotes if it is meant as it stands.")
            return None
        if node.tag == f"{_TAG}null" and not node.style:
            self.note(node, f"{what} is empty.", 'Leave the line out, or write "" for an empty text.')
            return None
        if _NOT_STORABLE.search(node.value):
            self.note(node, f"{what} has a character that can't be kept.", "Take it out.")
            return None
        if not empty and not node.value.strip():
            self.note(node, f"{what} is empty.", "Leave the line out, or fill it in.")
            return None
        return str(node.value)

    def line_of_text(self, node: Node, what: str, most: int) -> str | None:
        """A text on one line, of so many characters at most."""
        said = self.text(node, what)
        if said is None:
            return None
        words = " ".join(said.split())
        if len(words) > most:
            self.note(node, f"{what} has at most {most} characters; this one has {len(words)}.", "Shorten it.")
            return None
        return words

    def truth(self, node: Node, what: str) -> bool | None:
        """True or false."""
        said = node.value.lower() if isinstance(node, ScalarNode) and not node.style else ""
        if said in _TRUE or said in _FALSE:
            return said in _TRUE
        self.note(node, f"{what} is true or false.", "Write true or false, without quotes.")
        return None

    def texts(self, node: Node, what: str, *, empty: bool = False) -> list[tuple[str, Node]]:
        """A list of texts with their nodes; one text alone counts as a list of one."""
        if isinstance(node, MappingNode):
            self.note(node, f"{what} is a list.", "Write it as [one, another].")
            return []
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        found = [(self.text(one, f"An item of {what}", empty=empty), one) for one in nodes]
        return [(said, one) for said, one in found if said is not None]


def is_true(node: ScalarNode) -> bool | None:
    """What a plain `true` or `false` says; None for every other text, `yes` and `no` too."""
    said = node.value.lower()
    return None if node.style or said not in {"true", "false"} else said == "true"


def shown(words: str) -> str:
    """Words of the file inside a sentence: on one line, without what a terminal would obey, not too long."""
    return cut(" ".join(clean(words).split()), 60)
