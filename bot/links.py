"""Addresses of notebooks: what people paste, read into a platform and an id. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from bot.command import Address
from bot.errors import Mistake
from bot.model import Frozen, Notebook, Platform


class Hosts(Frozen):
    """Where the two platforms' pages are; each may have a port and a path in front."""

    datalore: str = "https://datalore.jetbrains.com"
    deepnote: str = "https://deepnote.com"


OURS = Hosts()
_DATALORE_ID = re.compile(r"/?([\w.~-]{1,128})/([\w.~-]{1,128})/?", re.ASCII)
_HEX = r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DEEPNOTE_ID = re.compile(_HEX, re.ASCII | re.IGNORECASE)
_SEGMENT = re.compile(rf"(?:(?P<slug>.*)-)?(?P<id>{_HEX})", re.ASCII | re.IGNORECASE | re.DOTALL)
_PREFIXED = re.compile(r"(datalore|deepnote)\s*:(?!//)\s*(.*)", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.ASCII | re.IGNORECASE)
_AFTER_A_SENTENCE = ".,;:!?)>]}'\"”\u2019»"
_TITLE = 100


class _Site(NamedTuple):
    platform: Platform
    base: str
    netloc: str
    path: tuple[str, ...]


def read(words: str, hosts: Hosts = OURS, platform: Platform | None = None) -> Address | None:
    """The notebook that `words` names by address or id; None where they can only be a name of the catalogue.

    Args:
        words: A web address (with or without its scheme), `datalore:owner/id`, `deepnote:<id>`, an id of Deepnote,
            or with `platform` any bare id of it.
        hosts: Whose addresses can be run.
        platform: Where bare ids belong; doesn't rule out addresses of the other platform.

    Raises:
        Mistake: It is an address, but not one that can be run; `hint` holds what to paste in its place, or nothing.
    """
    words = words.strip()
    if prefixed := _PREFIXED.fullmatch(words):
        return _by_id(Platform(prefixed[1].lower()), prefixed[2], hosts)
    netloc, path = _parts(words)
    for site in _sites(hosts):
        if netloc == site.netloc and path[: len(site.path)] == site.path:
            return _page(site, path[len(site.path) :])
    _set_up_elsewhere(netloc, hosts)
    if _DEEPNOTE_ID.fullmatch(words):
        return _by_id(Platform.DEEPNOTE if platform is None else platform, words, hosts)
    if "/" not in words and ":" not in words:
        return None
    bare = _DATALORE_ID.fullmatch(words)
    if bare and platform is not None:
        return _by_id(platform, words, hosts)
    if bare and "." not in bare[1]:
        raise Mistake("Say which platform this notebook is on.", hint=f"datalore:{bare[1]}/{bare[2]}")
    raise Mistake(
        "This isn't the address of a notebook that Threadbook can run: "
        f"those begin with {hosts.datalore}/notebook/ or {hosts.deepnote}/."
    )


def is_deepnote_id(words: str) -> bool:
    """Whether this is 32 hex digits or a dashed UUID."""
    return _DEEPNOTE_ID.fullmatch(words) is not None


def _by_id(platform: Platform, words: str, hosts: Hosts) -> Address:
    if platform is Platform.DEEPNOTE:
        if not _DEEPNOTE_ID.fullmatch(words):
            raise Mistake(
                "An id of a Deepnote notebook has 32 digits and letters a-f: the end of the notebook's address.",
                hint="deepnote:<id>",
            )
        return Address(notebook=Notebook(platform=platform, id=words.lower()))
    found = _DATALORE_ID.fullmatch(words)
    if not found or not {".", ".."}.isdisjoint(found.groups()):
        raise Mistake(
            "A Datalore notebook is named by owner and id: the two parts after /notebook/ in its address.",
            hint="datalore:<owner>/<id>",
        )
    return _on_datalore(hosts.datalore, found[1], found[2])


def _on_datalore(base: str, owner: str, notebook: str) -> Address:
    return Address(
        notebook=Notebook(platform=Platform.DATALORE, id=f"{owner}/{notebook}"),
        url=f"{base.rstrip('/')}/notebook/{owner}/{notebook}",
    )


def _parts(words: str) -> tuple[str, tuple[str, ...]]:
    """Host and decoded path of an address; an empty host where there is none that could be one of ours."""
    bare = words.rstrip(_AFTER_A_SENTENCE)
    try:
        split = urlsplit(bare if _SCHEME.match(bare) else f"//{bare}")
    except ValueError:
        return "", ()
    netloc = split.netloc.lower().removeprefix("www.")
    # With a user in front, what looks like our host may be anything: such a netloc matches no site.
    if split.scheme not in {"", "http", "https"} or "@" in netloc:
        return "", ()
    return re.sub(r":(?:80|443)$", "", netloc), tuple(unquote(part) for part in split.path.split("/") if part)


def _sites(hosts: Hosts) -> list[_Site]:
    """The sites that can be run from, the longest path first: one may lie under the other."""
    bases = ((Platform.DATALORE, hosts.datalore), (Platform.DEEPNOTE, hosts.deepnote))
    sites = [_Site(platform, base.rstrip("/"), *_parts(base)) for platform, base in bases]
    return sorted(sites, key=lambda site: -len(site.path))


def _set_up_elsewhere(netloc: str, hosts: Hosts) -> None:
    """Refuse an address of a platform's public host where another one is set up: its ids mean nothing there."""
    for site in _sites(OURS):
        if netloc == site.netloc:
            base = hosts.datalore if site.platform is Platform.DATALORE else hosts.deepnote
            raise Mistake(
                f"This address is on {netloc}, but here Threadbook runs {site.platform.label} notebooks on {base}."
            )


def _page(site: _Site, path: tuple[str, ...]) -> Address:
    if not {".", ".."}.isdisjoint(path):
        raise Mistake("This address has “.” or “..” in its path.", hint=f"{site.base}/…")
    return _datalore_page(site.base, path) if site.platform is Platform.DATALORE else _deepnote_page(site.base, path)


def _datalore_page(base: str, path: tuple[str, ...]) -> Address:
    instead = f"{base}/notebook/<owner>/<id>"
    match path:
        case ("notebook", owner, notebook) if _DATALORE_ID.fullmatch(f"{owner}/{notebook}"):
            return _on_datalore(base, owner, notebook)
        case ("notebook", owner, notebook, _, *_) if _DATALORE_ID.fullmatch(f"{owner}/{notebook}"):
            raise Mistake(
                "This is the address of something inside a notebook.", hint=f"{base}/notebook/{owner}/{notebook}"
            )
        case ("report", *_):
            raise Mistake("A report can't be run. Open its notebook and paste that address.", hint=instead)
        case ("view", *_):
            raise Mistake(
                "A link for viewing can't be run. Paste the address of the notebook, shared with edit access.",
                hint=instead,
            )
    raise Mistake("This page of Datalore isn't a notebook. Open the notebook and paste its address.", hint=instead)


def _deepnote_page(base: str, path: tuple[str, ...]) -> Address:
    rest = path[2:] if path[:1] == ("workspace",) else path
    match rest:
        case ("project", _, "notebook", segment, *_) if found := _SEGMENT.fullmatch(segment):
            kept = path[: len(path) - len(rest) + 4]
            return Address(
                notebook=Notebook(platform=Platform.DEEPNOTE, id=found["id"].lower()),
                url="/".join((base, *(quote(part, safe="") for part in kept))),
                title=_title(found["slug"] or ""),
            )
        case ("project", _, "notebook", *_):
            said = "This address ends before the notebook's id. Open the notebook and copy the whole address."
        case ("project", *_):
            said = "This is a project, and it may hold several notebooks. Open the one to run and copy its address."
        case ("app", *_):
            said = "A published app can't be run. Open the notebook behind it and copy its address."
        case _:
            said = "This page of Deepnote isn't a notebook. Open the notebook and copy its address."
    raise Mistake(said, hint=f"{base}/workspace/…/project/…/notebook/<name>-<id>")


def _title(slug: str) -> str:
    words = "".join(mark if mark.isprintable() and mark not in "-\ufffd" else " " for mark in slug)
    return " ".join(words.split())[:_TITLE]
