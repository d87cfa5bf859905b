"""The catalogue as a file: what is written is read again, and every mistake is named with its line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalogue_file import difference, meant, page, read, told, write
from bot.grammar import check_options, name_fault
from bot.grammar.verbs import RESERVED
from bot.inputs import faults
from bot.links import OURS, Hosts
from bot.model import Entry, InputSpec, Notebook, Options, Platform

ID = "0123456789abcdef0123456789abcdef"
NOTEBOOK = f"deepnote:{ID}"
KPIS = Entry(
    name="weekly-kpis",
    notebook=Notebook(platform=Platform.DATALORE, id="ana/Kpi7x2"),
    url="https://datalore.jetbrains.com/notebook/ana/Kpi7x2",
    title="Weekly KPIs",
    describe="How we did: last week",
    owner="U0BEA",
    channels=("C0DATA", "C0SALES"),
    specs=(
        InputSpec(name="region", type="select", options=("EU", "NO"), label="Sales region"),
        InputSpec(name="weeks", type="slider", minimum=4, maximum=26, step=0.5),
        InputSpec(name="since", type="date"),
        InputSpec(name="shops", type="select", options=("Web", "Store"), multiple=True),
    ),
    defaults={
        "region": "NO",
        "weeks": "12",
        "since": "month-start",
        "note": "today",
        "fresh": True,
        "shops": ("Web", "Store"),
        "said": "true",
        "version": "1.10",
        "text": "one\n\n  two: three\n",
    },
    literal=frozenset({"note", "region"}),
    fixed=Options(update_report=True),
    one_at_a_time=True,
    when_changed=True,
    added_by="U0ANA",
)


def entries_of(text: str) -> list[Entry]:
    found = read(text)
    assert found.wrong == ()
    return list(found.entries)


def test_an_entry_is_written_so_that_people_can_edit_it() -> None:
    text = write([KPIS])
    assert text.startswith("# Threadbook's catalogue")
    assert text[text.index("\nnotebooks:") + 1 :] == (
        """\
notebooks:
  weekly-kpis:
    notebook: https://datalore.jetbrains.com/notebook/ana/Kpi7x2
    title: Weekly KPIs
    describe: 'How we did: last week'
    owner: U0BEA
    channels: [C0DATA, C0SALES]
    inputs:
      region:
        type: select
        label: Sales region
        options: [EU, 'NO']
      weeks:
        type: slider
        lowest: 4
        highest: 26
        step: 0.5
      since: date
      shops:
        type: multiselect
        options: [Web, Store]
    defaults:
      region: 'NO'
      weeks: '12'
      since: month-start
      note:
        exactly: today
      fresh: true
      shops: [Web, Store]
      said: 'true'
      version: '1.10'
      text: |
        one

          two: three
    fixed:
      update_report: true
    one_at_a_time: true
    when_changed: true
"""
    )
    assert entries_of(text) == [meant(KPIS)]


def test_the_example_at_the_top_can_be_used_as_it_stands() -> None:
    example = [line[1:] for line in write([]).splitlines() if line.startswith("#   ")]
    [entry] = entries_of("\n".join(["notebooks:", *example]))
    unused = {"url", "added_by", "gone_since"}
    assert [field for field, value in entry if not value and field not in unused] == []
    assert (entry.name, entry.defaults["note"], set(entry.literal)) == ("weekly-kpis", "today", {"note"})
    assert [spec.type for spec in entry.specs] == ["text", "select", "slider"]


def test_whatever_the_order_the_file_is_the_same() -> None:
    others = [KPIS.model_copy(update={"name": name}) for name in ("b", "a", "c-10", "c-2")]
    assert write(others) == write(others[::-1])
    assert [entry.name for entry in entries_of(write(others))] == ["a", "b", "c-10", "c-2"]


def test_an_empty_catalogue_is_a_file_too() -> None:
    assert entries_of(write([])) == []


def test_what_nobody_quotes_is_read_as_it_stands() -> None:
    [entry] = entries_of(
        f"""
notebooks:
  KPIs-2026:
    notebook: {NOTEBOOK}
    channels: C0DATA
    defaults:
      country: NO
      day: 2026-10-01
      version: 1.10
      code: 007
      fresh: false
      shout: True
      no choice: []
      empty: ""
      week: {{exactly: [today, 1]}}
""",
    )
    assert entry.name == "kpis-2026"
    assert entry.channels == ("C0DATA",)
    assert entry.defaults == {
        "country": "NO",
        "day": "2026-10-01",
        "version": "1.10",
        "code": "007",
        "fresh": False,
        "shout": True,
        "no choice": (),
        "empty": "",
        "week": ("today", "1"),
    }
    assert entry.literal == {"week"}


def test_an_address_brings_its_title_as_add_does_unless_the_file_says_another() -> None:
    address = f"https://deepnote.com/workspace/acme/project/Sales-1/notebook/Weekly-KPIs-{ID}"
    [entry] = entries_of(f"notebooks: {{kpis: {{notebook: '{address}'}}}}")
    assert (entry.title, entry.url) == ("Weekly KPIs", address)
    [entry] = entries_of(f"notebooks: {{kpis: {{notebook: '{address}', title: ''}}}}")
    assert entry.title == ""
    assert entries_of(write([entry])) == [entry]


@pytest.mark.parametrize("url", [None, "https://elsewhere.example/notebook/ana/Kpi7x2"])
def test_an_address_of_another_server_stays_beside_the_id(url: str | None) -> None:
    entry = meant(KPIS.model_copy(update={"url": url}))
    text = write([entry])
    assert f"notebook: datalore:ana/Kpi7x2\n    url: {url or chr(39) * 2}\n" in text
    assert entries_of(text) == [entry]
    assert read(text, Hosts(datalore="https://elsewhere.example")).entries == (entry,)


# Mistakes

MISTAKES = [
    # (what stands in the file, the line, some words of what is said, some words of what to write instead)
    ("", 1, "nothing in this file", "notebooks: {}"),
    ("# only this\n", 1, "nothing in this file", "notebooks: {}"),
    ("- a\n- b\n", 1, "begins with “notebooks:”", "indented"),
    ("kpis:\n  notebook: x\n", 1, "The file has no “kpis”", "There are: notebooks"),
    ("\nnotebook:\n  kpis: {}\n", 2, "The file has no “notebook”", "Did you mean “notebooks”?"),
    ("notebooks: [a]\n", 1, "names with values", ""),
    ("notebooks:\n", 1, "names with values", ""),
    ("notebooks:\n  a: {\n", 3, "closing bracket is missing", ""),
    ("notebooks:\n  a:\n\tnotebook: x\n", 3, "A tab", "spaces"),
    ("notebooks:\n  a:\n    title: one: two\n", 3, "second “: ”", ""),
    ("notebooks:\n  a:\n    title: 'one\n", 4, "isn't closed", ""),
    ("notebooks:\n  a:\n    title: @x\n", 3, "can't begin with this sign", "quotes"),
    ("notebooks:\n  a:\n    title: x\n   url: y\n", 4, "indented differently", ""),
    ("notebooks:\n  a:\n    channels: ['C1' 'C2']\n", 3, "comma or a closing bracket", ""),
    ("notebooks: {}\n---\nnotebooks: {}\n", 2, "second document", "---"),
    ("notebooks:\n  a: &one\n    title: x\n  b: *one\n", 2, "anchors", "Write the value out"),
    ("notebooks:\n  a: *one\n", 2, "“*one”: anchors and aliases", "Write the value out"),
    ("notebooks:\n  a:\n    title: !!python/object:os.system x\n", 3, "tags aren't read", "quotes"),
    ("notebooks:\n  a:\n    title: !secret x\n", 3, "tags aren't read", "quotes"),
    ("notebooks:\n  a:\n    title: x\x07y\n", 3, "U+0007", "Take it out"),
    ("notebooks: " + "[" * 100 + "]" * 100 + "\n", 1, "too deep", ""),
]
OF_AN_ENTRY = [
    ("titel: x", 4, "has no “titel”", "Did you mean “title”?"),
    ("zzz: x", 4, "has no “zzz”", "There are: notebook, url, title"),
    ("title: x\n    title: y", 5, "stands in line 4 already", "Take one"),
    ("title: [a]", 4, "The title is a text, not a list", "quotes"),
    ("title: {a: b}", 4, "The title is a text, not names", "quotes"),
    ("title:", 4, "The title is empty", '""'),
    ('title: "a\\0b"', 4, "can't be kept", "Take it out"),
    ("title: " + "x" * 301, 4, "at most 300 characters; this one has 301", "Shorten"),
    ("describe: " + "x" * 301, 4, "at most 300 characters; this one has 301", "Shorten"),
    ("? [a]\n    : b", 4, "A name in A notebook is a text", ""),
    ("url: ftp://x", 4, "no web address", "https://"),
    ("owner: '@bea'", 4, "“@bea” is no member id", "Copy member ID"),
    ("owner: [U1]", 4, "The owner is a text", ""),
    ("channels: ['#data']", 4, "“#data” is no channel's id", "C0123ABCD"),
    ("channels:\n      - C1\n      - C2\n      - C1", 7, "C1 is named twice", "Take one"),
    ("channels: {C1: x}", 4, "“channels” is a list", "[one, another]"),
    ("one_at_a_time: often", 4, "true or false", "Write true or false"),
    ("one_at_a_time: 'true'", 4, "true or false", "without quotes"),
    ("one_at_a_time: [true]", 4, "true or false", ""),
    ("fixed: live", 4, "names with values", ""),
    ("fixed: {life: true}", 4, "“fixed” has no “life”", "Did you mean “live”?"),
    ("fixed: {live: maybe}", 4, "“live” is true or false", ""),
    ("fixed:\n      write_files: true", 5, "--write-files is a flag for Datalore", "Take out “write_files”"),
    ("fixed:\n      live: true\n      readonly: true", 6, "--readonly is for a copy", "Take out “readonly”"),
    ("fixed: {dependents: true}", 4, "--dependents needs --blocks", "Take out"),
    ("fixed: {blocks: [a, a]}", 4, "The block “a” is named twice", "Take one"),
    ("inputs: [region]", 4, "names with values", ""),
    ("inputs:\n      region: txt", 5, "no type “txt”", "Did you mean “text”?"),
    ("inputs:\n      region: colour", 5, "no type “colour”", "The types are text"),
    ("inputs:\n      region: {label: x}", 5, "has no type", "Write type: and one of text"),
    ("inputs:\n      region: {type: text, color: red}", 5, "has no “color”", "There are: type, label"),
    ("inputs:\n      region: select", 5, "needs its options", "options: [one, another]"),
    ("inputs:\n      region: {type: select, options: []}", 5, "at least one option", ""),
    ("inputs:\n      region:\n        type: select\n        options:\n        - a\n        - a", 9, "twice", "one"),
    ("inputs:\n      region: {type: select, options: [a, '']}", 5, "An item of “options” is empty", ""),
    ("inputs:\n      region: {type: text, options: [a]}", 5, "takes no options", "type: select"),
    ("inputs:\n      weeks: {type: text, lowest: 1}", 5, "has no “lowest”", "type: slider"),
    ("inputs:\n      weeks: {type: slider, lowest: 1}", 5, "lacks its “highest”", "Write highest:"),
    ("inputs:\n      weeks: {type: slider, lowest: few, highest: 3}", 5, "a number, not “few”", "lowest: 4"),
    ("inputs:\n      weeks: {type: slider, lowest: 9, highest: 3}", 5, "above its end", "Turn them round"),
    ("inputs:\n      n:\n        type: slider\n        lowest: 1\n        highest: 3\n        step: 7", 9, "", "2"),
    ("inputs:\n      ' ': text", 5, "no name", ""),
    ("inputs:\n      a: text\n      'a ': text", 6, "declared twice", ""),
    ("defaults: EU", 4, "names with values", ""),
    ("defaults:\n      region:", 5, "The value of “region” is empty", '""'),
    ("defaults:\n      region: [a, ~]", 5, "An item of the value of “region” is empty", '""'),
    ("defaults:\n      region: {exact: today}", 5, "has no “exact”", "Did you mean “exactly”?"),
    ("defaults:\n      region: {}", 5, "is missing", "{exactly: <value>}"),
    ("defaults:\n      region: [[a]]", 5, "is a text, not a list", ""),
    ("defaults:\n      a: x\n      'a ': y", 6, "given twice", ""),
    ("inputs: {area: {type: select, options: [EU, US]}}\n    defaults:\n      area: EUR", 6, "no choice", "“EU”"),
    ("inputs: {day: date}\n    defaults:\n      other: x\n      day: someday", 7, "takes a date", "day="),
    ("inputs: {ok: checkbox}\n    defaults: {ok: [a, b]}", 5, "takes one value, not 2", ""),
    ("inputs: {n: {type: slider, lowest: 1, highest: 9}}\n    defaults: {n: 12}", 5, "out of its range", "from 1 to 9"),
    ("inputs: {api_token: date}\n    defaults: {api_token: hunter2}", 5, "“api_token” doesn't fit", "Change one"),
]  # fmt: skip
NOTEBOOKS = [
    ("weekly-kpis", "no notebook's address", "datalore:<owner>/<id>"),
    ("ana/Kpi7x2", "which platform", "datalore:ana/Kpi7x2"),
    ("deepnote:123", "32 digits", "deepnote:<id>"),
    ("https://deepnote.com/workspace/a/project/b", "This is a project", "https://deepnote.com/workspace/…"),
    ("https://datalore.jetbrains.com/report/x", "A report can't be run", "/notebook/<owner>/<id>"),
    ("https://example.com/x", "isn't the address of a notebook", "Write its web address"),
    ("''", "The notebook is empty", ""),
    (f"datalore:{'a' * 128}/{'b' * 128}", "at most 255", ""),
]
NAMES = [
    ("Weekly KPIs", "no spaces", "Write weekly-kpis"),
    ("142", "A number alone is a run", "Write notebook-142"),
    ("run", "a command of its own", "Write notebook-run"),
    (ID, "looks like a notebook's id", "Write notebook-"),
    ("x" * 61, "at most 60 characters; this one has 61", "Write xxx"),
    ("'***'", "letters, digits", ""),
]


@pytest.fixture(params=["SafeLoader", "CSafeLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML's slow way and its fast one, which not every machine has: they speak differently of mistakes."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML was built without its fast loader")
    monkeypatch.setattr(page, "_LOADER", getattr(yaml, request.param))


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(("text", "line", "said", "instead"), MISTAKES)
def test_a_mistake_in_the_file_is_named_with_its_line(text: str, line: int, said: str, instead: str) -> None:
    entries, wrong = read(text)
    assert entries == ()
    assert (wrong[0].line, said in wrong[0].text, instead in wrong[0].hint) == (line, True, True), wrong


@pytest.mark.parametrize(("text", "line", "said", "instead"), OF_AN_ENTRY)
def test_a_mistake_in_an_entry_is_named_with_its_line_and_its_notebook(
    text: str, line: int, said: str, instead: str
) -> None:
    entries, wrong = read(f"notebooks:\n  kpis:\n    notebook: {NOTEBOOK}\n    {text}\n")
    assert entries == ()
    assert (wrong[0].line, said in wrong[0].text, instead in wrong[0].hint) == (line, True, True), wrong
    assert wrong[0].text.startswith("kpis: ")
    assert len(wrong) == 1
    assert "hunter2" not in str(wrong)


@pytest.mark.parametrize(("words", "said", "instead"), NOTEBOOKS)
def test_a_notebook_that_cannot_be_run_is_named(words: str, said: str, instead: str) -> None:
    [wrong] = read(f"notebooks:\n  kpis:\n    notebook: {words}\n").wrong
    assert (wrong.line, said in wrong.text, instead in wrong.hint) == (3, True, True), wrong


@pytest.mark.parametrize(("name", "said", "instead"), NAMES)
def test_a_name_that_cannot_be_one_is_named(name: str, said: str, instead: str) -> None:
    [wrong] = read(f"notebooks:\n\n  {name}: {{notebook: '{NOTEBOOK}'}}\n").wrong
    assert (wrong.line, said in wrong.text, instead in wrong.hint) == (3, True, True), wrong


def test_a_notebook_without_an_address_and_one_named_twice() -> None:
    text = f"notebooks:\n  one:\n    title: One\n  two:\n    notebook: {NOTEBOOK}\n  Two:\n    notebook: {NOTEBOOK}\n"
    first, second = read(text).wrong
    assert (first.line, first.text) == (2, "one: This names no notebook.")
    assert (second.line, second.text) == (6, "“Two” is the same name as the one in line 4: capitals don't count.")
    [exact] = read(text.replace("Two", "two").replace("title: One", f"notebook: {NOTEBOOK}")).wrong
    assert (exact.line, exact.text) == (6, "“two” stands in line 4 already.")


def test_a_notebook_whose_address_stands_beside_its_name_is_told_where_it_belongs() -> None:
    [wrong] = read(f"notebooks:\n  one: {NOTEBOOK}\n").wrong
    assert wrong == (2, "one: This names no notebook.", f"Write below it notebook: {NOTEBOOK}")
    [empty] = read("notebooks:\n  one:\n").wrong
    assert empty.hint == "Write below it notebook: and its web address."


def test_all_mistakes_are_named_in_the_order_of_their_lines() -> None:
    text = (
        f"notebooks:\n  a:\n    channels: [x]\n    notebook: nowhere\n  good: {{notebook: '{NOTEBOOK}'}}\n  b: {{}}\n"
    )
    entries, wrong = read(text)
    assert entries == ()
    assert [one.line for one in wrong] == [3, 4, 6]


def test_flags_of_a_notebook_on_datalore_are_its_own() -> None:
    text = "notebooks:\n  a:\n    notebook: datalore:ana/x\n    fixed:\n      {}\n    defaults: {{day: x}}\n"
    [live] = read(text.format("live: true")).wrong
    assert (live.line, "--live is a flag for Deepnote" in live.text) == (5, True)
    [interactive] = read(text.format("interactive: true")).wrong
    assert (interactive.line, "takes no inputs" in interactive.text) == (5, True)


def test_a_range_that_turns_round_only_at_a_months_beginning_is_no_mistake() -> None:
    text = f"notebooks:\n  a:\n    notebook: {NOTEBOOK}\n    inputs: {{when: date-range}}\n    defaults: {{when: X}}\n"
    assert entries_of(text.replace("X", "month-start..yesterday"))
    assert entries_of(text.replace("X", "today..this-friday"))
    [wrong] = read(text.replace("X", "today..yesterday")).wrong
    assert (wrong.line, "ends" in wrong.text) == (5, True)


@settings(deadline=None)
@given(st.text() | st.text("notebks: {}[]-\n\t'\"&*!|>#%@?,a", max_size=60))
def test_any_text_is_read_or_its_mistakes_are_named(text: str) -> None:
    entries, wrong = read(text)
    assert entries == () or wrong == ()
    lines = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + text.count("\u2029") + 1
    assert all(1 <= one.line <= lines + 1 for one in wrong)


@settings(deadline=None)
@given(st.text("notebks: {}[]-\n\t'\"&*!|>#%@?,a", max_size=60))
def test_any_text_as_an_entry_is_read_or_its_mistakes_are_named(text: str) -> None:
    entries, wrong = read(f"notebooks:\n  kpis:\n    notebook: {NOTEBOOK}\n    defaults:\n      {text}")
    assert entries == () or wrong == ()


# There and back

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
values = (
    words | st.booleans() | st.lists(words, max_size=3).map(tuple) | st.sampled_from(["today", "-7d", "2026-01-02"])
)
input_names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8).map(str.lower).filter(str.isascii)
slack_ids = st.from_regex(r"[A-Z][A-Z0-9]{3,10}", fullmatch=True).filter(str.isascii)


@st.composite
def specs(draw: st.DrawFn, name: str) -> InputSpec:
    kind = draw(st.sampled_from(["text", "textarea", "select", "checkbox", "date", "date-range", "slider", "file"]))
    label = " ".join(draw(words).split())
    if kind == "select":
        options = draw(st.lists(words.filter(str.strip), min_size=1, max_size=4, unique=True))
        return InputSpec(name=name, type=kind, label=label, options=tuple(options), multiple=draw(st.booleans()))
    if kind == "slider" and draw(st.booleans()):
        lowest = draw(st.integers(-1000, 1000)) / draw(st.sampled_from([1, 2, 10, 1000]))
        step = draw(st.none() | st.sampled_from([0.5, 1.0, 0.001]))
        return InputSpec(name=name, type=kind, label=label, minimum=lowest, maximum=lowest + 10, step=step)
    return InputSpec(name=name, type=kind, label=label)


@st.composite
def notebooks(draw: st.DrawFn) -> dict[str, object]:
    if draw(st.booleans()):
        owner, name = (draw(st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True).filter(str.isascii)) for _ in "ab")
        fixed = draw(st.none() | st.builds(Options, update_report=st.booleans(), write_files=st.booleans()))
        url = draw(st.sampled_from([None, f"{OURS.datalore}/notebook/{owner}/{name}", "https://other.example/x?y=1"]))
        return {"notebook": Notebook(platform=Platform.DATALORE, id=f"{owner}/{name}"), "url": url, "fixed": fixed}
    found = draw(st.from_regex(r"[0-9a-f]{32}", fullmatch=True).filter(str.isascii))
    copies = st.builds(Options, readonly=st.booleans())
    shared = st.builds(
        Options,
        live=st.booleans(),
        blocks=st.lists(words.filter(str.strip), min_size=1, unique=True, max_size=3).map(tuple),
        dependents=st.booleans(),
    )
    url = draw(st.sampled_from([None, f"{OURS.deepnote}/workspace/w/project/p/notebook/My-Notebook-{found}"]))
    fixed = draw(st.none() | copies | shared | st.just(Options(live=True)))
    return {"notebook": Notebook(platform=Platform.DEEPNOTE, id=found), "url": url, "fixed": fixed}


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    declared = [draw(specs(name)) for name in draw(st.lists(input_names, max_size=3, unique=True))]
    names = draw(st.lists(input_names, max_size=4, unique=True))
    defaults = {name: draw(values) for name in names if name not in {spec.name for spec in declared}}
    defaults |= {spec.name: spec.options[0] for spec in declared if draw(st.booleans()) and spec.options}
    name = draw(st.from_regex(r"[a-zäß][a-z0-9ä._-]{0,12}", fullmatch=True))
    given = draw(notebooks())
    return Entry.model_validate(
        given
        | {
            "name": name,
            "title": draw(words),
            "describe": draw(words),
            "owner": draw(st.none() | slack_ids),
            "channels": tuple(draw(st.lists(slack_ids, max_size=3, unique=True))),
            "specs": tuple(declared),
            "defaults": defaults,
            "literal": draw(st.frozensets(st.sampled_from(names)) if names else st.just(frozenset[str]())),
            "one_at_a_time": draw(st.booleans()),
            "when_changed": draw(st.booleans()),
            "added_by": draw(slack_ids),
            "gone_since": draw(st.none() | st.just(datetime(2026, 1, 1, tzinfo=UTC))),
        }
    )


def possible(entry: Entry) -> bool:
    """Whether the catalogue could hold it: its name and its values have passed the desk."""
    check_options(entry.fixed or Options(), entry.notebook.platform, entry.defaults)
    declared = {name: value for name, value in entry.defaults.items() if name in {one.name for one in entry.specs}}
    return not name_fault(entry.name, RESERVED) and not faults(declared, entry.specs, datetime(2026, 5, 15).date())  # noqa: DTZ001


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a machine may have other work
@given(st.lists(entries().filter(possible), max_size=4, unique_by=lambda entry: entry.name))
def test_what_is_written_is_read_again_and_changes_nothing(catalogue: list[Entry]) -> None:
    again = entries_of(write(catalogue))
    assert again == sorted((meant(entry) for entry in catalogue), key=lambda entry: entry.name)
    assert write(again) == write(catalogue)
    changes = difference(catalogue, again)
    assert (changes.added, changes.changed, changes.removed) == ((), (), ())


# What would change

OTHER = Entry(
    name="churn", notebook=Notebook(platform=Platform.DEEPNOTE, id=ID), gone_since=datetime(2026, 1, 1, tzinfo=UTC)
)


def test_a_change_is_told_field_by_field_and_what_the_file_cannot_tell_stays() -> None:
    wanted = meant(KPIS).model_copy(
        update={
            "title": "KPIs of the week",
            "owner": None,
            "defaults": {**KPIS.defaults, "region": "EU", "note": ("a", "b"), "api_token": "hunter2"},
            "literal": frozenset[str](),
            "specs": KPIS.specs[1:],
        }
    )
    changes = difference([KPIS], [wanted])
    [(before, after)] = changes.changed
    assert before == KPIS
    assert after == wanted.model_copy(update={"added_by": "U0ANA"})
    assert told(changes, OURS, prune=False) == [
        "~ weekly-kpis",
        "    title: Weekly KPIs → KPIs of the week",
        "    owner: U0BEA → (none)",
        "    inputs.region: {type: select, label: Sales region, options: [EU, NO]} → (none)",
        "    defaults.region: NO → EU",
        "    defaults.note: {exactly: today} → [a, b]",
        "    defaults.api_token: (none) → ••••",
    ]


def test_inputs_in_another_order_are_a_change_too() -> None:
    changes = difference([KPIS], [meant(KPIS).model_copy(update={"specs": KPIS.specs[::-1]})])
    assert told(changes, OURS, prune=False) == ["~ weekly-kpis", "    inputs: in another order"]


def test_a_notebook_that_is_gone_stays_so_until_the_file_names_another() -> None:
    described = meant(OTHER).model_copy(update={"describe": "Who left"})
    [(_, after)] = difference([OTHER], [described]).changed
    assert after.gone_since == OTHER.gone_since
    [(_, moved)] = difference([OTHER], [described.model_copy(update={"notebook": KPIS.notebook})]).changed
    assert moved.gone_since is None


def test_what_is_added_is_told_whole_and_what_the_file_does_not_name_goes_only_when_pruned() -> None:
    changes = difference([KPIS], [OTHER])
    added = ["+ churn", f"    notebook: deepnote:{ID}"]
    assert told(changes, OURS, prune=True) == [*added, "- weekly-kpis (datalore:ana/Kpi7x2)"]
    kept = "Not in the file, and kept (--prune removes): weekly-kpis"
    assert told(changes, OURS, prune=False) == [*added, kept]


def test_nothing_in_a_file_can_command_the_terminal() -> None:
    text = f'notebooks:\n  a:\n    notebook: {NOTEBOOK}\n    title: "\\e[31mred\\r\\nx"\n'
    assert told(difference([], entries_of(text)), OURS, prune=False)[-1] == "    title: [31mred x"
