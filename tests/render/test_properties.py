"""Whatever a run, its results, its news and its mistakes hold: Slack takes the message, and nobody is pinged by it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import News, NewsKind
from bot.render import replies
from bot.render.card import card
from bot.render.files import Files, Made, Picture, Upload
from bot.render.home import home
from bot.render.report import Said, parts
from bot.render.text import mention
from bot.render.thread import closing, farewell, news_message, no_files, not_a_member
from bot.reply import (
    CatalogueListed,
    EntryAdded,
    EntryChanged,
    EntryRemoved,
    EntryShown,
    HomeShown,
    OwnerAsked,
    Reply,
    RunShown,
    RunsListed,
    Started,
    ToldToo,
    UnderWay,
    UnfurlSet,
    UntrackNoted,
)
from bot.sandbox.slack import problems, view_problems

from . import anything
from .judging import judge, mrkdwn
from .said import NOON

if TYPE_CHECKING:
    from bot.command import ListRuns
    from bot.errors import UserError
    from bot.model import Entry, Results, Run

MOST = ((Picture, 5), (Upload, 20), (Made, 10))
HOME = "https://acme.slack.com/"

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])


@unhurried
@given(anything.runs, st.none() | anything.urls, st.none() | anything.results)
def test_any_card(run: Run, link: str | None, results: Results | None) -> None:
    usable = link if link and re.fullmatch(r"https?://[^\s/]\S*", link) else None  # our own, from the platform's client
    text, blocks = card(run, usable, results=results, home=HOME)
    judge(text, blocks, links=True)


@unhurried
@given(anything.runs, anything.results)
def test_any_results(run: Run, results: Results) -> None:
    found = parts(run, results, HOME)
    assert len(found) <= 5
    assert sum(isinstance(part, Said) for part in found) <= 3
    for part in found:
        if isinstance(part, Said):
            judge(part.text, part.blocks, links=True)
    files = [file for part in found if isinstance(part, Files) for file in part.files]
    assert [sum(isinstance(one, kind) for one in files) <= most for kind, most in MOST] == [True] * 3
    for one in files:
        assert one.name.strip()
        assert len(one.name) <= 190
    assert sum(len(one.content.encode()) for one in files if isinstance(one, Made)) <= 8 * 1024 * 1024
    assert found == parts(run, results, HOME)
    names = [one.name for one in files]
    for words in (not_a_member(names), no_files("x", names)):
        judge(words, None)


@unhurried
@given(anything.runs, st.none() | anything.results, anything.moments)
def test_any_closing_line(run: Run, results: Results | None, now: Any) -> None:
    line = closing(run, results, now, home=HOME)
    asker = mention(run.asker)
    by = () if run.untracked_by is None or mention(run.untracked_by) not in line else (mention(run.untracked_by),)
    judge(line, None, mentions=tuple(dict.fromkeys((asker, *by))), links=True)
    assert line.count(asker) == 1


@unhurried
@given(anything.runs, st.lists(anything.news, max_size=40))
def test_any_news(run: Run, news: list[News]) -> None:
    said = news_message(run, news)
    if said is not None:
        judge(said.text, said.blocks)


@unhurried
@given(anything.mistakes())
def test_any_mistake(error: UserError) -> None:
    judge(*replies.mistake(error))


@unhurried
@given(anything.runs, st.sampled_from(["not_in_channel", "is_archived", "<!channel>"]))
def test_any_refused_card(run: Run, word: str) -> None:
    judge(*replies.no_card(run, word))
    judge(*replies.rejected_alone(run))


def said(run: Run, entry: Entry, asked: ListRuns, times: int) -> list[Reply]:
    return [
        Started(run=run, fresh=True),
        RunShown(run=run),
        RunsListed(runs=(run,) * times, asked=asked, more=True),
        UntrackNoted(run=run, fresh=True),
        UnderWay(run=run),
        UnderWay(run=run, alone=True),
        ToldToo(run=run, fresh=True),
        OwnerAsked(run=run, fresh=True),
        UnfurlSet(on=True, fresh=True),
        CatalogueListed(entries=(entry,) * times, total=times, search=entry.title),
        EntryShown(entry=entry, last=run),
        EntryAdded(entry=entry),
        EntryChanged(entry=entry),
        EntryRemoved(entry=entry),
    ]


@unhurried
@given(anything.runs, anything.entries, anything.asked, st.sampled_from([0, 1, 300]))
def test_any_reply(run: Run, entry: Entry, asked: ListRuns, times: int) -> None:
    owner = (mention(entry.owner),) if entry.owner else ()
    for one in said(run, entry, asked, times):
        answer = replies.reply(one, "/notebook", None)
        if answer is not None:
            judge(*answer, mentions=owner if isinstance(one, EntryShown | EntryChanged) else (), links=True)


@unhurried
@given(anything.runs, anything.entries, st.sampled_from([0, 1, 30]))
def test_any_home(run: Run, entry: Entry, times: int) -> None:
    running = tuple(run.model_copy(update={"number": number}) for number in range(times))
    ended = tuple(run.model_copy(update={"number": 1_000 + number}) for number in range(min(times, 10)))
    view = home(HomeShown(running=running, ended=ended, entries=(entry,) * times))
    problem = view_problems(view)[:1]
    assert problem == []
    for words in mrkdwn(view["blocks"]):
        judge(words, None)


@unhurried
@given(anything.runs, st.lists(anything.ids, max_size=80), anything.words)
def test_any_farewell(run: Run, listeners: list[str], owner: str) -> None:
    told = farewell(run, None, NOON, listeners=listeners, owner=owner)
    assert problems(told.blocks or []) == []
    assert len(told.text) <= 3_900
    assert told.text.count(mention(run.asker)) == 1


@unhurried
@given(anything.runs, anything.ids, anything.ids)
def test_an_owner_is_asked_with_two_mentions(run: Run, owner: str, by: str) -> None:
    asks = news_message(run, [News(at=NOON, kind=NewsKind.OWNER_ASKED, text=owner, by=by)])
    assert asks is not None
    judge(asks.text, None, mentions=(mention(owner), mention(by)))


@unhurried
@given(anything.runs.filter(lambda run: run.request.inputs), anything.long_words)
def test_no_secret_is_shown(run: Run, around: str) -> None:
    secret = "hunter2-hunter2"
    request = run.request.model_copy(update={"inputs": {**run.request.inputs, "db_password": secret}})
    progress = run.progress.model_copy(update={"reason": f"{around[:50]} {secret} {around[:50]}", "word": secret})
    run = run.model_copy(update={"request": request, "progress": progress})
    text, blocks = card(run, None)
    assert secret not in f"{text}{blocks}{closing(run, None, NOON)}{replies.rejected_alone(run)}"
    results = anything.holding(f"{around[:30]} {secret} {around[:30]}")
    told = [*parts(run, results, HOME), *card(run, None, results=results), closing(run, results, NOON)]
    assert "••••" in str(told)
    assert secret not in str(told)
