"""Numbers as people write them: `1.31M`, `4,200`, `1 234,5`, `87 %`, `€ 12`, `-3.2e5`, `(120)`."""

from __future__ import annotations

import re
from typing import Final

GAPS: Final = "\u0020\u00a0\u2009\u202f'\u2019_"
"""What may stand between thousands, beside commas and points."""
CURRENCIES: Final = (
    r"[$€£¥₹₽₩₺₴₪฿]|US\$|C\$|A\$|CA\$|AU\$|zł|Kč|kr\.?|EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|CAD|AUD|BRL|R\$"
)
SCALES: Final = {
    "k": 1e3,
    "K": 1e3,
    "thousand": 1e3,
    "M": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "B": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "T": 1e12,
    "tn": 1e12,
    "trillion": 1e12,
}
DIGITS: Final = (
    rf"(?:\d{{1,3}}(?:[.{GAPS}]\d{{3}}|,\d{{2,3}})+(?:[.,]\d+)?|\d+(?:[.,]\d*)?|\.\d+)(?:[eE][-+]?\d{{1,3}})?"
)
SIGN: Final = "[-+\u2212]"
NUMBER: Final = (
    rf"(?P<open>\()?(?P<sign>{SIGN})?\s?(?:{CURRENCIES})?\s?(?P<inner>{SIGN})?(?P<digits>{DIGITS})"
    rf"\s?(?P<scale>(?:{'|'.join(SCALES)})(?![\w]))?\.?\s?(?:%|‰|{CURRENCIES})?(?P<close>\))?"
)
_WHOLE: Final = re.compile(NUMBER)
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:\D\d{2,3})*\D\d{3}")
MOST: Final = 60
"""Characters; a longer text is no number."""


def number(text: str) -> float | None:
    """The number that a text is; None where it is something else, or could be read in several ways."""
    text = text.strip()
    if not text or len(text) > MOST:
        return None
    found = _WHOLE.fullmatch(text)
    return None if found is None else counted(found)


def counted(found: re.Match[str]) -> float | None:
    """The value of a match of NUMBER."""
    if bool(found["open"]) != bool(found["close"]):
        return None
    digits = _plain(found["digits"])
    if digits is None:
        return None
    value = float(digits) * SCALES.get(found["scale"] or "", 1.0)
    signs = [found["sign"] or "", found["inner"] or ""]
    negative = any(sign in "-\u2212" for sign in signs if sign) or bool(found["open"])
    if value in (float("inf"), float("-inf")):
        return None
    return -value if negative and value else value


def _plain(digits: str) -> str | None:
    """Digits as Python reads them; the mark that is neither a comma nor a point always parts thousands."""
    mantissa, exponent, power = digits.replace("E", "e").partition("e")
    mantissa = re.sub(f"[{GAPS}]", "", mantissa)
    last = max(mantissa.rfind(","), mantissa.rfind("."))
    if last >= 0:
        mark, other = (",", ".") if mantissa[last] == "," else (".", ",")
        whole, rest = mantissa[:last], mantissa[last + 1 :]
        if other in whole:
            if mark in whole:
                return None  # 1.234,567.89
            mantissa = f"{whole.replace(other, '')}.{rest}"
        elif mark in whole or (mark == "," and _GROUPED.fullmatch(mantissa)):
            if not _GROUPED.fullmatch(mantissa):
                return None  # an address, a version, a date
            mantissa = mantissa.replace(mark, "")
        else:
            mantissa = f"{whole}.{rest}"
    return f"{mantissa}{exponent}{power}"
