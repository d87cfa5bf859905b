"""Entries written as YAML that people can edit, always in the same order."""

from __future__ import annotations

import textwrap
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import yaml

from bot import dates, links
from bot.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.links import Hosts
    from bot.model import Entry, InputSpec, InputValue, Options

SOME_DAY: Final = date(2026, 5, 15)
_WIDTH = 110
_HEADER = """\
# Threadbook's catalogue: notebooks by the names that people type.
#
# Edit it, then `threadbook catalogue import <this file>`: what would change is shown first, and nothing is applied
# if there is a mistake. Notebooks that aren't in here stay as they are; with --prune they are removed.
#
#   weekly-kpis:                          # letters, digits, dots, dashes and underscores
#     notebook: datalore:ana/Kpi7x2       # or its web address; on Deepnote deepnote:<id>
#     title: Weekly KPIs                  # what the card calls it until the platform tells its own name
#     describe: How last week went        # what it answers, in a sentence
#     owner: U0123ABCD                    # whom to ask about it: a Slack member id
#     channels: [C0123ABCD, C0456EFGH]    # the only channels where it may be run, by their ids
#     inputs:                             # declared inputs, for platforms that can't tell them
#       note: text                        # or textarea, checkbox, date, date-range, file
#       region:
#         type: select                    # one of these, or multiselect: several
#         label: Sales region
#         options: [EU, US]
#       weeks: {type: slider, lowest: 4, highest: 26, step: 2}
#     defaults:                           # values to start from
#       region: EU
#       shops: [Web, Store]               # several choices
#       since: month-start                # words for dates are read anew for each run …
#       note: {exactly: today}            # … except these, which are meant as they stand
#       fresh: true                       # a checkbox; "true" in quotes is a text
#     fixed: {update_report: true}        # how it is always run; {} fixes the usual way. Datalore: update_report,
#                                         # write_files, interactive; Deepnote: live, readonly, blocks: [id], dependents
#     one_at_a_time: true                 # refuse a run while another one is under way
#     when_changed: true                  # post results only when a key number or a table differs from last time
#
# Values stand here as they are, also those that Slack never shows because their names look secret.
"""


class _Flow(list[str]):
    """A list that stands on one line."""


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their key, texts of several lines stand as such."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, the base's signature
        super().increase_indent(flow, indentless=False)


def _as_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None
    if not all(line.isprintable() for line in text.split("\n")):
        style = '"'  # where it can be escaped: a bare U+0085 would be read as the end of a line
    elif "\n" in text and not text[0].isspace():
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _as_flow(dumper: yaml.SafeDumper, items: _Flow) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


_Dumper.add_representer(str, _as_text)
_Dumper.add_representer(_Flow, _as_flow)


def write(entries: Iterable[Entry], hosts: Hosts = links.OURS) -> str:
    """The file: a page of help in comments, then the entries by name.

    Args:
        entries: In any order.
        hosts: Where the two platforms' pages are, to tell which addresses can be read again.
    """
    by_name = sorted(entries, key=lambda entry: entry.name)
    if not by_name:
        return f"{_HEADER}\nnotebooks: {{}}\n"
    return "\n".join([_HEADER, "notebooks:", *(_block(entry, hosts) for entry in by_name)])


def _block(entry: Entry, hosts: Hosts) -> str:
    said = yaml.dump(
        {entry.name: fields(entry, hosts)},
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=_WIDTH,
    )
    # A line of a text that is empty stays so.
    return textwrap.indent(said, "  ", lambda line: line != "\n")


def fields(entry: Entry, hosts: Hosts) -> dict[str, Any]:
    """What the file says of an entry, by key; what is as usual isn't said."""
    entry = meant(entry)
    said = _address(entry, hosts)
    if entry.describe:
        said["describe"] = entry.describe
    if entry.owner:
        said["owner"] = entry.owner
    if entry.channels:
        said["channels"] = _Flow(entry.channels)
    if entry.specs:
        said["inputs"] = {spec.name: _spec(spec) for spec in entry.specs}
    if entry.defaults:
        said["defaults"] = {
            name: {"exactly": _value(value)} if name in entry.literal else _value(value)
            for name, value in entry.defaults.items()
        }
    if entry.fixed is not None:
        said["fixed"] = _fixed(entry.fixed)
    if entry.one_at_a_time:
        said["one_at_a_time"] = True
    if entry.when_changed:
        said["when_changed"] = True
    return said


def meant(entry: Entry) -> Entry:
    """An entry as far as the file tells of it: what changes nothing is left out.

    That is who added it, since when it is gone, runs of spaces in texts for people, and that a value is no word for a
    date where nobody would take it for one.
    """
    fixed = entry.fixed
    if fixed is not None and fixed.blocks:
        fixed = fixed.model_copy(update={"live": True})
    return entry.model_copy(
        update={
            "title": " ".join(entry.title.split()),
            "describe": " ".join(entry.describe.split()),
            "literal": frozenset(name for name in entry.literal if _is_date_word(entry.defaults.get(name, ""))),
            "fixed": fixed,
            "url": entry.url or None,
            "owner": entry.owner or None,
            "added_by": "",
            "gone_since": None,
        }
    )


def _is_date_word(value: InputValue) -> bool:
    parts = () if isinstance(value, bool) else value if isinstance(value, tuple) else (value,)
    return any(dates.resolve(part, SOME_DAY) not in {None, part} for part in parts)


def _address(entry: Entry, hosts: Hosts) -> dict[str, Any]:
    """The notebook by its web address, if that can be read again as what it is, else by its id."""
    for words in (entry.url, str(entry.notebook)):
        try:
            found = links.read(words, hosts) if words else None
        except Mistake:
            continue
        if found and found.notebook == entry.notebook and found.url == entry.url:
            title = {"title": entry.title} if entry.title != found.title else {}
            return {"notebook": words, **title}
    title = {"title": entry.title} if entry.title else {}
    return {"notebook": str(entry.notebook), "url": entry.url or "", **title}


def _spec(spec: InputSpec) -> str | dict[str, Any]:
    kind = "multiselect" if spec.multiple else spec.type
    said: dict[str, Any] = {"type": kind}
    if spec.label:
        said["label"] = spec.label
    if spec.options:
        said["options"] = _Flow(spec.options)
    for key, number in (("lowest", spec.minimum), ("highest", spec.maximum), ("step", spec.step)):
        if number is not None:
            said[key] = _number(number)
    return kind if len(said) == 1 else said


def _number(number: float) -> int | float | str:
    if number.is_integer():
        return int(number)
    plain = format(Decimal(repr(number)), "f")
    return number if repr(number) == plain else plain


def _value(value: InputValue) -> str | bool | _Flow:
    return _Flow(value) if isinstance(value, tuple) else value


def _fixed(fixed: Options) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in fixed:
        if value and not (name == "live" and fixed.blocks):
            said[name] = _Flow(value) if name == "blocks" else True
    return said
