"""Which part of a message is its text, and what is attached to it, as Thunderbird, Apple Mail and Outlook write it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest

from monitor.errors import ExtractError
from monitor.readers import extract

Part = tuple[str, str]  # headers, and what is in it


def _blocks(data: bytes) -> list[str]:
    extraction = extract("a.eml", data)
    assert extraction is not None
    return [block.text for block in extraction.blocks if not block.text.startswith(("From:", "Subject:"))]


def _mail(headers: str, body: str) -> bytes:
    return f"From: A <a@x.example>\nSubject: S\nMIME-Version: 1.0\n{headers}\n\n{body}".replace("\n", "\r\n").encode()


def _several(kind: str, parts: Sequence[Part], *, more: str = "", name: str = "B") -> Part:
    body = "".join(f"--{name}\n{head}\n\n{inside}\n" for head, inside in parts)
    return f"Content-Type: multipart/{kind}; boundary={name}{more}", f"{body}--{name}--\n"


def _attached(name: str, size: int, content: str) -> str:
    return f"Attachment: {name}, {size:,} bytes, SHA-256 {sha256(content.encode()).hexdigest()[:8]}"


PLAIN: Part = ("Content-Type: text/plain", "The fee is 10 EUR.")
HTML: Part = ("Content-Type: text/html", "<p>The <b>fee</b> is 20 EUR.</p>")
PDF: Part = ('Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename="a.pdf"', "%PDF")
SHOWN_PDF: Part = (PDF[0].replace("attachment", "inline"), PDF[1])
PICTURE: Part = ("Content-Type: image/png; name=i.png\nContent-ID: <i>\nContent-Disposition: inline", "PNG")
CALENDAR: Part = ("Content-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR")
THUNDERBIRD = _several("mixed", [_several("alternative", [PLAIN, HTML], name="C"), PDF])
OUTLOOK = _several(
    "mixed", [_several("related", [_several("alternative", [PLAIN, HTML], name="D"), PICTURE], name="C"), PDF]
)
APPLE = _several("alternative", [PLAIN, _several("mixed", [HTML, SHOWN_PDF, HTML], name="C")])
APPLE_PICTURES = _several("alternative", [PLAIN, _several("related", [HTML, PICTURE, PDF], name="C")])


@pytest.mark.parametrize("message", [THUNDERBIRD, OUTLOOK, APPLE, APPLE_PICTURES])
def test_the_plain_text_is_read_and_attachments_are_named(message: Part) -> None:
    assert _blocks(_mail(*message)) == ["The fee is 10 EUR.", _attached("a.pdf", 4, "%PDF")]


BLANK: Part = ("Content-Type: text/plain", " \n\n")
NEEDS_HTML: Part = ("Content-Type: text/plain", "Please use a viewer that shows HTML messages.")
IN_BROWSER: Part = ("Content-Type: text/plain", "Im Browser ansehen: https://x.example/7")
FEES = "The board has set the fees of the coming year, which every member of the club pays by the end of March."
LONG_HTML: Part = ("Content-Type: text/html", f"<p>{FEES}</p>")


@pytest.mark.parametrize(
    ("plain", "html", "text"),
    [
        (BLANK, HTML, "The fee is 20 EUR."),
        (NEEDS_HTML, HTML, "The fee is 20 EUR."),
        (IN_BROWSER, LONG_HTML, FEES),
        (PLAIN, HTML, "The fee is 10 EUR."),
        (("Content-Type: text/plain", "For HTML the fee is 10 EUR."), HTML, "For HTML the fee is 10 EUR."),
    ],
)
def test_html_is_read_where_the_plain_text_says_less(plain: Part, html: Part, text: str) -> None:
    assert _blocks(_mail(*_several("alternative", [plain, html]))) == [text]


def test_an_invitation_is_its_text_and_names_its_calendar() -> None:
    named = _attached("text/calendar", 15, "BEGIN:VCALENDAR")
    assert _blocks(_mail(*_several("alternative", [HTML, CALENDAR]))) == ["The fee is 20 EUR.", named]
    assert _blocks(_mail(*_several("alternative", [PLAIN, HTML, CALENDAR]))) == ["The fee is 10 EUR.", named]


def test_the_part_that_start_names_is_the_page() -> None:
    page = (f"{HTML[0]}\nContent-ID: <h>", HTML[1])
    assert _blocks(_mail(*_several("related", [PICTURE, page], more='; start="<h>"'))) == ["The fee is 20 EUR."]


def test_a_page_behind_its_picture_is_the_page() -> None:
    assert _blocks(_mail(*_several("related", [PICTURE, HTML]))) == ["The fee is 20 EUR."]


def test_pictures_of_a_page_are_not_attached_to_it() -> None:
    assert _blocks(_mail(*_several("related", [HTML, PICTURE]))) == ["The fee is 20 EUR."]


CSV = "Content-Type: text/csv\nContent-Disposition: attachment; filename="


@pytest.mark.parametrize(
    ("part", "named"),
    [
        (("Content-Type: application/zip", "PK"), _attached("application/zip", 2, "PK")),
        (("Content-Type: application/pdf\nContent-Disposition: attachment", "%PDF"),
         _attached("application/pdf", 4, "%PDF")),
        ((f"{CSV}c.csv", "a,10"), _attached("c.csv", 4, "a,10")),
        ((f"{CSV}c.csv", "a,20"), _attached("c.csv", 4, "a,20")),
    ],
)  # fmt: skip
def test_a_row_names_what_is_attached_and_tells_its_content(part: Part, named: str) -> None:
    assert _blocks(_mail(*_several("mixed", [PLAIN, part]))) == ["The fee is 10 EUR.", named]


def test_an_attached_text_is_the_same_however_it_is_sent() -> None:
    heads = f"{CSV}c.csv\nContent-Transfer-Encoding: "
    found = [
        _blocks(_mail(*_several("mixed", [PLAIN, (heads + coding, body)])))
        for coding, body in (("7bit", "a,10\nb,20"), ("base64", "YSwxMApiLDIw"), ("base64", "YSwxMA0KYiwyMA=="))
    ]
    assert found == [["The fee is 10 EUR.", _attached("c.csv", 9, "a,10\nb,20")]] * 3


def test_a_message_that_is_a_file_names_it() -> None:
    assert _blocks(_mail("Content-Type: application/pdf", "%PDF")) == [_attached("application/pdf", 4, "%PDF")]


def test_alternatives_inside_alternatives_take_no_time() -> None:
    message: Part = HTML
    for depth in range(12):
        message = _several("alternative", [NEEDS_HTML, message], name=f"B{depth}")
    assert _blocks(_mail(*message)) == ["The fee is 20 EUR."]


def test_parts_nested_too_deep_are_refused() -> None:
    message: Part = HTML
    for depth in range(40):
        message = _several("alternative", [CALENDAR, message], name=f"B{depth}x")
    with pytest.raises(ExtractError, match="nested more than 30 deep"):
        _blocks(_mail(*message))


# --- text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "body", "texts"),
    [
        ("", "Please pay the fee of ten \neuro by May.", ["Please pay the fee of ten euro by May."]),
        ("", "> Please pay the fee of ten euro \n> by the fifth of May.",
         ["Please pay the fee of ten euro by the fifth of May."]),
        ("", ">> Please pay the fee \n>> of ten euro.\n> It is \n> paid.\nThank you.",
         ["Please pay the fee of ten euro.", "It is paid.", "Thank you."]),
        ("", "> > Please pay \n> > the fee.", ["Please pay the fee."]),
        ("", "One \n\nTwo.", ["One", "Two."]),
        ("", " From here \non.", ["From here on."]),
        ("", "Best \nregards.\n-- \nJo Doe", ["Best regards.", "Jo Doe"]),
        ("; delsp=yes", "a flo \nwed line", ["a flowed line"]),
    ],
)  # fmt: skip
def test_flowed_lines_are_joined_below_their_quote_marks(parameters: str, body: str, texts: list[str]) -> None:
    assert _blocks(_mail(f"Content-Type: text/plain; format=flowed{parameters}", body)) == texts


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_message_in_wide_characters_is_read(codec: str) -> None:
    data = _mail("Content-Type: text/plain; charset=utf-8", "Die Gebühr beträgt 10 €.").decode().encode(codec)
    assert _blocks(data) == ["Die Gebühr beträgt 10 €."]


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-2022-jp", "iso2022_jp", "契約は期間の定めなく締結される。"),
        ("utf-7", "utf-7", "Die Gebühr beträgt 10 €."),
        ("hz-gb-2312", "hz", "合同期限为无固定期限。"),
        ("us-ascii", "cp1252", "The “fee” is 10 €."),
        ("iso-8859-1", "cp1252", "The “fee” is 10 €."),
    ],
)
def test_text_is_decoded_by_its_label(label: str, codec: str, text: str) -> None:
    head = f"From: a@x.example\nContent-Type: text/plain; charset={label}\n\n".encode()
    assert _blocks(head + text.encode(codec)) == [text]
