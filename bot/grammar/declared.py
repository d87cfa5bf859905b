"""Inputs as the catalogue declares them: `region:select=EU,US` read, and written back."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from bot.grammar import names
from bot.grammar.line import DASH, EQUALS, shown
from bot.grammar.lists import inside, items, listed
from bot.grammar.quotes import QUOTES, can_be_bare, opened, quoted
from bot.model import InputSpec

if TYPE_CHECKING:
    from bot.errors import Mistake
    from bot.grammar.asked import Asked
    from bot.grammar.words import Word

TYPES = ("text", "textarea", "select", "multiselect", "checkbox", "date", "date-range", "slider", "file")
"""As they are typed: `multiselect` is a select that takes several."""
_GUESSES = {
    **dict.fromkeys(("string", "str", "word", "line"), "text"),
    **dict.fromkeys(("number", "int", "integer", "float", "range"), "slider"),
    **dict.fromkeys(("bool", "boolean", "flag", "check"), "checkbox"),
    **dict.fromkeys(("choice", "choices", "dropdown", "options", "enum", "list"), "select"),
    **dict.fromkeys(("day", "datetime"), "date"),
    **dict.fromkeys(("dates", "period"), "date-range"),
    "path": "file",
}
_NUMBER = r"-?\d{1,20}(?:\.\d{1,20})?"
_RANGE = re.compile(rf"({_NUMBER})\.\.\.?({_NUMBER})(?:/({_NUMBER}))?", re.ASCII)
_SOME_NUMBER = re.compile(r"\d{1,20}(?:\.\d{1,20})?", re.ASCII)
_NAME_ENDS = re.compile(rf"[:{EQUALS}]|\Z")
_EQUALS = re.compile(f"[{EQUALS}]")


class _Declared(NamedTuple):
    """A declaration as far as it is read; the name is empty where it is missing."""

    asked: Asked
    word: Word
    name: str

    def mistake(self, text: str, instead: str) -> Mistake:
        """A Mistake at the whole declaration; `instead` is what follows the name."""
        at = self.word.value_at
        name = self.name if can_be_bare(self.name) else quoted(self.name) if self.name else "<name>"
        return self.asked.mistake(text, at, self.asked.line.instead(at, f"{name}{instead}"))


def read_spec(asked: Asked, word: Word) -> InputSpec:
    """What follows an `--input`: the name, the type, and behind `=` a select's choices or a slider's range.

    Raises:
        Mistake: One of them is missing, unknown or can't be.
    """
    raw = word.value or ""
    whole = inside(raw)
    text = raw if whole is None else whole
    name, rest = _name(text)
    declared = _Declared(asked, word, name)
    if not name:
        raise declared.mistake("This input has no name.", rest if rest.startswith(":") else ":<type>")
    if not rest.startswith(":"):
        default = f" {text}" if rest and can_be_bare(name) else ""
        raise declared.mistake("An input's type has to follow its name, after a colon.", f":text{default}")
    kind, *choices = _EQUALS.split(rest[1:], maxsplit=1)
    known = _type(declared, kind, f"={choices[0]}" if choices else "")
    if known in {"select", "multiselect"}:
        options = _options(declared, known, choices[0] if choices else "")
        return InputSpec(name=name, type="select", options=options, multiple=known == "multiselect")
    if not choices:
        return InputSpec(name=name, type=known)
    if known == "slider":
        return _slider(declared, choices[0])
    default = f" {name}={choices[0]}" if choices[0] and can_be_bare(name) and whole is None else ""
    raise declared.mistake(
        f"{known} takes no choices; a value to start from is typed apart, as name=value.", f":{known}{default}"
    )


def _name(text: str) -> tuple[str, str]:
    """The declared name, and what follows it."""
    quoted_name = opened(text, 0, in_list=True) if text and text[0] in QUOTES else None
    if quoted_name:
        name, end = quoted_name
    else:
        found = _NAME_ENDS.search(text)
        end = found.start() if found else len(text)
        name = text[:end]
    return unicodedata.normalize("NFC", name).strip(), text[end:]


def _type(declared: _Declared, typed: str, after: str) -> str:
    key = _key(typed)
    for known in TYPES:
        if _key(known) == key:
            return known
    meant = _GUESSES.get(key) or names.suggest(typed, TYPES) if key else None
    said = f"There is no type {shown(typed)}." if key else "An input's type has to follow the colon."
    if meant:
        raise declared.mistake(f"{said} Did you mean “{meant}”?", f":{meant}{after}")
    raise declared.mistake(f"{said} The types are {', '.join(TYPES)}.", ":<type>")


def _key(typed: str) -> str:
    return DASH.sub("-", typed).replace("-", "").replace("_", "").strip().lower()


def _options(declared: _Declared, known: str, typed: str) -> tuple[str, ...]:
    found = items(typed) if typed else []
    kept = tuple(dict.fromkeys(option for option in found if option))
    if not kept:
        raise declared.mistake(f"A {known} needs its choices, with commas between them.", f":{known}=<choice>,<choice>")
    if len(kept) < len(found):
        said = "One of the choices is empty." if "" in found else "One of the choices is named twice."
        raise declared.mistake(said, f":{known}={listed(kept)}")
    return kept


def _slider(declared: _Declared, typed: str) -> InputSpec:
    plain = DASH.sub("-", inside(typed) or typed).replace("…", "..").replace(" ", "")
    found = _RANGE.fullmatch(plain)
    if not found:
        numbers = _SOME_NUMBER.findall(plain)
        meant = f"{numbers[0]}..{numbers[1]}" if len(numbers) > 1 else "<lowest>..<highest>/<step>"
        raise declared.mistake("A slider's range is typed as lowest..highest/step.", f":slider={meant}")
    lowest, highest = float(found[1]), float(found[2])
    step = float(found[3]) if found[3] else None
    if highest <= lowest:
        turned = f"{found[2]}..{found[1]}" if highest < lowest else "<lowest>..<highest>"
        raise declared.mistake("A slider's range begins with its lowest number.", f":slider={turned}")
    if step is not None and not 0 < step <= highest - lowest:
        raise declared.mistake(
            "A slider's step is more than nothing and fits into its range.", f":slider={found[1]}..{found[2]}/<step>"
        )
    return InputSpec(name=declared.name, type="slider", minimum=lowest, maximum=highest, step=step)


def written_spec(spec: InputSpec) -> str:
    """The declaration as `read_spec` reads it; an input's label and the notebook's own value can't be typed."""
    name = spec.name if can_be_bare(spec.name) else quoted(spec.name)
    kind = "multiselect" if spec.multiple else spec.type
    if spec.options:
        return f"{name}:{kind}={listed(spec.options)}"
    if spec.minimum is None or spec.maximum is None:
        return f"{name}:{kind}"
    step = "" if spec.step is None else f"/{_plain(spec.step)}"
    return f"{name}:{kind}={_plain(spec.minimum)}..{_plain(spec.maximum)}{step}"


def _plain(number: float) -> str:
    return format(Decimal(repr(number)), "f").removesuffix(".0")
