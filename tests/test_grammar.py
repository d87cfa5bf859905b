"""Typed commands: a line in, a Command or a Mistake that helps."""

from __future__ import annotations

import pytest

from bot.command import (
    AddEntry,
    Address,
    Command,
    Help,
    ListCatalogue,
    ListRuns,
    OpenForm,
    RemoveEntry,
    Rerun,
    RunNotebook,
    SetUnfurl,
    ShowEntry,
    ShowStatus,
    Track,
    Untrack,
)
from bot.errors import Mistake
from bot.grammar import (
    LONGEST,
    VERBS,
    check_options,
    fixed_name,
    name_fault,
    parse,
    pointed,
    suggest,
    verb,
    written,
)
from bot.links import Hosts
from bot.model import Notebook, Options, Platform

ID = "0123456789abcdef0123456789abcdef"
WEEKLY = f"https://deepnote.com/project/Sales-{ID}/notebook/Weekly-KPIs-{ID}"
DEEPNOTE = Address(notebook=Notebook(platform=Platform.DEEPNOTE, id=ID))
DATALORE = Address(
    notebook=Notebook(platform=Platform.DATALORE, id="ana/Kpi7"), url="https://datalore.jetbrains.com/notebook/ana/Kpi7"
)


def run(text: str, platform: Platform | None = None) -> RunNotebook:
    command = parse(text, platform=platform)
    assert isinstance(command, RunNotebook)
    return command


def refused(
    text: str, platform: Platform | None = None, thread: int | None = None, command: str = "/notebook"
) -> Mistake:
    with pytest.raises(Mistake) as mistake:
        parse(text, platform=platform, run=thread, command=command)
    return mistake.value


def spot(mistake: Mistake) -> str:
    return mistake.typed[slice(*mistake.at)]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Help()),
        ("  \n ", Help()),
        ("run", OpenForm()),
        ("run weekly-kpis region=EU", RunNotebook(target="weekly-kpis", inputs={"region": "EU"})),
        ("Run Weekly-KPIs region=EU", RunNotebook(target="weekly-kpis", inputs={"region": "EU"})),
        ("run datalore:ana/Kpi7 --update-report", RunNotebook(target=DATALORE, options=Options(update_report=True))),
        (f"run deepnote:{ID} --dm", RunNotebook(target=DEEPNOTE, dm=True)),
        (f"deepnote:{ID} --readonly", RunNotebook(target=DEEPNOTE, options=Options(readonly=True))),
        ("status 142", ShowStatus(run=142)),
        ("status #142", ShowStatus(run=142)),
        ("Status run 142.", ShowStatus(run=142)),
        ("status", ShowStatus()),
        ("runs", ListRuns()),
        ("runs --mine", ListRuns(mine=True)),
        ("runs Weekly-KPIs --failed --mine", ListRuns(mine=True, failed=True, target="weekly-kpis")),
        ("runs --failed datalore:ana/Kpi7", ListRuns(failed=True, target=DATALORE)),
        ("rerun 142 region=US", Rerun(run=142, inputs={"region": "US"})),
        ("rerun 142 --anyway", Rerun(run=142, anyway=True)),
        ("run x --anyway --dm", RunNotebook(target="x", anyway=True, dm=True)),
        ("unfurl on", SetUnfurl(on=True)),
        ("Unfurl OFF", SetUnfurl(on=False)),
        ("rerun", Rerun()),
        ("untrack 142", Untrack(run=142)),
        ("unfollow run #142", Untrack(run=142)),
        (f"track deepnote:{ID}", Track(target=DEEPNOTE)),
        ("follow datalore:ana/Kpi7 r-1.2", Track(target=DATALORE, remote_id="r-1.2")),
        ("track weekly-kpis", Track(target="weekly-kpis")),
        ("list", ListCatalogue()),
        ("list  sales kpis", ListCatalogue(search="sales kpis")),
        ("add Weekly datalore:ana/Kpi7", AddEntry(name="weekly", target=DATALORE)),
        (
            'add weekly datalore:ana/Kpi7 since=month-start day="today"',
            AddEntry(
                name="weekly",
                target=DATALORE,
                defaults={"since": "month-start", "day": "today"},
                literal=frozenset({"day"}),
            ),
        ),
        ("show weekly-kpis", ShowEntry(name="weekly-kpis")),
        ("remove weekly-kpis", RemoveEntry(name="weekly-kpis")),
        ("help", Help()),
        ("help run", Help(verb="run")),
        ("help Unfollow", Help(verb="untrack")),
        ("run --help", Help(verb="run")),
        ("--help", Help()),
        ("/notebook run weekly-kpis", RunNotebook(target="weekly-kpis")),
    ],
)
def test_what_is_typed_becomes_a_command(text: str, command: Command) -> None:
    assert parse(text) == command


def test_in_a_runs_thread_no_number_is_needed() -> None:
    assert parse("rerun region=US", run=142) == Rerun(run=142, inputs={"region": "US"})
    assert parse("status", run=142) == ShowStatus(run=142)
    assert parse("untrack", run=142) == Untrack(run=142)
    assert parse("status 7", run=142) == ShowStatus(run=7)


def test_a_platforms_own_command_takes_bare_ids() -> None:
    assert run("run ana/Kpi7", Platform.DATALORE).target == DATALORE
    assert run("ana/Kpi7 year=2026", Platform.DATALORE) == RunNotebook(
        target=DATALORE, platform=Platform.DATALORE, inputs={"year": "2026"}
    )
    assert run(f"run {ID}", Platform.DEEPNOTE).target == DEEPNOTE
    assert run("run weekly-kpis", Platform.DEEPNOTE).platform is Platform.DEEPNOTE
    assert parse("run", platform=Platform.DATALORE) == OpenForm(platform=Platform.DATALORE)
    assert parse("runs", platform=Platform.DATALORE) == ListRuns(platform=Platform.DATALORE)


def test_a_pasted_address_alone_is_run_with_its_title() -> None:
    command = run(f"{WEEKLY}?a=b#c region=EU")
    assert command.target == DEEPNOTE.model_copy(update={"url": WEEKLY, "title": "Weekly KPIs"})
    assert command.inputs == {"region": "EU"}


def test_the_sandboxs_addresses_are_read_through_its_hosts() -> None:
    hosts = Hosts(datalore="http://127.0.0.1:8765/datalore", deepnote="http://127.0.0.1:8765/deepnote")
    command = parse("run http://127.0.0.1:8765/datalore/notebook/o/i", hosts=hosts)
    assert isinstance(command, RunNotebook)
    assert isinstance(command.target, Address)
    assert command.target.notebook.id == "o/i"


def test_values_keep_their_words_and_say_which_were_quoted() -> None:
    command = run("""run x a='two words' b="say \\"hi\\"" "c=three words" "two words"=today e="" f=today""")
    assert command.inputs == {
        "a": "two words",
        "b": 'say "hi"',
        "c": "three words",
        "two words": "today",
        "e": "",
        "f": "today",
    }
    assert command.literal == {"a", "b", "c", "e"}


def test_a_name_given_again_gathers_its_values_in_order() -> None:
    command = run('run x region=EU n=1 region=US region="A B"')
    assert command.inputs == {"region": ("EU", "US", "A B"), "n": "1"}
    assert command.literal == {"region"}


@pytest.mark.parametrize("name", ["région", "регион", "売上", "a-b", "a.b", "_x1", "क्षेत्र"])
def test_inputs_may_be_named_in_any_script(name: str) -> None:
    assert run(f"run x {name}=1").inputs == {name: "1"}


def test_the_same_letters_are_the_same_name_however_a_keyboard_composed_them() -> None:
    assert run("run x re\u0301gion=EU").inputs == {"région": "EU"}


def test_flags_say_how_to_run() -> None:
    assert run("run x --live").options == Options(live=True)
    assert run("run x --blocks a,b --dependents").options == Options(live=True, blocks=("a", "b"), dependents=True)
    assert run('run x --blocks=a --blocks "b, c"').options.blocks == ("a", "b", "c")
    assert run("run x --blocks a, b y=1").options.blocks == ("a", "b")
    assert run("run x --Update-Report --write_files").options == Options(update_report=True, write_files=True)
    assert run("run x --read-only").options == Options(readonly=True)
    assert run("run --interactive datalore:o/i").options == Options(interactive=True)


@pytest.mark.parametrize(
    ("text", "said", "where", "instead"),
    [
        ("run weekly-kpis region=", "has no value", "region=", "run weekly-kpis region=<value>"),
        ("run weekly-kpis region = EU", "no spaces around", "region = EU", "run weekly-kpis region=EU"),
        ("run weekly-kpis region= EU --live", "no spaces", "region= EU", "run weekly-kpis region=EU --live"),
        ('run weekly-kpis region ="A B"', "no spaces", 'region ="A B"', 'run weekly-kpis region="A B"'),
        ('run weekly-kpis region = "A B"', "no spaces", 'region = "A B"', 'run weekly-kpis region="A B"'),
        ("run weekly-kpis =EU", "no name", "=EU", "run weekly-kpis <name>=EU"),
        ('run x ""=EU', "no name", '""=EU', "run <notebook> [name=value …] [--flag …]"),
        ("run x a=1 =EU", "no name", "=EU", "run x a=1 <name>=EU"),
        ("run x region==EU", "is enough", "region==EU", "run x region=EU"),
        ("run x region=New York", "needs quotes", "York", 'run x region="New York"'),
        ("run x region:EU", "neither", "region:EU", "run x region=EU"),
        ("run weekly-kpis EU", "neither", "EU", "run weekly-kpis <name>=EU"),
        ("run x region=EU, year=2026", "without commas", ",", "run x region=EU year=2026"),
        ('run x a="b c", d=1', "without commas", ",", 'run x a="b c" d=1'),
        ('run x a="b c"d', "follows the closing quote", "d", 'run x a="b cd"'),
        ('run x a="b c', "isn't closed", '"', 'run x a="b c"'),
        ("run x a=“b c", "isn't closed", "“", "run x a=“b c”"),
        ("run Weekly KPIs region=EU", "has no spaces", "Weekly KPIs", "run weekly-kpis region=EU"),
        ("run region=EU", "Which notebook?", "", "run <notebook> region=EU"),
        ("run 142 region=US", "number of a run", "142", "rerun 142 region=US"),
        ("run ana/Kpi7", "which platform", "ana/Kpi7", "run datalore:ana/Kpi7"),
        (
            "run datalore.jetbrains.com/view/x a=1",
            "can't be run",
            "datalore.jetbrains.com/view/x",
            "run https://datalore.jetbrains.com/notebook/<owner>/<id> a=1",
        ),
        ("run x --livee", "Did you mean --live?", "--livee", "run x --live"),
        ("run x --xyz a=1", "There is no flag", "--xyz", "run x a=1"),
        ("run x --live=yes", "stands alone", "--live=yes", "run x --live"),
        ("run x --blocks", "needs the ids", "--blocks", "run x --blocks <id>,<id>"),
        ("run x --live --write-files", "for Datalore", "--write-files", "run x --live"),
        ("run datalore:o/i --live a=1", "on Datalore", "--live", "run datalore:o/i a=1"),
        (f"run deepnote:{ID} --write-files", "on Deepnote", "--write-files", f"run deepnote:{ID}"),
        ("run x --live --readonly", "for a copy", "--readonly", "run x --live"),
        ("run x --readonly --blocks a", "for a copy", "--readonly", "run x --blocks a"),
        ("run x --dependents", "needs --blocks", "--dependents", "run x"),
        ("run x --interactive a=1", "takes no inputs", "--interactive", "run x a=1"),
        ("run x --interactive --update-report", "can't be had", "--update-report", "run x --interactive"),
        ("rnu weekly-kpis", "Did you mean “run”?", "rnu", "run weekly-kpis"),
        ("delete weekly-kpis", "Did you mean “remove”?", "delete", "remove weekly-kpis"),
        ("stop 142", "the run goes on", "stop", "untrack 142"),
        ("weekly-kpis region=EU", "begin with “run”", "weekly-kpis", "run weekly-kpis region=EU"),
        ("142", "what to do", "142", "status 142"),
        ("region=EU", "what to do", "region=EU", "run <notebook> region=EU"),
        ("rerun 142 --live", "keeps the flags", "--live", "rerun 142"),
        ("rerun weekly-kpis a=1", "not the number", "weekly-kpis", "run weekly-kpis a=1"),
        ("rerun region = US", "no spaces", "region = US", "rerun region=US"),
        ("status 0", "no run", "0", "status 142"),
        ("status -5", "begin at 1", "-5", "status 142"),
        ("status 2147483648", "no run", "2147483648", "status 142"),
        ("status region=EU", "takes no", "region=EU", "status"),
        ("status 142 --live", "takes no --live", "--live", "status 142"),
        ("untrack", "Which run?", "", "untrack <run>"),
        ("runs a=1", "takes no", "a=1", "runs"),
        ("runs 142", "number of a run", "142", "status 142"),
        ("runs Weekly KPIs --mine", "no spaces", "Weekly KPIs", "runs weekly-kpis --mine"),
        ("runs weekly --mine kpis", "takes no", "kpis", "runs weekly --mine"),
        ("runs --failde", "Did you mean --failed?", "--failde", "runs --failed"),
        ("runs --live", "takes no --live", "--live", "runs"),
        ("run x --mine", "takes no --mine", "--mine", "run x"),
        ("run x --owner @ana", "takes no --owner", "--owner @ana", "run x"),
        ("run x --anyway=yes", "stands alone", "--anyway=yes", "run x --anyway"),
        ("unfurl", "Say “on” or “off”", "", "unfurl on"),
        ("unfurl maybe", "Say “on” or “off”", "maybe", "unfurl on"),
        ("unfurl on off", "takes no", "off", "unfurl on"),
        ("show", "Which notebook?", "", "show <name>"),
        ("show Weekly KPIs", "no spaces", "Weekly KPIs", "show weekly-kpis"),
        ("show 142", "number of a run", "142", "status 142"),
        ("add weekly", "has to follow", "", "add weekly <notebook>"),
        ("add datalore:o/i weekly", "before its address", "datalore:o/i weekly", "add weekly datalore:o/i"),
        ("add Weekly KPIs! datalore:o/i", "no spaces", "Weekly KPIs!", "add weekly-kpis datalore:o/i"),
        ("add show datalore:o/i", "command of its own", "show", "add notebook-show datalore:o/i"),
        ("add 142 datalore:o/i", "A number alone", "142", "add notebook-142 datalore:o/i"),
        (f"add {ID} datalore:o/i", "before its address", ID, f"add <name> {ID} datalore:o/i"),
        ("help rnu", "Did you mean “run”?", "rnu", "help run"),
    ],
)
def test_a_mistake_says_what_where_and_what_to_type(text: str, said: str, where: str, instead: str) -> None:
    mistake = refused(text)
    assert said in mistake.text
    assert spot(mistake) == where
    assert mistake.hint == f"/notebook {instead}"
    assert "<" in instead or "[" in instead or parse(instead)


def test_hints_begin_with_the_command_that_was_typed() -> None:
    assert refused("run x a=", command="@Threadbook").hint == "@Threadbook run x a=<value>"
    assert refused("region=EU", thread=142, command="@Threadbook").hint == "@Threadbook rerun region=EU"


def test_a_notebook_of_the_other_platform_leads_to_the_other_command() -> None:
    mistake = refused(f"run deepnote:{ID} a=1", Platform.DATALORE, command="/datalore")
    assert mistake.hint == f"/deepnote run deepnote:{ID} a=1"
    assert refused("datalore:o/i a=1", Platform.DEEPNOTE, command="/deepnote").hint == "/datalore run datalore:o/i a=1"


def test_a_flag_of_the_other_platform_is_told_from_the_command_alone() -> None:
    assert "on Datalore" in refused("run weekly-kpis --live", Platform.DATALORE).text


def test_options_are_checked_again_once_a_name_is_found() -> None:
    check_options(Options(live=True), Platform.DEEPNOTE)
    check_options(Options(live=True, blocks=("a",), dependents=True), Platform.DEEPNOTE, ["region"])
    with pytest.raises(Mistake, match="on Datalore"):
        check_options(Options(live=True), Platform.DATALORE)
    with pytest.raises(Mistake, match="takes no inputs"):
        check_options(Options(interactive=True), Platform.DATALORE, ["region"])


def test_long_lines_are_read_up_to_the_limit() -> None:
    value = "x" * (LONGEST - len("run x a="))
    assert run(f"run x a={value}").inputs == {"a": value}
    assert "too long" in refused(f"run x a={value}y").text


def test_a_hint_that_nobody_would_type_gives_way_to_help() -> None:
    assert refused(f"run x a={'y' * 3000} b=").hint == "/notebook help"


def test_the_spot_is_pointed_at() -> None:
    assert pointed(refused("run weekly-kpis region=")) == ("run weekly-kpis region=\n                ^^^^^^^")
    assert pointed(refused('run x\na="b')) == ('run x a="b\n        ^')
    assert pointed(refused("run 売上 a=")) == "run 売上 a=\n         ^^"
    assert pointed(Mistake("Nothing was typed.")) == ""


def test_a_long_line_is_cut_around_the_spot() -> None:
    first, second = pointed(refused(f"run x a={'y' * 500} --livee b={'z' * 500}")).split("\n")
    assert first.startswith("…yyy")
    assert first.endswith("zzz…")
    assert first[second.index("^") : second.rindex("^") + 1] == "--livee"
    assert len(first) <= 72


def test_names_that_somebody_may_have_meant() -> None:
    names = ["weekly-kpis", "daily-sales", "churn"]
    assert suggest("Weekly-KPI", names) == "weekly-kpis"
    assert suggest("kpis", names) == "weekly-kpis"
    assert suggest("zzz", names) is None
    assert suggest("", names) is None
    assert suggest("x" * 8000, names) is None


def test_a_names_fault_is_told_and_mended() -> None:
    assert not name_fault("отчёт-2026.v2")
    assert "a notebook's id" in name_fault(ID)
    assert "at most 60" in name_fault("x" * 61)
    assert fixed_name("Отчёт (2026)") == "отчёт-2026"
    assert fixed_name("!!!") == "notebook"


def test_every_example_of_the_help_can_be_typed() -> None:
    for known in VERBS:
        assert known.examples
        for example in known.examples:
            assert verb(example.split()[0]) == known
            assert not isinstance(parse(example), Help) or known.name == "help"


def test_a_command_is_written_back_as_it_would_be_typed() -> None:
    assert written(run(f"{WEEKLY}?x --blocks a,b --dependents 'two words'='it”s' b=1 b=2")) == (
        f'run {WEEKLY} --blocks a,b --dependents "two words"="it”s" b=1 b=2'
    )
    assert written(Rerun(run=142, inputs={"ok": True, "none": ()}, dm=True)) == 'rerun 142 --dm ok=true none=""'
    assert written(Rerun()) == "rerun"
    assert written(run("run x --anyway b=1 --dm --live")) == "run x --live --dm --anyway b=1"
