"""Small checks of decoded JSON that are put together into the rules of Block Kit.

A check takes a value, a JSON pointer to its place and a list; it adds what is wrong, in Slack's words, to the list.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

Check = Callable[[Any, str, list[str]], None]
Rule = Callable[[dict[str, Any], str, list[str]], None]


def say(out: list[str], pointer: str, what: str) -> None:
    """Add one problem as Slack words it in `response_metadata.messages`."""
    out.append(f"[ERROR] {what} [json-pointer:{pointer}]")


def string(most: int | None = None, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if not isinstance(value, str):
            say(out, pointer, "must be a string")
        elif len(value) < least:
            say(out, pointer, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            say(out, pointer, f"must be less than {most + 1} characters")

    return check


def matching(pattern: str, what: str) -> Check:
    """A string that wholly matches the pattern; `what` says how it should look."""
    compiled = re.compile(pattern)

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            say(out, pointer, f"must be {what}")

    return check


def web_address(most: int = 3000, schemes: Collection[str] = ("http", "https")) -> Check:
    """An absolute address of at most `most` characters."""
    heads = [each + ("://" if each in ("http", "https", "slack") else ":") for each in schemes]
    pattern = re.compile(rf"(?:{'|'.join(heads)})[^\s/]\S*", re.IGNORECASE)

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            say(out, pointer, f"must be a valid {' or '.join(schemes)} URL")
        elif len(value) > most:
            say(out, pointer, f"must be less than {most + 1} characters")

    return check


def boolean(value: Any, pointer: str, out: list[str]) -> None:
    """True or false, and not 1 or "true"."""
    if not isinstance(value, bool):
        say(out, pointer, "must be a boolean")


def integer(least: int | None = None, most: int | None = None) -> Check:
    """A whole number from `least` to `most`."""

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            say(out, pointer, "must be an integer")
        elif least is not None and value < least:
            say(out, pointer, f"must be at least {least}")
        elif most is not None and value > most:
            say(out, pointer, f"must be at most {most}")

    return check


def one_of(*allowed: str | int) -> Check:
    """One of a few fixed values."""
    listed = ", ".join(str(value) for value in allowed)

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if isinstance(value, bool) or value not in allowed:
            say(out, pointer, f"must be one of: {listed}")

    return check


def array(item: Check, most: int | None = None, least: int = 1) -> Check:
    """A list of `least` to `most` items that each pass `item`."""

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if not isinstance(value, list):
            say(out, pointer, "must be an array")
            return
        if len(value) < least:
            say(out, pointer, f"no less than {least} items allowed")
        if most is not None and len(value) > most:
            say(out, pointer, f"no more than {most} items allowed")
        for place, each in enumerate(value):
            item(each, f"{pointer}/{place}", out)

    return check


def nullable(inner: Check) -> Check:
    """What `inner` allows, or null."""

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if value is not None:
            inner(value, pointer, out)

    return check


def fields(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *rules: Rule,
) -> Check:
    """An object with exactly these keys; `rules` look at it as a whole once every key is sound."""
    required = required or {}
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if not isinstance(value, dict):
            say(out, pointer, "must be an object")
            return
        before = len(out)
        for key in required:
            if key not in value:
                say(out, pointer, f"missing required field: {key}")
        for key, each in value.items():
            inner = known.get(key)
            if inner is None:
                say(out, pointer, f"invalid additional property: {key}")
            else:
                inner(each, f"{pointer}/{key}", out)
        if len(out) == before:
            for rule in rules:
                rule(value, pointer, out)

    return check


def by_type(kinds: Mapping[str, Check], allowed: Collection[str] | None = None) -> Check:
    """An object whose `type` says which check it must pass; `allowed` narrows the types for this place."""
    names = frozenset(kinds if allowed is None else allowed)

    def check(value: Any, pointer: str, out: list[str]) -> None:
        if not isinstance(value, dict):
            say(out, pointer, "must be an object")
            return
        kind = value.get("type")
        if kind is None:
            say(out, pointer, "missing required field: type")
        elif not isinstance(kind, str) or kind not in names:
            say(out, f"{pointer}/type", f"unsupported type: {kind}")
        else:
            kinds[kind](value, pointer, out)

    return check


def exactly_one(*keys: str) -> Rule:
    """Of these keys exactly one must be there."""

    def rule(value: dict[str, Any], pointer: str, out: list[str]) -> None:
        if sum(key in value for key in keys) != 1:
            say(out, pointer, f"must have exactly one of: {', '.join(keys)}")

    return rule


def at_least_one(*keys: str) -> Rule:
    """Of these keys at least one must be there."""

    def rule(value: dict[str, Any], pointer: str, out: list[str]) -> None:
        if not any(key in value for key in keys):
            say(out, pointer, f"must have at least one of: {', '.join(keys)}")

    return rule
