"""Pictures, if they are what they say."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from bot.model import Output
from bot.outputs.pictures import MOST_BYTES, picture

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def drawn(content: bytes | str, mimetype: str = "image/png") -> Output:
    data = content if isinstance(content, str) else base64.b64encode(content).decode()
    return Output(kind="image", block=1, data=data, mimetype=mimetype)


def test_a_png_and_a_jpeg_are_known_by_their_first_bytes_not_by_their_name() -> None:
    assert picture(drawn(PNG)) == (PNG, "png")
    assert picture(drawn(JPEG)) == (JPEG, "jpg")
    assert picture(drawn(PNG, "image/jpeg")) == (PNG, "png")


def test_base64_may_come_in_lines() -> None:
    assert picture(drawn(base64.encodebytes(PNG).decode())) == (PNG, "png")


def test_what_lies_about_its_kind_or_can_not_be_read_is_no_picture() -> None:
    for content in (b"GIF89a", b"<svg onload=x>", b"MZ\x90", b"", PNG[:10], "%%%", "abc", "é", "-_-_"):
        assert picture(drawn(content)) is None
    assert picture(Output(kind="text", block=1, data=base64.b64encode(PNG).decode())) is None


def test_a_picture_that_is_too_large_is_none() -> None:
    assert picture(drawn(PNG + bytes(MOST_BYTES))) is None
    assert picture(drawn("A" * (3 * MOST_BYTES))) is None


@given(st.binary(max_size=40) | st.text(max_size=40))
def test_nothing_makes_it_stumble(content: bytes | str) -> None:
    found = picture(drawn(content))
    assert found is None or found.content.startswith((PNG[:8], JPEG[:3]))
