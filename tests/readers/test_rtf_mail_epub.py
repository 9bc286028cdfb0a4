"""What RTF, mail, books and the article of a web page say."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from monitor.errors import ExtractError
from monitor.readers import extract
from tests.readers.writers import as_epub, zipped


def _told(name: str, data: bytes, *, article: bool = False) -> list[tuple[str, str]]:
    extraction = extract(f"a.{name}", data, article=article)
    assert extraction is not None
    return [(f"{block.kind.value}{block.level or ''}", block.text) for block in extraction.blocks]


# --- RTF --------------------------------------------------------------------------------------------

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Times;}{\f2\fcharset128 Mincho;}}"
    r"{\stylesheet{\s0 Normal;}{\s1 heading 1;}{\s2\sbasedon0 Title;}{\s3 List Bullet;}}{\info{\title Hidden}}"
)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (r"\pard One \b bold\b0  word.\par Two.\par", [("paragraph", "One bold word."), ("paragraph", "Two.")]),
        (r"\pard\s1 Heading\par\pard Text\par", [("heading1", "Heading"), ("paragraph", "Text")]),
        (r"\pard\s2 Title\par", [("heading1", "Title")]),
        (r"\pard\outlinelevel2 Part\par", [("heading3", "Part")]),
        (r"\pard\s3 item\par", [("item1", "item")]),
        (r"\pard{\pntext\'b7\tab}item\par", [("item1", "item")]),
        (r"\pard{\listtext 1.\tab}\ls1\ilvl1 deeper\par", [("item2", "deeper")]),
        (r"\pard It {\deleted would }{\revised will} stay.\par", [("paragraph", "It will stay.")]),
        (r"\pard Shown{\v  hidden}\par", [("paragraph", "Shown")]),
        (r"\pard km{\super 2}\par", [("paragraph", "km²")]),
        (r"\pard caf\'e9 \u8211? \u-10179?\u-8704? end\par", [("paragraph", "café – 😀 end")]),
        (r"\pard {\uc2\u8364\'80x5}0\par", [("paragraph", "€50")]),
        (r"\pard\f1 \'cf\'f0\'e8\par", [("paragraph", "При")]),
        (r"\pard\f2 \'93\'fa\'96\'7b\par", [("paragraph", "日本")]),
        (r"\pard cease\_fire for\-ces a\~b \{x\} \\\par", [("paragraph", "cease\u2011fire forces a\u00a0b {x} \\")]),
        (r"\pard One\line two\tab three\par", [("paragraph", "One\ntwo three")]),
        (r"\pard Text{\footnote A note.\par} goes on.\par", [("paragraph", "Text goes on."), ("paragraph", "A note.")]),
        (r"{\header The Desk\par}{\footer \pard Page {\field{\*\fldinst PAGE}{\fldrslt 7}}\par}\pard Text.\par",
         [("paragraph", "The Desk"), ("paragraph", "Text.")]),
        (r"{\*\unknown Hidden}\pard{\pict\bin4 }}}}}Text.\par", [("paragraph", "Text.")]),
        (r"\trowd\pard\intbl Italy\cell 550\cell\row\trowd\pard\intbl Spain\cell\cell\row\pard After\par",
         [("row", "Italy | 550"), ("row", "Spain | "), ("paragraph", "After")]),
        (r"\pard a{\field{\*\fldinst HYPERLINK "+'"x"'+r"}} b\par", [("paragraph", "a b")]),
        (r"{\field a{\fldrslt b}} c\par}{\fldrslt d\par", [("paragraph", "ab c"), ("paragraph", "d")]),
        (r"\pard no end of it", [("paragraph", "no end of it")]),
        (r"\pard Text{\footnote cut o", [("paragraph", "Text"), ("paragraph", "cut o")]),
        (r"\pard a}}}} b\par", [("paragraph", "a b")]),
    ],
)  # fmt: skip
def test_text_of_rtf(body: str, told: list[tuple[str, str]]) -> None:
    assert _told("rtf", f"{HEAD}{body}}}".encode("latin-1")) == told


def test_invalid_rtf_is_an_error() -> None:
    with pytest.raises(ExtractError):
        extract("a.rtf", b"{\\not rich}")


# --- mail -------------------------------------------------------------------------------------------


def _mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in ({"Subject": "The offer", "From": "jo@example.org"} | headers).items():
        message[name] = value
    return message


HEADERS = [("row", "Subject: The offer"), ("row", "From: jo@example.org")]


def test_the_plain_text_is_preferred_and_attachments_are_named() -> None:
    message = _mail()
    message.set_content("The offer stands.\n")
    message.add_alternative("<p>The <b>offer</b> is dead.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Größe.pdf")
    assert _told("eml", message.as_bytes()) == [
        *HEADERS,
        ("paragraph", "The offer stands."),
        ("row", "Attachment: Größe.pdf, 8 bytes, SHA-256 e16fa5d9"),
    ]


def test_html_is_read_where_there_is_no_plain_text() -> None:
    message = _mail()
    message.set_content("<h2>Title</h2><p>The <b>offer</b> stands.</p>", subtype="html")
    assert _told("eml", message.as_bytes())[2:] == [("heading2", "Title"), ("paragraph", "The offer stands.")]


def test_headers_are_decoded_and_unfolded() -> None:
    data = b"Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\n and\n more\nFrom: =?nonsense?q?x?= <a@b>\n\nText.\n"
    assert _told("eml", data)[:2] == [
        ("row", "Subject: Größe and more"),
        ("row", "From: =?nonsense?q?x?= <a@b>"),
    ]


def test_quoted_text_is_the_text_without_its_marks() -> None:
    message = _mail()
    message.set_content("I agree.\n\n> The offer stands.\n>> Since when?\n")
    assert [text for _, text in _told("eml", message.as_bytes())[2:]] == [
        "I agree.",
        "The offer stands.",
        "Since when?",
    ]


def test_flowed_lines_are_joined() -> None:
    data = b"Subject: x\nContent-Type: text/plain; format=flowed\n\nThe offer \nstands.\n"
    assert _told("eml", data)[1:] == [("paragraph", "The offer stands.")]


def test_a_message_inside_a_message_is_read() -> None:
    inner = _mail(Subject="Before")
    inner.set_content("The offer stands.\n")
    message = _mail()
    message.set_content("See below.\n")
    message.add_attachment(inner)
    assert ("row", "Subject: Before") in _told("eml", message.as_bytes())
    assert ("paragraph", "The offer stands.") in _told("eml", message.as_bytes())


@pytest.mark.parametrize(
    ("charset", "text"), [("iso-8859-1", "café"), ("koi8-r", "Привет"), ("utf-8", "größer"), ("unknown-8bit", "plain")]
)
def test_text_in_any_character_set(charset: str, text: str) -> None:
    body = text.encode("ascii" if charset == "unknown-8bit" else charset)
    data = b"Subject: x\nContent-Type: text/plain; charset=%s\n\n%s.\n" % (charset.encode(), body)
    assert _told("eml", data)[1:] == [("paragraph", f"{text}.")]


def test_page_saved_as_one_file_is_read_as_the_page() -> None:
    data = (
        b"From: <Saved by Blink>\nSubject: The page\nDate: Tue, 24 Nov 2026 07:38:44 +0000\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="x"\n\n--x\nContent-Type: text/html\n\n'
        b"<h1>Offer</h1><p>It stands.</p>\n--x\nContent-Type: image/png\nContent-Location: a.png\n\nPNG\n--x--\n"
    )
    assert _told("mhtml", data) == [("heading1", "Offer"), ("paragraph", "It stands.")]


def test_invalid_mail_is_an_error() -> None:
    with pytest.raises(ExtractError, match="not a message"):
        extract("a.eml", b"\x00\x01\x02")


# --- books ------------------------------------------------------------------------------------------


def test_chapters_are_in_reading_order_without_the_contents() -> None:
    container = b'<c><rootfile full-path="a/b.opf"/></c>'
    book = (
        b'<package><manifest><item id="2" href="two%20b.xhtml" media-type="application/xhtml+xml"/>'
        b'<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        b'<item id="1" href="../one.xhtml" media-type="application/xhtml+xml"/></manifest>'
        b'<spine><itemref idref="nav"/><itemref idref="1"/><itemref idref="2"/><itemref idref="gone"/></spine>'
        b"</package>"
    )
    page = "<html xmlns='x'><head><title/></head><body><p>{}</p></body></html>"
    parts = {"META-INF/container.xml": container, "a/b.opf": book, "a/nav.xhtml": page.format("Contents").encode()}
    parts |= {"one.xhtml": page.format("One.").encode(), "a/two b.xhtml": page.format("Two.").encode()}
    assert _told("epub", zipped(parts)) == [("paragraph", "One."), ("paragraph", "Two.")]


def test_a_chapter_that_is_missing_is_an_error() -> None:
    data = as_epub([("h1", "One"), ("p", "Text.")])
    broken = re.sub(rb"chapter0", b"chapter9", data)
    with pytest.raises(ExtractError):
        extract("a.epub", broken)


def test_protected_book_is_reported() -> None:
    with pytest.raises(ExtractError, match="encrypted"):
        extract("a.epub", zipped({"META-INF/rights.xml": b"<r/>"}))


def test_a_page_in_xml_closes_elements_by_themselves() -> None:
    page = b"<?xml version='1.0'?><html><head><title/></head><body><p>One<a id='x'/> two.</p></body></html>"
    assert _told("xhtml", page) == [("paragraph", "One two.")]


# --- articles ---------------------------------------------------------------------------------------

SAID = "says at some length what the ministry repeated about its divers on Monday."
PAGE = f"""<html><head><title>The offer stands - Example Times</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<div class="cookie-banner">We use cookies. <button>Accept</button></div>
<article><h1>The offer stands</h1>
{"".join(f"<p>Paragraph {number} {SAID}</p>" for number in range(6))}
<table><tr><td>Italy</td><td>550</td></tr></table></article>
<aside><h2>Most read</h2><ul><li><a href="/1">Something else</a></li></ul></aside>
<footer>Copyright Example Times. All rights reserved.</footer></body></html>"""


def test_a_page_is_read_whole_unless_its_article_is_asked_for() -> None:
    whole, article = ([text for _, text in _told("html", PAGE.encode(), article=article)] for article in (False, True))
    for furniture in (
        "Home",
        "We use cookies.",
        "Something else",
        "Copyright Example Times. All rights reserved.",
    ):
        assert furniture in whole
        assert not any(furniture in text for text in article)
    assert article[0] == "The offer stands"
    assert [text for text in article if text.startswith("Paragraph")] == [
        text for text in whole if text.startswith("Paragraph")
    ]


def test_page_without_an_article_is_an_error_with_advice() -> None:
    with pytest.raises(ExtractError, match=r"\[extract\] article"):
        extract("a.html", b"<nav><a href=/>Home</a></nav>", article=True)
