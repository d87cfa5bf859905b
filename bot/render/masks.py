"""Values that look secret by their input's name, masked wherever they would be shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.render.text import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.model import Artifact, Earlier, Failure, Figure, InputValue, Output, Results, Run, Table

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


def as_it_is(words: str) -> str:
    """Hides nothing, for there is nothing to hide."""
    return words


def _hiding(secrets: Iterable[str]) -> Callable[[str], str]:
    parts = {part for one in secrets for part in (one, one.strip(), *(one[:most] for most in REPEATED))}
    longest_first = sorted((one for one in parts if len(one) >= SHORTEST), key=len, reverse=True)
    if not longest_first:
        return as_it_is

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
    """The results, with the run's secret values hidden, wherever they stand but in pictures."""
    hide = hiding(run)
    if hide is as_it_is:
        return results
    failure, headline, earlier = results.failure, results.headline, results.earlier
    return results.model_copy(
        update={
            "outputs": tuple(_output(one, hide) for one in results.outputs),
            "failure": None if failure is None else _failure(failure, hide),
            "left_out": tuple(hide(words) for words in results.left_out),
            "artifacts": tuple(_artifact(one, hide) for one in results.artifacts),
            "headline": None if headline is None else _figure(headline, hide),
            "earlier": None if earlier is None else _earlier(earlier, hide),
        }
    )


def briefly(run: Run, results: Results) -> Results:
    """As discreet_results, of what one line can tell: no outputs but the last words, and no files."""
    last = next((one for one in reversed(results.outputs) if one.kind == "text" and one.text.strip()), None)
    failure = None if results.failure is None else results.failure.model_copy(update={"traceback": ""})
    few = {"outputs": () if last is None else (last,), "failure": failure, "left_out": (), "artifacts": ()}
    return discreet_results(run, results.model_copy(update=few))


def _output(output: Output, hide: Callable[[str], str]) -> Output:
    # A picture's base64 holds no words; hiding in it what looks like one would break it.
    words = ("text", "title", "note") if output.kind == "image" else ("text", "title", "note", "data")
    changes: dict[str, object] = {}
    for word in words:
        said = getattr(output, word)
        if (hidden := hide(said)) != said:
            changes[word] = hidden
    if output.figure is not None:
        changes["figure"] = _figure(output.figure, hide)
    if output.table is not None:
        changes["table"] = _table(output.table, hide)
    return output.model_copy(update=changes) if changes else output


def _table(table: Table, hide: Callable[[str], str]) -> Table:
    columns = tuple(one.model_copy(update={"name": hide(one.name)}) for one in table.columns)
    rows = tuple(tuple(hide(cell) for cell in row) for row in table.rows)
    return table.model_copy(update={"columns": columns, "rows": rows})


def _figure(figure: Figure, hide: Callable[[str], str]) -> Figure:
    return figure.model_copy(update={"name": hide(figure.name), "text": hide(figure.text)})


def _artifact(artifact: Artifact, hide: Callable[[str], str]) -> Artifact:
    url = artifact.url if hide(artifact.url) == artifact.url else ""  # half an address leads nowhere
    return artifact.model_copy(update={"name": hide(artifact.name), "note": hide(artifact.note), "url": url})


def _earlier(earlier: Earlier, hide: Callable[[str], str]) -> Earlier:
    changes = tuple(
        one.model_copy(update={word: hide(getattr(one, word)) for word in ("name", "before", "now", "by")})
        for one in earlier.changes
    )
    return earlier.model_copy(update={"changes": changes})


def _failure(failure: Failure, hide: Callable[[str], str]) -> Failure:
    words = ("title", "line", "name", "message", "traceback")
    return failure.model_copy(update={word: hide(getattr(failure, word)) for word in words})
