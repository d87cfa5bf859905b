"""What people type, as apps get it."""

import pytest

from bot.sandbox.slack.escape import Escaper
from bot.sandbox.slack.workspace import ANA, GUS, Workspace

WORKSPACE = Workspace("Threadbook")


@pytest.mark.parametrize(
    ("typed", "got"),
    [
        ("run kpis region=EU", "run kpis region=EU"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("ask @ben, please", "ask <@U0BENOKAFR|ben>, please"),
        ("@nobody here", "@nobody here"),
        ("to #data.", "to <#C0DATATEAM|data>."),
        ("to #finance", "to <#C0FINANCE1|>"),
        ("to #nowhere", "to #nowhere"),
        ("https://deepnote.com/w/a?b=1&c=2#d", "<https://deepnote.com/w/a?b=1&amp;c=2#d>"),
        ("see (https://example.com).", "see (<https://example.com>)."),
        ("deepnote.com/x", "<http://deepnote.com/x|deepnote.com/x>"),
        ("ana@example.com", "<mailto:ana@example.com|ana@example.com>"),
        ("since=2026-10-01 n=1.5 file.csv", "since=2026-10-01 n=1.5 file.csv"),
        ("@threadbook hi", "<@U0THREADBK|threadbook> hi"),
    ],
)
def test_a_command_is_escaped(typed: str, got: str) -> None:
    assert Escaper(WORKSPACE, WORKSPACE.people[ANA])(typed) == got


def test_a_channel_that_somebody_cannot_see_stays_text() -> None:
    assert Escaper(WORKSPACE, WORKSPACE.people[GUS])("#leaders #general #data") == (
        "#leaders #general <#C0DATATEAM|data>"
    )


def test_messages_carry_mentions_without_names() -> None:
    assert Escaper(WORKSPACE, WORKSPACE.people[ANA], labels=False)("@ben") == "<@U0BENOKAFR>"
