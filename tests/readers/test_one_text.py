"""The same text as .txt, .md, .html, .docx, .odt, .pdf and what else carries its structure: the same statements."""

from __future__ import annotations

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.model import Statement
from tests.readers.writers import WRITERS, Text

FIGURE = (
    "The ministry repeated on Monday that it “may” send 30 divers and two medical teams to the mission. "
    "Dr. Lee, who leads the task force, called the figure a ceiling: it would not rise before June. "
    "Nobody in the U.S. delegation objected to the plan when it was read out on 3 May 2026."
)
RULES = (
    "rules of engagement that every government has seen before a vote, and that no other body can alter once the first "
    "soldiers have left their barracks;"
)
TEXT: Text = [
    ("h1", "Offers of Troops"),
    ("p", FIGURE),
    ("p", "A well-known reservation stands: the force will not disarm anybody."),
    ("h2", "What Is Asked For"),
    ("p", "Three things were asked for by the council in its last letter, which every government has now answered:"),
    ("li", "a mandate of the Security Council for the whole of the mission;"),
    ("li", RULES),
    ("li", "a date on which the mission ends."),
    ("h2", "Figures So Far"),
    ("tr", ["Country", "Troops", "Since"]),
    ("tr", ["Pakistan", "3,000", "May 2026"]),
    ("tr", ["Italy", "550", "June 2026"]),
    ("p", "These figures are what the governments have said; no list has been published so far. They add up to 3,550."),
]

STATEMENTS = [
    "Offers of Troops",
    "The ministry repeated on Monday that it “may” send 30 divers and two medical teams to the mission.",
    "Dr. Lee, who leads the task force, called the figure a ceiling: it would not rise before June.",
    "Nobody in the U.S. delegation objected to the plan when it was read out on 3 May 2026.",
    "A well-known reservation stands: the force will not disarm anybody.",
    "What Is Asked For",
    "Three things were asked for by the council in its last letter, which every government has now answered:",
    "a mandate of the Security Council for the whole of the mission;",
    RULES,
    "a date on which the mission ends.",
    "Figures So Far",
    "Country | Troops | Since",
    "Pakistan | 3,000 | May 2026",
    "Italy | 550 | June 2026",
    "These figures are what the governments have said; no list has been published so far.",
    "They add up to 3,550.",
]


def _statements(name: str, text: Text) -> list[Statement]:
    reading = read_in_this_process(f"brief.{name}", WRITERS[name](text))
    assert reading.failure is None
    return list(reading.statements or ())


@pytest.mark.parametrize("name", ["txt", "md", "html", "docx", "odt", "pdf", "rtf", "epub"])
def test_one_text_gives_the_same_statements_in_every_format(name: str) -> None:
    assert [one.text for one in _statements(name, TEXT)] == STATEMENTS


@pytest.mark.parametrize("name", ["txt", "md", "html", "docx", "odt", "pdf", "rtf", "epub"])
def test_headings_items_and_rows_are_recognized_in_every_format(name: str) -> None:
    wanted = ["heading", *["paragraph"] * 4, "heading", "paragraph", *["item"] * 3, "heading", *["row"] * 3]
    assert [one.kind.value for one in _statements(name, TEXT)] == [*wanted, "paragraph", "paragraph"]


def test_a_mail_holds_the_same_statements_below_its_header() -> None:
    assert [one.text for one in _statements("eml", TEXT)] == [
        "Subject: The offer",
        "From: Jo Doe <jo@example.org>",
        "To: desk@example.org",
        "Date: Tue, 24 Nov 2026 07:38:44 +0000",
        *STATEMENTS,
    ]


def test_slides_hold_the_same_statements() -> None:
    assert [one.text for one in _statements("pptx", TEXT)] == STATEMENTS


def test_a_workbook_holds_sheets_and_rows() -> None:
    text: Text = [("h2", "Figures"), ("tr", ["Country", "Troops"]), ("tr", ["Pakistan", 3000]), ("h2", "Notes")]
    assert [one.text for one in _statements("xlsx", text)] == [
        "Figures",
        "Country | Troops",
        "Pakistan | 3000",
        "Notes",
    ]


LINKED = [
    ("html", b'<p>See <a href="https://example.org/a">the annex</a>.</p>'),
    ("md", b"See [the annex](https://example.org/a).\n"),
    ("rtf", rb'{\rtf1 See {\field{\*\fldinst HYPERLINK "https://example.org/a"}{\fldrslt the annex}}.\par}'),
]


@pytest.mark.parametrize(("name", "data"), LINKED)
def test_a_link_in_source_text_is_found(name: str, data: bytes) -> None:
    assert read_in_this_process(f"a.{name}", data).statements == (
        Statement("See the annex.", links=("https://example.org/a",)),
    )


@pytest.mark.parametrize("name", ["docx", "odt", "pdf"])
def test_a_link_in_an_office_document_is_found(name: str) -> None:
    reading = read_in_this_process(f"a.{name}", _linked(name))
    assert reading.statements == (Statement("See the annex.", links=("https://example.org/a",)),)


def _linked(name: str) -> bytes:
    import io

    stream = io.BytesIO()
    if name == "docx":
        import docx
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        document = docx.Document()
        paragraph = document.add_paragraph("See ")
        link = OxmlElement("w:hyperlink")
        link.set(
            qn("r:id"), document.part.relate_to("https://example.org/a", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        )
        link.append(paragraph.add_run("the annex")._r)
        paragraph._p.append(link)
        paragraph.add_run(".")
        document.save(stream)
    elif name == "odt":
        import odfdo

        document = odfdo.Document("text")
        document.body.clear()
        paragraph = odfdo.Paragraph("See ")
        paragraph.append(odfdo.Link("https://example.org/a", text="the annex"))
        paragraph.append(".")
        document.body.append(paragraph)
        document.save(stream)
    else:
        from reportlab.lib.styles import getSampleStyleSheet
        from reportlab.platypus import Paragraph, SimpleDocTemplate

        body = getSampleStyleSheet()["BodyText"]
        story = [Paragraph('See <a href="https://example.org/a">the annex</a>.', body)]
        SimpleDocTemplate(stream).build(story)
    return stream.getvalue()
