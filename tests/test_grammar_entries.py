"""Adding and editing notebooks of the catalogue: declared inputs, owner, channels, and how they are always run."""

from __future__ import annotations

import pytest

from bot.command import AddEntry, Address, EditEntry, EntryDetails
from bot.errors import Mistake
from bot.grammar import TYPES, parse, written, written_spec
from bot.model import InputSpec, Notebook, Options, Platform

ID = "0123456789abcdef0123456789abcdef"
DATALORE = Address(
    notebook=Notebook(platform=Platform.DATALORE, id="ana/Kpi7"), url="https://datalore.jetbrains.com/notebook/ana/Kpi7"
)
DEEPNOTE = Address(notebook=Notebook(platform=Platform.DEEPNOTE, id=ID))


def added(rest: str, target: Address = DATALORE) -> AddEntry:
    command = parse(f"add weekly {target.notebook} {rest}")
    assert isinstance(command, AddEntry)
    assert (command.name, command.target) == ("weekly", target)
    return command


def edited(rest: str) -> EditEntry:
    command = parse(f"edit weekly {rest}")
    assert isinstance(command, EditEntry)
    assert command.name == "weekly"
    return command


def declared(typed: str) -> InputSpec:
    (spec,) = added(f"--input {typed}").details.specs
    return spec


def refused(text: str) -> Mistake:
    with pytest.raises(Mistake) as mistake:
        parse(text)
    return mistake.value


def test_everything_can_be_said_in_one_line() -> None:
    command = parse(
        "add Weekly datalore:ana/Kpi7 region=EU --input region:select=EU,US --input days:slider=1..28/1 "
        'since=month-start --describe "Revenue, by region" --owner <@U123|ana> --channels <#C1|data>, <#C2|sales> '
        "--update-report --one-at-a-time --when-changed"
    )
    assert command == AddEntry(
        name="weekly",
        target=DATALORE,
        defaults={"region": "EU", "since": "month-start"},
        details=EntryDetails(
            specs=(
                InputSpec(name="region", type="select", options=("EU", "US")),
                InputSpec(name="days", type="slider", minimum=1, maximum=28, step=1),
            ),
            describe="Revenue, by region",
            owner="U123",
            channels=("C1", "C2"),
            fixed=Options(update_report=True),
            one_at_a_time=True,
            when_changed=True,
        ),
    )


def test_what_is_not_said_stays_unsaid() -> None:
    assert added("region=EU").details == EntryDetails()
    assert edited("region=EU") == EditEntry(name="weekly", defaults={"region": "EU"})


@pytest.mark.parametrize(
    ("typed", "spec"),
    [
        ("name:text", InputSpec(name="name", type="text")),
        ("note:TextArea", InputSpec(name="note", type="textarea")),
        ("on:checkbox", InputSpec(name="on", type="checkbox")),
        ("since:date", InputSpec(name="since", type="date")),
        ("when:date-range", InputSpec(name="when", type="date-range")),
        ("when:date_range", InputSpec(name="when", type="date-range")),
        ("when:date\u2013range", InputSpec(name="when", type="date-range")),
        ("orders:file", InputSpec(name="orders", type="file")),
        ("region:select=EU,US", InputSpec(name="region", type="select", options=("EU", "US"))),
        ("region:select=EU, US", InputSpec(name="region", type="select", options=("EU", "US"))),
        ("region:select=EU", InputSpec(name="region", type="select", options=("EU",))),
        ("t:multiselect=A,B", InputSpec(name="t", type="select", options=("A", "B"), multiple=True)),
        ('c:select="New York",US', InputSpec(name="c", type="select", options=("New York", "US"))),
        ("c:select='New York',US", InputSpec(name="c", type="select", options=("New York", "US"))),
        ("c:select=“New York”,US", InputSpec(name="c", type="select", options=("New York", "US"))),
        ('c:select=US,"Smith, John"', InputSpec(name="c", type="select", options=("US", "Smith, John"))),
        ('"c:select=New York,US"', InputSpec(name="c", type="select", options=("New York", "US"))),
        ('c:select="New York, US"', InputSpec(name="c", type="select", options=("New York", "US"))),
        ("c:select=O'Brien,a=b", InputSpec(name="c", type="select", options=("O'Brien", "a=b"))),
        ('"two words":text', InputSpec(name="two words", type="text")),
        ("re\u0301gion:text", InputSpec(name="région", type="text")),
        ("n:slider", InputSpec(name="n", type="slider")),
        ("n:slider=4..26/2", InputSpec(name="n", type="slider", minimum=4, maximum=26, step=2)),
        ("n:slider=4…26", InputSpec(name="n", type="slider", minimum=4, maximum=26)),
        ("n:slider=-0.5...1.5/0.25", InputSpec(name="n", type="slider", minimum=-0.5, maximum=1.5, step=0.25)),
        ("n:slider=\u22125..5", InputSpec(name="n", type="slider", minimum=-5, maximum=5)),
    ],
)
def test_inputs_are_declared_with_their_type(typed: str, spec: InputSpec) -> None:
    assert declared(typed) == spec
    assert declared(written_spec(spec)) == spec


def test_every_type_can_be_declared() -> None:
    for known in TYPES:
        choices = "=A,B" if "select" in known else ""
        assert declared(f"x:{known}{choices}").type == known.removeprefix("multi")


def test_flags_may_stand_anywhere_and_take_their_value_with_or_without_equals() -> None:
    command = parse('add --owner=<@U1|ana> weekly --channels=<#C1|a> datalore:ana/Kpi7 --describe="a b" x=1')
    assert command == AddEntry(
        name="weekly",
        target=DATALORE,
        defaults={"x": "1"},
        details=EntryDetails(owner="U1", channels=("C1",), describe="a b"),
    )


@pytest.mark.parametrize(
    ("typed", "describe"),
    [
        ('"What sales asks"', "What sales asks"),
        ("“What sales asks”", "What sales asks"),
        ("'it's fine, isn't it'", "it's fine, isn't it"),
        ("Revenue", "Revenue"),
        ('"revenue=1 is good"', "revenue=1 is good"),
        ('"--live or not"', "--live or not"),
        ('"ask <@U1|ana> in <#C1|data>"', "ask @ana in #data"),
        ('" two\n lines "', "two lines"),
        ('""', ""),
    ],
)
def test_a_description_is_any_text_on_one_line(typed: str, describe: str) -> None:
    assert edited(f"--describe {typed} region=EU").details.describe == describe


@pytest.mark.parametrize(
    ("typed", "owner"),
    [
        ("<@U123|ana>", "U123"),
        ("<@W123>", "W123"),
        ("<@U123|Ana Maria>", "U123"),
        ("&lt;@U123&gt;", "U123"),
        ("&lt;@U123|ana&gt;", "U123"),
        ('"<@U123|ana>"', "U123"),
        ("= <@U123|ana>", "U123"),
        ("none", ""),
        ("None", ""),
    ],
)
def test_the_owner_is_whom_slack_knows(typed: str, owner: str) -> None:
    assert edited(f"--owner {typed} region=EU") == EditEntry(
        name="weekly", defaults={"region": "EU"}, details=EntryDetails(owner=owner)
    )


@pytest.mark.parametrize(
    ("typed", "channels"),
    [
        ("<#C1|data>,<#C2|sales>", ("C1", "C2")),
        ("<#C1|data> <#C2|sales>", ("C1", "C2")),
        ("<#C1|data> , <#C2>", ("C1", "C2")),
        ('"<#C1|data>, <#C2|>"', ("C1", "C2")),
        ("<#C1|data> --channels <#C2|sales>,<#C1|data>", ("C1", "C2")),
        ("&lt;#C1&gt;, &lt;#C2|sales&gt;", ("C1", "C2")),
        ("all", ()),
    ],
)
def test_the_channels_are_those_that_slack_knows(typed: str, channels: tuple[str, ...]) -> None:
    assert edited(f"--channels {typed} region=EU") == EditEntry(
        name="weekly", defaults={"region": "EU"}, details=EntryDetails(channels=channels)
    )


def test_people_of_one_name_are_told_apart_and_elsewhere_stay_words() -> None:
    command = added('who=<@U1|ana> --describe "<@U2|ana>" --owner <@U3|ana>')
    assert command.defaults == {"who": "@ana"}
    assert command.details == EntryDetails(describe="@ana", owner="U3")


def test_a_pasted_command_moves_nobody() -> None:
    assert parse("/notebook edit weekly --owner <@U1|ana>") == EditEntry(
        name="weekly", details=EntryDetails(owner="U1")
    )


def test_an_edit_names_a_new_notebook_or_drops_what_was() -> None:
    assert edited("datalore:ana/Kpi7") == EditEntry(name="weekly", target=DATALORE)
    assert edited("--unset region, year --any-options --many-at-a-time") == EditEntry(
        name="weekly",
        unset=frozenset({"region", "year"}),
        details=EntryDetails(any_options=True, one_at_a_time=False),
    )
    assert edited('--unset "two words",x --unset=y').unset == {"two words", "x", "y"}
    assert edited('--describe ""').details == EntryDetails(describe="")


def test_flags_say_how_it_is_always_run() -> None:
    assert added("--readonly", DEEPNOTE).details.fixed == Options(readonly=True)
    assert added("--blocks a, b --dependents", DEEPNOTE).details.fixed == Options(
        live=True, blocks=("a", "b"), dependents=True
    )
    assert edited("--write-files").details.fixed == Options(write_files=True)


LINK = "datalore:o/i"


@pytest.mark.parametrize(
    ("text", "said", "where", "instead"),
    [
        ("edit", "Which notebook?", "", "edit <name> [<notebook>] [name=value …] [--flag …]"),
        ("edit weekly", "What should change?", "", "edit <name> [<notebook>] [name=value …] [--flag …]"),
        ("edit 142 a=1", "number of a run", "142", "status 142"),
        ("edit Weekly KPIs a=1", "no spaces", "Weekly KPIs", "edit weekly-kpis a=1"),
        (f"edit Weekly KPIs {LINK}", "no spaces", "Weekly KPIs", f"edit weekly-kpis {LINK}"),
        (f"edit {LINK}", "before its address", LINK, f"edit <name> {LINK}"),
        ("edit weekly ana/Kpi7", "which platform", "ana/Kpi7", "edit weekly datalore:ana/Kpi7"),
        (f"edit weekly {LINK} x", "neither", "x", f"edit weekly {LINK} <name>=x"),
        ("edit weekly region = EU", "no spaces around", "region = EU", "edit weekly region=EU"),
        (f"add weekly {LINK} region = EU", "no spaces around", "region = EU", f"add weekly {LINK} region=EU"),
        (f"add weekly {LINK} --unset a", "takes no --unset", "--unset a", f"add weekly {LINK}"),
        (f"add weekly {LINK} --dm", "takes no --dm", "--dm", f"add weekly {LINK}"),
        (f"add weekly {LINK} --onwer", "Did you mean --owner?", "--onwer", f"add weekly {LINK} --owner"),
        (f"add weekly {LINK} --owner", "needs a person", "--owner", f"add weekly {LINK} --owner @person"),
        ("edit x --owner --live", "needs a person", "--owner", "edit x --owner @person --live"),
        ("edit x --owner @ana", "Slack doesn't know “@ana”", "@ana", "edit x --owner @<person>"),
        ("edit x --owner ana a=1", "type @ and pick", "ana", "edit x --owner @<person> a=1"),
        ("edit x --owner <!subteam^S1|@oncall>", "doesn't know “@oncall”", "@oncall", "edit x --owner @<person>"),
        ("edit x --owner <#C1|data>", "is a channel, not a person", "#data", "edit x --owner @<person>"),
        ("edit x --owner <@U1|a>,<@U2|b>", "has one owner", "@a,@b", "edit x --owner @person"),
        ('edit x --owner ""', "names no person", '--owner ""', "edit x --owner @<person>"),
        ("edit x --owner <@U1|a> --owner none", "given twice", "--owner none", "edit x --owner @a"),
        ("edit x --channels #data", "type # and pick", "#data", "edit x --channels #<channel>"),
        ("edit x --channels <#C1|a>, #data", "doesn't know “#data”", "#data", "edit x --channels #a, #<channel>"),
        ("edit x --channels <#C1|a> <@U1|ana>", "neither", "@ana", "edit x --channels #a <name>=@ana"),
        ("edit x --channels <#C1|a>,<@U1|ana>", "is a person", "@ana", "edit x --channels #a,#<channel>"),
        ("edit x --input", "needs an input's name", "--input", "edit x --input <name>:<type>[=…]"),
        ("edit x --input a=1 b=2", "as in region:text", "--input", "edit x --input a:<type> a=1 b=2"),
        ("edit x --input c:select=New York,US", "needs quotes", "York,US", 'edit x --input "c:select=New York,US"'),
        ("edit x --input a:text --input a:date", "declared twice", "--input a:date", "edit x --input a:text"),
        ("edit x --channels all,<#C1|a>", "doesn't know “all”", "all", "edit x --channels #<channel>,#a"),
        ("edit x --channels all --channels <#C1|a>", "All channels, or", "--channels all", "edit x --channels #a"),
        ("edit x --describe", "needs a sentence", "--describe", 'edit x --describe "…"'),
        ("edit x --describe a=1", "needs a sentence", "--describe", 'edit x --describe "…" a=1'),
        ("edit x --describe Sales by day a=1", "needs quotes", "by", 'edit x --describe "Sales by day" a=1'),
        (f"add x {LINK} --describe Sales by day", "needs quotes", "by", f'add x {LINK} --describe "Sales by day"'),
        ('edit x --describe "Sales', "isn't closed", '"', 'edit x --describe "Sales"'),
        ('edit x --describe "a b"c', "follows the closing quote", "c", 'edit x --describe "a bc"'),
        ('edit x --describe "a b", y=1', "without commas", ",", 'edit x --describe "a b" y=1'),
        (f"edit x --describe {'y' * 301}", "at most 300", "y" * 301, 'edit x --describe "…"'),
        ("edit x --unset", "needs the names", "--unset", "edit x --unset <name>,<name>"),
        ("edit x --unset a,", "is missing", "a,", "edit x --unset <name>,<name>"),
        ("edit x a=1 --unset a", "both given and dropped", "--unset a", "edit x a=1"),
        ("edit x --input a:text --unset a", "both given and dropped", "--unset a", "edit x --input a:text"),
        ("edit x --live --any-options", "exclude one another", "--any-options", "edit x --live"),
        ("edit x --any-options --live", "exclude one another", "--live", "edit x --any-options"),
        (
            "edit x --many-at-a-time --one-at-a-time",
            "exclude one another",
            "--one-at-a-time",
            "edit x --many-at-a-time",
        ),
        ("edit x --always --when-changed", "exclude one another", "--when-changed", "edit x --always"),
        (f"add x {LINK} --live", "on Datalore", "--live", f"add x {LINK}"),
        (f"edit x {LINK} --live", "on Datalore", "--live", f"edit x {LINK}"),
        ("edit x --live --write-files", "for Datalore", "--write-files", "edit x --live"),
        (f"add x {LINK} --interactive a=1", "takes no inputs", "--interactive", f"add x {LINK} a=1"),
        (
            f"add x {LINK} --input a:text --interactive",
            "takes no inputs",
            "--interactive",
            f"add x {LINK} --input a:text",
        ),
        ("change weekly a=1", "Did you mean “edit”?", "change", "edit weekly a=1"),
        (f"add edit {LINK}", "command of its own", "edit", f"add notebook-edit {LINK}"),
    ],
)
def test_a_mistake_says_what_where_and_what_to_type(text: str, said: str, where: str, instead: str) -> None:
    mistake = refused(text)
    assert said in mistake.text
    assert mistake.typed[slice(*mistake.at)] == where
    assert mistake.hint == f"/notebook {instead}"


@pytest.mark.parametrize(
    ("typed", "said", "instead"),
    [
        ("region", "has to follow its name", "region:text"),
        ("region:", "has to follow the colon", "region:<type>"),
        (":text", "has no name", "<name>:text"),
        ('"":text', "has no name", "<name>:text"),
        ("n:number=1..5", "Did you mean “slider”?", "n:slider=1..5"),
        ("r:slect=A,B", "Did you mean “select”?", "r:select=A,B"),
        ("r:Bool", "Did you mean “checkbox”?", "r:checkbox"),
        ("r:xyz", "The types are text, textarea", "r:<type>"),
        ("r:select", "needs its choices", "r:select=<choice>,<choice>"),
        ("r:select=", "needs its choices", "r:select=<choice>,<choice>"),
        ("r:multiselect=,", "needs its choices", "r:multiselect=<choice>,<choice>"),
        ("r:select=EU,,US", "is empty", "r:select=EU,US"),
        ("r:select=EU,", "is empty", "r:select=EU"),
        ("r:select=EU,US,EU", "named twice", "r:select=EU,US"),
        ("since:date=today", "takes no choices", "since:date since=today"),
        ("n:slider=4-26", "lowest..highest/step", "n:slider=4..26"),
        ("n:slider=many", "lowest..highest/step", "n:slider=<lowest>..<highest>/<step>"),
        ("n:slider=26..4", "begins with its lowest", "n:slider=4..26"),
        ("n:slider=4..4", "begins with its lowest", "n:slider=<lowest>..<highest>"),
        ("n:slider=4..26/0", "step is more than nothing", "n:slider=4..26/<step>"),
        ("n:slider=4..26/23", "fits into its range", "n:slider=4..26/<step>"),
    ],
)
def test_a_declaration_that_cant_be_is_mended(typed: str, said: str, instead: str) -> None:
    mistake = refused(f"edit x --input {typed} --live")
    assert said in mistake.text
    assert mistake.typed[slice(*mistake.at)] == typed
    assert mistake.hint == f"/notebook edit x --input {instead} --live"
    assert "<" in instead or parse(mistake.hint)


def test_a_change_is_written_back_as_it_would_be_typed() -> None:
    line = (
        'edit weekly datalore:ana/Kpi7 --unset b,"two words" --input c:multiselect="New York",US --describe "a b" '
        "--owner <@U1|ana> --channels <#C1|a> <#C2> --many-at-a-time --write-files region=EU"
    )
    assert written(parse_edit(line)) == (
        f'edit weekly {DATALORE.url} --unset b,"two words" --input c:multiselect="New York",US --describe "a b" '
        "--owner <@U1> --channels <#C1>,<#C2> --many-at-a-time --write-files region=EU"
    )
    cleared = 'edit weekly --describe "" --owner none --channels all --any-options'
    assert written(parse_edit(cleared)) == cleared


def parse_edit(line: str) -> EditEntry:
    command = parse(line)
    assert isinstance(command, EditEntry)
    return command
