"""What holds for any text that people could type."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.command import AddEntry, Address, EditEntry, EntryDetails, Rerun, RunNotebook
from bot.errors import Mistake
from bot.grammar import TYPES, VERBS, fixed_name, folded, name_fault, parse, pointed, written
from bot.grammar.decode import decode
from bot.grammar.verbs import RESERVED
from bot.model import InputSpec, Notebook, Options, Platform

ID = "0123456789abcdef0123456789abcdef"
PIECES = [
    *(word for known in VERBS for word in (known.name, *known.aliases)),
    *("region", "=", "==", "region=", "=EU", "region=EU", '"', "'", "“", "”", "\u2018", "\u2019", "\\", "«", ",", ":"),
    *("--", "\u2014", "--live", "-", "--blocks", "a,", "--dm", "--interactive", "--blocks=", "142", "#142", "0", "-5"),
    *("datalore:", "ana/Kpi", "deepnote:", ID, "https://deepnote.com/", f"project/x/notebook/{ID}", "weekly-kpis"),
    *(
        "--input",
        "--input=",
        ":select=",
        "a:slider=1..5/2",
        "region:text",
        "..",
        "/",
        "--unset",
        "--describe",
        "--owner",
    ),
    *("--channels", "<#C1|data>", "<@U1>", "none", "all", "--any-options", "--mine", "--anyway", "edit x ", "on"),
    *("<", ">", "|", "<@U1|ana>", "<!channel>", "&amp;", "&lt;", "<https://a.b|c>", "`", "\u200b", "\u00a0", "\n", "ß"),
]
lines = st.lists(st.sampled_from(PIECES) | st.text(max_size=4) | st.just(" "), max_size=14).map("".join)
platforms = st.none() | st.sampled_from(Platform)


def as_slack_sends(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mistaken(text: str, platform: Platform | None = None, thread: int | None = None) -> Mistake | None:
    try:
        parse(text, platform=platform, run=thread)
    except Mistake as mistake:
        return mistake
    return None


@given(st.text() | lines, platforms, st.none() | st.integers(1, 999))
@example("run x a=\u0130", None, None)
@example("9" * 5000, None, None)
@example("status \u0661\u0664\u0662", None, None)
@example("status \u00b2", None, None)
def test_a_line_is_a_command_or_a_mistake_and_nothing_else(
    text: str, platform: Platform | None, thread: int | None
) -> None:
    mistake = mistaken(text, platform, thread)
    if mistake is not None:
        assert mistake.text
        assert 0 <= mistake.at[0] <= mistake.at[1] <= len(mistake.typed)
        assert not mistake.hint or mistake.hint.startswith("/")
        assert len(pointed(mistake).split("\n")) == (2 if mistake.typed else 1)


seen = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).filter(lambda text: decode(text) == text)
values = (seen | st.sampled_from(PIECES)).map(decode).filter(lambda text: decode(f"a{text}b") == f"a{text}b")
input_names = values.map(lambda text: unicodedata.normalize("NFC", text).strip()).filter(
    lambda name: name and decode(f"x {name}=") == f"x {name}="
)
inputs = st.dictionaries(input_names, values | st.lists(values, min_size=2, max_size=3).map(tuple), max_size=4)
targets = st.sampled_from(["weekly-kpis", "отчёт.v2", "x"]) | st.sampled_from(
    [
        Address(notebook=Notebook(platform=Platform.DEEPNOTE, id=ID)),
        Address(
            notebook=Notebook(platform=Platform.DEEPNOTE, id=ID),
            url=f"https://deepnote.com/project/x/notebook/Weekly-KPIs-{ID}",
            title="Weekly KPIs",
        ),
    ]
)
options = st.sampled_from(
    [
        Options(),
        Options(live=True),
        Options(readonly=True),
        Options(live=True, blocks=("b1", ID), dependents=True),
    ]
)


@given(targets, inputs, options, st.booleans(), st.data())
def test_a_run_written_back_is_the_same_run(
    target: Address | str,
    given_inputs: dict[str, str | bool | tuple[str, ...]],
    how: Options,
    dm: bool,
    data: st.DataObject,
) -> None:
    literal = data.draw(st.sets(st.sampled_from(sorted(given_inputs)))) if given_inputs else set()
    command = RunNotebook(target=target, inputs=given_inputs, literal=frozenset(literal), options=how, dm=dm)
    again = parse(as_slack_sends(written(command)))
    assert isinstance(again, RunNotebook)
    assert again.literal >= command.literal
    assert again == command.model_copy(update={"literal": again.literal})
    assert parse(as_slack_sends(written(again))) == again


@given(st.integers(1, 2**31 - 1), inputs)
def test_a_rerun_and_an_entry_written_back_are_the_same(
    number: int, given_inputs: dict[str, str | bool | tuple[str, ...]]
) -> None:
    rerun = parse(as_slack_sends(written(Rerun(run=number, inputs=given_inputs))))
    assert isinstance(rerun, Rerun)
    assert (rerun.run, rerun.inputs) == (number, given_inputs)
    entry = AddEntry(
        name="weekly", target=Address(notebook=Notebook(platform=Platform.DEEPNOTE, id=ID)), defaults=given_inputs
    )
    again = parse(as_slack_sends(written(entry)))
    assert again == entry.model_copy(update={"literal": again.literal if isinstance(again, AddEntry) else None})


numbers = st.integers(-9999, 9999).map(float) | st.floats(-1e6, 1e6).map(lambda number: round(number, 4))
a_name = st.sampled_from(["region", "two words", "a:b", "a,b", '"', "'x", "=", "--x", "région", "\\"]) | input_names
choices = st.lists(values.map(str.strip).filter(bool), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def declarations(draw: st.DrawFn) -> InputSpec:
    name = draw(a_name.filter(lambda name: name == unicodedata.normalize("NFC", name).strip()))
    kind = draw(st.sampled_from(TYPES))
    if kind == "slider" and draw(st.booleans()):
        lowest, highest = sorted(draw(st.lists(numbers, min_size=2, max_size=2, unique=True)))
        step = draw(st.none() | st.just(highest - lowest).filter(lambda step: round(step, 4) == step))
        return InputSpec(name=name, type=kind, minimum=lowest, maximum=highest, step=step)
    if "select" in kind:
        return InputSpec(name=name, type="select", options=draw(choices), multiple=kind == "multiselect")
    return InputSpec(name=name, type=kind)


ids = st.from_regex(r"[A-Z][A-Z0-9]{1,10}", fullmatch=True)
details = st.builds(
    EntryDetails,
    specs=st.lists(declarations(), max_size=2, unique_by=lambda spec: spec.name).map(tuple),
    describe=st.none() | values.map(lambda text: " ".join(text.split())),
    owner=st.none() | st.just("") | ids,
    channels=st.none() | st.lists(ids, max_size=3, unique=True).map(tuple),
    fixed=st.none() | options.filter(lambda how: how != Options()),
    one_at_a_time=st.none() | st.just(True),
    when_changed=st.none() | st.just(True),
)


@given(inputs, details)
def test_an_entry_with_all_its_details_written_back_is_the_same(
    defaults: dict[str, str | bool | tuple[str, ...]], said: EntryDetails
) -> None:
    target = Address(notebook=Notebook(platform=Platform.DEEPNOTE, id=ID))
    command = AddEntry(name="weekly", target=target, defaults=defaults, details=said)
    again = parse(as_slack_sends(written(command)))
    assert isinstance(again, AddEntry)
    assert again == command.model_copy(update={"literal": again.literal})


taken_away = st.sampled_from(
    [{}, {"one_at_a_time": False}, {"when_changed": False}, {"fixed": None, "any_options": True}]
)
changed = st.builds(lambda said, away: said.model_copy(update=away), details, taken_away)


@given(st.none() | targets, inputs, st.frozensets(a_name, max_size=3), changed)
def test_an_edit_written_back_is_the_same_edit(
    target: Address | str | None,
    defaults: dict[str, str | bool | tuple[str, ...]],
    unset: frozenset[str],
    said: EntryDetails,
) -> None:
    command = EditEntry(
        name="weekly",
        target=target if isinstance(target, Address) else None,
        defaults=defaults,
        unset=unset - {*defaults, *(spec.name for spec in said.specs)},
        details=said,
    )
    assume(command != EditEntry(name="weekly"))
    again = parse(as_slack_sends(written(command)))
    assert isinstance(again, EditEntry)
    assert again == command.model_copy(update={"literal": again.literal})


@given(st.text())
def test_a_mended_name_can_be_taken_and_found_again(words: str) -> None:
    name = fixed_name(words, RESERVED)
    assert not name_fault(name, RESERVED)
    assert folded(name) == name


SLOW = ['a="b” ', "'a\u2019 ", "<http", "\\", '"', "-", "a", " ", "<", "\u2018a", "\u200d", "é\u200d", "a=", "a/", "9"]
SLOW += ['"a\\', "<@", "--blocks a, ", "a=1 ", "&amp;", '«a" ', "a-", "=", "=a ", "`", "..", ":"]


SLOW += [
    "--input a:select=",
    '--input a:select="b", ',
    "--owner <@U1> ",
    "--channels <#C1> ",
    "<#C1|a> ",
    "--describe a ",
]
SLOW += ['--unset "a", ', "--unset a, ", "--input '", ',"a', "&lt;@U1&gt;", "&lt;@A", "\u2018,", "--mine "]


@pytest.mark.parametrize(
    "begin", ["run x ", "edit x ", "edit x --channels ", "edit x --unset a,", "edit x --describe "]
)
@pytest.mark.parametrize("piece", SLOW)
def test_no_text_is_slow(piece: str, begin: str) -> None:
    text = f"{begin}{piece * 8000}"[:8000]
    begun = time.process_time()
    mistake = mistaken(text)
    assert mistake is None or pointed(mistake)
    assert time.process_time() - begun < 0.5
