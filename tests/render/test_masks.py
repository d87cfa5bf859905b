"""Values whose inputs' names look secret are shown nowhere."""

from __future__ import annotations

import time

import pytest

from bot.errors import Mistake
from bot.grammar import parse
from bot.model import Failure, News, NewsKind, Output, Results, State
from bot.render.card import card
from bot.render.masks import MASK, secret, shown, typed
from bot.render.replies import mistake
from bot.render.report import Said, parts
from bot.render.thread import closing, news_line

from .said import NOON, a_run, later, read

SECRET = "hunter2-and-more"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "password",
            "db_passwd",
            "dbPassword",
            "PASS",
            "user-pwd",
            "passphrase",
            "client_secret",
            "apiKey",
            "API_KEY",
        ),
        *("api key", "accessToken", "bearer", "auth", "oauth", "Authorization", "credentials", "cookie", "private-key"),
        *("connection_string", "dsn", "ssh_key", "jwt"),
    ],
)
def test_these_names_look_secret(name: str) -> None:
    assert secret(name)
    assert shown(name, SECRET) == MASK
    assert shown(name, (SECRET, "x")) == MASK


@pytest.mark.parametrize(
    "name",
    [
        *(
            "region",
            "author",
            "authority",
            "compass",
            "passengers",
            "bypass",
            "keyboard",
            "monkey",
            "key",
            "primary_key",
        ),
        *("partition key", "cookbook", "Sekret"),
    ],
)
def test_these_names_do_not(name: str) -> None:
    assert not secret(name)
    assert shown(name, "EU") == "EU"


def test_a_card_shows_the_name_and_hides_the_value() -> None:
    text, blocks = card(a_run(inputs={"api_token": SECRET, "region": "EU"}), None)
    assert "api_token *••••* · region *EU*" in read(blocks)
    assert SECRET not in read(blocks) + text


def test_a_reason_that_repeats_the_value_is_hidden_too() -> None:
    run = a_run(
        State.REJECTED, inputs={"api_token": SECRET * 8}, reason=f"api_token takes a date, not “{(SECRET * 8)[:59]}…”."
    )
    for words in (read(card(run, None)[1]), card(run, None)[0], closing(run, None, NOON)):
        assert "hunter2" not in words
        assert f"not “{MASK}…”" in words


def test_what_the_notebook_prints_of_it_is_hidden() -> None:
    run = a_run(State.FAILED, inputs={"password": SECRET}, ended_at=later(5))
    results = Results(
        outputs=(Output(kind="text", block=1, text=f"connecting with {SECRET}", title=SECRET),),
        failure=Failure(block=2, name="ValueError", message=f"bad {SECRET}", traceback=f"x({SECRET!r})", line=SECRET),
        left_out=(f"a file {SECRET}",),
    )
    (report,) = parts(run, results)
    assert isinstance(report, Said)
    said = read(report.blocks) + report.text + closing(run, results, NOON)
    said += news_line(run, News(at=NOON, kind=NewsKind.NOTE, text=f"given {SECRET}"))
    assert SECRET not in said
    assert f"connecting with {MASK}" in said
    assert f"bad {MASK}" in said


@pytest.mark.parametrize(
    "line",
    [
        *(f"api_token={SECRET} stray", f'api_token="{SECRET} stray', f"--lvie password={SECRET}", f"token = {SECRET}"),
        *(f"api_token=“{SECRET} b” region=", f'"api token"={SECRET} region=', f"pwd='don't {SECRET}' region="),
        *(f"PASSWORD={SECRET * 6} region=", f'secret=" {SECRET * 6} " stray'),
    ],
)
def test_a_mistake_beside_a_secret_is_pointed_at_without_repeating_it(line: str) -> None:
    with pytest.raises(Mistake) as caught:
        parse(f"run brief {line}")
    text, blocks = mistake(caught.value)
    assert "hunter2" not in f"{text} {blocks}"
    assert "brief" in text + read(blocks)
    assert MASK in text


def test_what_is_not_secret_is_repeated_as_it_was_typed() -> None:
    line = 'run b region=EU note="a = b" api_token= x'
    assert typed(line)[0] == line.replace("= x", "= •")
    assert typed("author=Ana monkey=1")[0] == "author=Ana monkey=1"


def test_a_long_line_is_masked_at_once() -> None:
    for line in ("x" * 8_000, "x " * 4_000, "= " * 4_000, '"' * 8_000, "a" + " " * 8_000 + "b", "password=" * 900):
        started = time.perf_counter()
        typed(line)
        assert time.perf_counter() - started < 1


def test_short_values_are_masked_where_they_stand_and_not_in_every_word() -> None:
    run = a_run(State.FAILED, inputs={"password": "a"}, reason="a bad day", ended_at=later(5))
    words = read(card(run, None)[1])
    assert "password *••••*" in words
    assert "a bad day" in words
