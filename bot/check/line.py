"""What the doctor says: one line a thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.logs import Redaction

Verdict = Literal["good", "bad", "aside"]
_MARKS: Final[Mapping[Verdict, tuple[str, str, str]]] = {
    "good": ("✓", "ok", "32"),
    "bad": ("✗", "FAIL", "31"),
    "aside": ("–", "-", "2"),  # noqa: RUF001, a dash between a tick and a cross
}
"""How each looks: where the terminal knows it, where it doesn't, and its colour."""

TRUST: Final = "have this machine trust whoever signed it (in a container: SSL_CERT_FILE), or check"
"""What mends a certificate that isn't accepted, before the name of the address's variable."""


@dataclass(frozen=True, slots=True)
class Line:
    """What was found of one thing.

    Attributes:
        verdict: `aside` is worth knowing, and no fault.
        fix: What to do about it.
    """

    verdict: Verdict
    what: str
    found: str
    fix: str = ""


def good(what: str, found: str) -> Line:
    """All is well."""
    return Line("good", what, found)


def bad(what: str, found: str, fix: str) -> Line:
    """It won't work like this."""
    return Line("bad", what, found, fix)


def aside(what: str, found: str, fix: str = "") -> Line:
    """It works, and is worth knowing."""
    return Line("aside", what, found, fix)


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints lines to a terminal, a pipe or a file.

    Attributes:
        colour: Only for those who look at a terminal, and haven't set NO_COLOR.
    """

    stream: TextIO
    colour: bool

    def tell(self, line: Line, redaction: Redaction) -> None:
        """Print a line; whatever is told of it, no secret is."""
        sign, word, colour = _MARKS[line.verdict]
        mark, arrow = (sign, "→") if self._spells(sign + "→…") else (word, "->")
        if self.colour:
            mark = f"\x1b[{colour}m{mark}\x1b[0m"
        words = " ".join(f"{line.what}: {line.found}{f' {arrow} {line.fix}' if line.fix else ''}".split())
        said = redaction(words) if self._spells("…") else redaction(words).replace("…", "...")
        encoding = self.stream.encoding or "utf-8"
        print(mark, said.encode(encoding, "replace").decode(encoding), file=self.stream, flush=True)

    def _spells(self, text: str) -> bool:
        try:
            text.encode(self.stream.encoding or "utf-8")
        except UnicodeEncodeError:
            return False
        return True


def printer(stream: TextIO, environment: Mapping[str, str]) -> Printer:
    """A printer that suits the stream."""
    return Printer(stream, stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb")
