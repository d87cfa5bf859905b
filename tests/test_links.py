"""Pasted addresses of notebooks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.command import Address
from bot.errors import Mistake
from bot.links import OURS, Hosts, read
from bot.model import Notebook, Platform

ID = "0123456789abcdef0123456789abcdef"
UUID = "01234567-89ab-cdef-0123-456789abcdef"
SPACE = f"workspace/Acme-{UUID}/project/Sales-{UUID}"
SANDBOX = Hosts(datalore="http://127.0.0.1:8765/datalore", deepnote="http://127.0.0.1:8765/deepnote")
ON_PREMISES = Hosts(datalore="https://datalore.acme.example")


def found(words: str, hosts: Hosts = OURS, platform: Platform | None = None) -> Address:
    address = read(words, hosts, platform)
    assert address is not None
    return address


def refused(words: str, hosts: Hosts = OURS, platform: Platform | None = None) -> Mistake:
    with pytest.raises(Mistake) as mistake:
        read(words, hosts, platform)
    return mistake.value


@pytest.mark.parametrize(
    "words",
    [
        "https://datalore.jetbrains.com/notebook/ana/Kp_i.7",
        "https://datalore.jetbrains.com/notebook/ana/Kp_i.7/",
        "https://datalore.jetbrains.com/notebook/ana/Kp_i.7?a=b&c=d#cell",
        "http://datalore.jetbrains.com:80/notebook/ana/Kp_i.7",
        "HTTPS://Datalore.JetBrains.com/notebook/ana/Kp_i.7",
        "datalore.jetbrains.com/notebook/ana/Kp_i.7",
        "  https://datalore.jetbrains.com/notebook/ana/Kp_i.7,",
        "datalore:ana/Kp_i.7",
        "Datalore: ana/Kp_i.7",
    ],
)
def test_a_datalore_address_is_owner_and_id_and_keeps_no_query(words: str) -> None:
    assert found(words) == Address(
        notebook=Notebook(platform=Platform.DATALORE, id="ana/Kp_i.7"),
        url="https://datalore.jetbrains.com/notebook/ana/Kp_i.7",
    )


@pytest.mark.parametrize(
    ("path", "notebook", "title"),
    [
        (f"{SPACE}/notebook/Weekly-KPIs-{ID}", ID, "Weekly KPIs"),
        (f"{SPACE}/notebook/Weekly-KPIs-{UUID}", UUID, "Weekly KPIs"),
        (f"project/Sales-{UUID}/notebook/Weekly-KPIs-{ID}", ID, "Weekly KPIs"),
        (f"project/{UUID}/notebook/{ID}", ID, ""),
        (f"project/{UUID}/notebook/{UUID}", UUID, ""),
        (f"{SPACE}/notebook/%D0%9E%D1%82%D1%87%D1%91%D1%82-2026-{ID}", ID, "Отчёт 2026"),
        (f"{SPACE}/notebook/deadbeef-{ID}", ID, "deadbeef"),
        (f"{SPACE}/notebook/{ID.upper()}", ID, ""),
    ],
)
def test_a_deepnote_address_ends_in_the_notebooks_id_and_tells_a_title(path: str, notebook: str, title: str) -> None:
    address = found(f"https://deepnote.com/{path}")
    assert address.notebook == Notebook(platform=Platform.DEEPNOTE, id=notebook)
    assert address.title == title
    assert address.url == f"https://deepnote.com/{path}"


@pytest.mark.parametrize("front", ["https://", "http://", "", "https://www.", "www."])
@pytest.mark.parametrize("end", ["", "/", "?secondary-sidebar=runs", "#a1b2", "?x=https://evil.example/#y", ".", ")"])
def test_what_stands_around_a_deepnote_address_does_not_matter(front: str, end: str) -> None:
    plain = f"deepnote.com/{SPACE}/notebook/Weekly-KPIs-{ID}"
    assert found(f"{front}{plain}{end}").url == f"https://{plain}"


def test_a_deepnote_id_alone_is_enough() -> None:
    for words in (f"deepnote:{UUID}", f"Deepnote:{UUID.upper()}", UUID):
        assert found(words) == Address(notebook=Notebook(platform=Platform.DEEPNOTE, id=UUID))


def test_a_given_platform_makes_bare_ids_enough() -> None:
    assert found("ana/Kpi7", platform=Platform.DATALORE).notebook.id == "ana/Kpi7"
    assert found(ID, platform=Platform.DEEPNOTE).notebook.id == ID
    assert "owner and id" in refused(ID, platform=Platform.DATALORE).text
    assert "32 digits" in refused("ana/Kpi7", platform=Platform.DEEPNOTE).text


def test_a_given_platform_does_not_hide_a_whole_address() -> None:
    address = found(f"deepnote.com/{SPACE}/notebook/{ID}", platform=Platform.DATALORE)
    assert address.notebook.platform is Platform.DEEPNOTE


def test_owner_and_id_without_a_platform_are_asked_for_one() -> None:
    assert refused("ana/Kpi7").hint == "datalore:ana/Kpi7"


def test_the_sandbox_has_a_port_and_both_platforms_below_one_host() -> None:
    datalore = found("http://127.0.0.1:8765/datalore/notebook/o/i?x", SANDBOX)
    assert (datalore.notebook.id, datalore.url) == ("o/i", "http://127.0.0.1:8765/datalore/notebook/o/i")
    deepnote = found(f"127.0.0.1:8765/deepnote/{SPACE}/notebook/{ID}", SANDBOX)
    assert deepnote.notebook.platform is Platform.DEEPNOTE
    assert deepnote.url == f"http://127.0.0.1:8765/deepnote/{SPACE}/notebook/{ID}"
    assert "isn't the address" in refused("http://127.0.0.1:9999/datalore/notebook/o/i", SANDBOX).text
    assert "isn't the address" in refused("http://127.0.0.1:8765/notebook/o/i", SANDBOX).text


def test_the_public_host_is_recognised_where_another_one_is_set_up() -> None:
    assert found("https://datalore.acme.example/notebook/o/i", ON_PREMISES).notebook.id == "o/i"
    said = refused("https://datalore.jetbrains.com/notebook/o/i", ON_PREMISES).text
    assert "datalore.jetbrains.com" in said
    assert "https://datalore.acme.example" in said
    assert "https://datalore.jetbrains.com" in refused("https://datalore.acme.example/notebook/o/i").text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("report/static/abc", "A report can't be run"),
        ("view/notebook/abc", "A link for viewing can't be run"),
        ("notebook/ana", "isn't a notebook"),
        ("", "isn't a notebook"),
        ("notebook/../ana", "“..”"),
    ],
)
def test_other_pages_of_datalore_say_what_to_paste(path: str, said: str) -> None:
    mistake = refused(f"https://datalore.jetbrains.com/{path}")
    assert said in mistake.text
    assert mistake.hint.startswith("https://datalore.jetbrains.com/")


def test_something_inside_a_datalore_notebook_leads_to_the_notebook() -> None:
    mistake = refused("https://datalore.jetbrains.com/notebook/ana/Kpi/artifacts/r1/a.csv")
    assert mistake.hint == "https://datalore.jetbrains.com/notebook/ana/Kpi"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (SPACE, "This is a project"),
        (f"project/{UUID}", "This is a project"),
        (f"{SPACE}/notebook/Weekly-KPIs-0123", "ends before the notebook's id"),
        (f"{SPACE}/notebook", "ends before the notebook's id"),
        (f"app/acme/Weekly-{UUID}", "A published app can't be run"),
        ("explore", "isn't a notebook"),
        ("", "isn't a notebook"),
    ],
)
def test_other_pages_of_deepnote_say_what_to_copy(path: str, said: str) -> None:
    mistake = refused(f"https://deepnote.com/{path}")
    assert said in mistake.text
    assert mistake.hint.startswith("https://deepnote.com/workspace/")


@pytest.mark.parametrize(
    "front",
    [
        "https://deepnote.com.evil.example/",
        "https://notdeepnote.com/",
        "https://evil.example/deepnote.com/",
        "https://deepnote.com@evil.example/",
        "https://ana@deepnote.com/",
        "https://ana:secret@deepnote.com/",
        "https://deepnote.com\\@evil.example/",
        "https://d\u0435epnote.com/",
        "https://deepnote.com:8443/",
        "https://[deepnote.com/",
        "ftp://deepnote.com/",
        "javascript://deepnote.com/",
    ],
)
def test_hosts_that_only_look_like_ours_are_refused(front: str) -> None:
    assert "isn't the address" in refused(f"{front}{SPACE}/notebook/{ID}").text


@pytest.mark.parametrize("words", ["datalore:ana", "datalore:ana/b/c", "datalore:", "datalore:../..", "datalore:a/b c"])
def test_a_bad_datalore_id_says_where_to_find_it(words: str) -> None:
    assert "owner and id" in refused(words).text


@pytest.mark.parametrize("words", ["weekly-kpis", "Weekly", "kpis.v2", "142", "", "0123456789abcdef"])
def test_anything_else_can_be_a_name_of_the_catalogue(words: str) -> None:
    assert read(words) is None


@given(st.text() | st.text().map(lambda end: f"https://deepnote.com/project/x/notebook/{end}"))
def test_no_text_breaks_the_reader_and_a_canonical_address_stays_as_it_is(words: str) -> None:
    try:
        address = read(words)
    except Mistake:
        return
    if address is not None and address.url is not None:
        assert read(address.url) == address
