"""Values that look secret by their input's name, masked wherever they would be shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.render.text import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.model import Failure, InputValue, Output, Results, Run

MASK: Final = "••••"
CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
SECRET: Final = re.compile(
    r"passw|passphrase|passcode|secret|token|credential|bearer|authori[sz]ation|cookie|jwt"
    r"|(?<![a-z])(?:pass|pwd|dsn|o?auth|basicauth)(?![a-z])"
    r"|(?:api|access|private|signing|encryption|ssh|account|storage)[-_ .]?key|connection[-_ .]?string"
)
SHORTEST: Final = 4
"""Shorter values stand in too many other words to be hidden in them."""
REPEATED: Final = (59, 39)
"""So many characters of a long value are repeated by a mistake that names it."""
_DOUBLE, _SINGLE = '"“”„‟«»', "'\u2018\u2019\u201a\u201b\u2039\u203a"
TYPED: Final = re.compile(
    rf"(?<!\S)(?P<name>[{_DOUBLE}][^{_DOUBLE}=]*[{_DOUBLE}]|[^\s=\uff1d]+)(?P<equals>\s*[=\uff1d]\s*)"
    rf"(?P<value>[{_DOUBLE}][^{_DOUBLE}]*[{_DOUBLE}]?|[{_SINGLE}].*?(?:[{_SINGLE}](?=\s|\Z)|\Z)|\S+)",
    re.DOTALL,
)
"""`name=value` in a line, quoted or not, finished or not."""


def secret(name: str) -> bool:
    """Whether an input of this name looks as if its value were secret."""
    return SECRET.search(CAMEL.sub("_", name).lower()) is not None


def shown(name: str, value: InputValue) -> str:
    """An input's value for people, unescaped; masked where its name looks secret."""
    return MASK if secret(name) else spoken(value)


def hiding(run: Run) -> Callable[[str], str]:
    """What hides the run's secret values in other people's words."""
    secrets = list[str]()
    for name, value in run.request.inputs.items():
        if secret(name) and not isinstance(value, bool):
            secrets += value if isinstance(value, tuple) else (value,)
    return _hiding(secrets)


def typed(line: str) -> tuple[str, Callable[[str], str]]:
    """A typed line with its secret values masked, a mark for each character, and what hides them in other words."""
    secrets = [found["value"] for found in TYPED.finditer(line) if secret(found["name"])]
    hide = _hiding([value.strip(_DOUBLE + _SINGLE) for value in secrets])
    return TYPED.sub(lambda found: _masked(found, MASK[0] * len(found["value"])), line), lambda words: hide(
        TYPED.sub(lambda found: _masked(found, MASK), words)
    )


def _masked(found: re.Match[str], mask: str) -> str:
    return f"{found['name']}{found['equals']}{mask}" if secret(found["name"]) else found[0]


def _hiding(secrets: Iterable[str]) -> Callable[[str], str]:
    parts = {part for one in secrets for part in (one, one.strip(), *(one[:most] for most in REPEATED))}
    longest_first = sorted((one for one in parts if len(one) >= SHORTEST), key=len, reverse=True)

    def hide(words: str) -> str:
        for one in longest_first:
            words = words.replace(one, MASK)
        return words

    return hide


def discreet(run: Run) -> Run:
    """The run, with its secret values hidden in the reasons and words that platforms gave."""
    hide, progress = hiding(run), run.progress
    hidden = progress.model_copy(update={"reason": hide(progress.reason), "word": hide(progress.word)})
    return run if hidden == progress else run.model_copy(update={"progress": hidden})


def discreet_results(run: Run, results: Results) -> Results:
    """The results, with the run's secret values hidden."""
    hide = hiding(run)
    failure = results.failure
    return results.model_copy(
        update={
            "outputs": tuple(_output(one, hide) for one in results.outputs),
            "failure": None if failure is None else _failure(failure, hide),
            "left_out": tuple(hide(words) for words in results.left_out),
        }
    )


def _output(output: Output, hide: Callable[[str], str]) -> Output:
    text, title = hide(output.text), hide(output.title)
    same = text == output.text and title == output.title
    return output if same else output.model_copy(update={"text": text, "title": title})


def _failure(failure: Failure, hide: Callable[[str], str]) -> Failure:
    words = ("title", "line", "name", "message", "traceback")
    return failure.model_copy(update={word: hide(getattr(failure, word)) for word in words})
