"""Documents with very many parts of a kind that costs its square are refused before they are parsed."""

from __future__ import annotations

import pytest

from monitor.errors import ExtractError
from monitor.readers import source_pieces
from tests.readers.bombs import _endless_spine

MAIL = b"From: ada@example.org\nContent-Type: multipart/mixed; boundary=%s\n\n"


def attributes(number: int, form: bytes) -> bytes:
    return b"<h1>Title</h1><p " + b" ".join(form % at for at in range(number)) + b">The offer stands.</p>"


def parts(number: int, boundary: bytes) -> bytes:
    body = b"--" + boundary.strip(b'"') + b"\nContent-Type: text/plain\n\nThe offer stands.\n"
    return MAIL % boundary + body * number + b"--" + boundary.strip(b'"') + b"--\n"


def headers(number: int) -> bytes:
    return b"From: ada@example.org\n" + b"".join(b"X-%d: a\n" % at for at in range(number)) + b"\nThe offer stands.\n"


MANY = {
    "attributes": ("a.html", attributes(20_000, b"a%d=1"), "more than 10,000 attributes"),
    "bare attributes": ("a.html", attributes(20_000, b"abc%d"), "more than 10,000 attributes"),
    "attributes of the article": ("a.xhtml", attributes(20_000, b"a%d='x y'"), "more than 10,000 attributes"),
    "headers": ("a.eml", headers(20_000), "20,000 lines of headers are more than 10,000"),
    "parts": ("a.eml", parts(20_000, b"b"), "20,001 parts are more than 10,000"),
    "parts of a quoted boundary": ("a.eml", parts(20_000, b'"x1"'), "20,001 parts are more than 10,000"),
    "chapters": ("a.epub", _endless_spine(), "chapters are more than 10,000"),
}


@pytest.mark.parametrize("kind", MANY)
def test_too_many_are_refused_with_their_number(kind: str) -> None:
    name, data, told = MANY[kind]
    with pytest.raises(ExtractError, match=told):
        source_pieces(name, data)


FEW = {
    "attributes": ("a.html", attributes(5_000, b"abcdefghij%d='x'")),
    "long text with a sign": ("a.html", b"<p>The offer stands. " + b"It is < 30 and more. " * 10_000 + b"</p>"),
    "an image in the page": ("a.html", b"<p>The offer stands.<img src='data:" + b"x y " * 50_000 + b"'></p>"),
    "headers": ("a.eml", headers(500)),
    "parts": ("a.eml", parts(100, b"b")),
    "lines of dashes": ("a.eml", parts(1, b"b") + b"--\n" * 20_000),
}


@pytest.mark.parametrize("kind", FEW)
def test_many_are_read(kind: str) -> None:
    name, data = FEW[kind]
    found = source_pieces(name, data)
    assert found is not None
    blocks = [block for piece in found.pieces for block in found.blocks(piece)]
    assert any("The offer stands." in block.text for block in blocks)
