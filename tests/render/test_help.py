"""Help."""

from __future__ import annotations

import pytest

from bot.grammar import FLAGS, VERBS
from bot.render.help import help_for
from bot.sandbox.slack import problems

from .said import read


def test_help_has_one_short_line_for_each_verb() -> None:
    text, blocks = help_for("", "/notebook")
    shown = read(blocks).splitlines()
    for verb in VERBS:
        (line,) = [line for line in shown if line.startswith(f"`{verb.name}` ")]
        assert verb.summary in line
    assert "For example `/notebook run weekly-kpis region=EU`" in shown
    assert len(shown) <= len(VERBS) + 3
    assert max(map(len, shown)) < 100
    assert text.startswith("/notebook: run, ")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: str(verb.name))
@pytest.mark.parametrize("command", ["/notebook", "/deepnote"])
def test_help_on_a_verb_says_all_there_is_to_it(verb: object, command: str) -> None:
    known = next(one for one in VERBS if one is verb)
    for word in (known.name, *known.aliases, known.name.upper()):
        text, blocks = help_for(word, command)
        shown = read(blocks)
        assert problems(blocks) == []
        assert "<notebook>" not in text
        assert f"`{command} {known.usage}`" in shown
        for part in (known.summary, *known.details, *(f"`{command} {line}`" for line in known.examples)):
            assert part in shown
        for flag in known.flags:
            assert flag.name in shown
            assert flag.summary in shown


def test_a_flag_of_one_platform_says_which() -> None:
    shown = read(help_for("run", "/notebook")[1])
    for flag in FLAGS:
        if flag.platform is not None and flag.name in shown:
            assert f"` on {flag.platform.label}: {flag.summary}" in shown


def test_help_on_an_unknown_word_is_help_on_all() -> None:
    assert help_for("fly", "/notebook") == help_for("", "/notebook")
