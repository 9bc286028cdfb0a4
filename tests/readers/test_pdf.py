"""What a PDF says: lines joined to paragraphs, columns in reading order, without what repeats on its pages."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from monitor.core.text.segment import segment_blocks
from monitor.errors import ExtractError
from monitor.model import Block, BlockKind
from monitor.readers import extract

LOREM = (
    "The ministry repeated on Monday that it may send divers to the mission. Two medical teams wait in the port for a "
    "letter from the council, which has not set a date for its vote on the mandate so far. Every government was asked "
    "for its answer by the end of the month, and most of them have given it in writing."
)
OTHER = (
    "A reservation stands since last year: the force will not disarm anybody in the strip. Those who asked for it say "
    "that a mandate without an end would be a trap for every soldier who goes. Nobody has objected to that in the "
    "council, though one delegation asked for a vote of its own on the matter before the summer begins."
)


def pdf_of(draw: Callable[[Canvas], None]) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def told(data: bytes) -> list[tuple[str, str]]:
    extraction = extract("a.pdf", data)
    assert extraction is not None
    return [(block.kind.value, block.text) for block in extraction.blocks]


def texts_of(draw: Callable[[Canvas], None]) -> list[str]:
    return [text for _, text in told(pdf_of(draw))]


def draw_lines(
    canvas: Canvas, x: float, y: float, lines: list[str], size: float = 11, font: str = "Times-Roman"
) -> float:
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= 1.25 * size
    return y


def column(text: str, width: float, size: float = 11) -> list[str]:
    """The lines that a text is set in, in a column of this width in points."""
    return simpleSplit(text, "Times-Roman", size, width)


# --- paragraphs ---------------------------------------------------------------------------------------


def test_lines_are_joined_to_paragraphs_that_a_distance_parts() -> None:
    def draw(canvas: Canvas) -> None:
        y = draw_lines(canvas, 72, 750, column(LOREM, 440))
        draw_lines(canvas, 72, y - 10, column(OTHER, 440))

    assert texts_of(draw) == [LOREM, OTHER]


def test_lines_are_joined_to_paragraphs_that_an_indent_parts() -> None:
    def draw(canvas: Canvas) -> None:
        y = 750.0
        for text in (LOREM, OTHER):
            first, *rest = column(text, 440)
            y = draw_lines(canvas, 90, y, [first])
            y = draw_lines(canvas, 72, y, rest)

    assert texts_of(draw) == [LOREM, OTHER]


def test_a_line_that_ends_before_it_had_to_ends_its_paragraph() -> None:
    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 750, [*column(LOREM, 440), "It stands.", *column(OTHER, 440)])

    assert texts_of(draw)[-2:] == ["It stands.", OTHER]


def test_larger_and_heavier_lines_are_headings() -> None:
    def draw(canvas: Canvas) -> None:
        y = draw_lines(canvas, 72, 750, ["Offers of Troops"], size=18)
        y = draw_lines(canvas, 72, y - 10, column(LOREM, 440))
        y = draw_lines(canvas, 72, y - 10, ["What Is Asked For"], font="Times-Bold")
        draw_lines(canvas, 72, y, column(OTHER, 440))

    assert told(pdf_of(draw)) == [
        ("heading", "Offers of Troops"),
        ("paragraph", LOREM),
        ("heading", "What Is Asked For"),
        ("paragraph", OTHER),
    ]


def test_heading_number_is_text_and_a_bullet_is_not() -> None:
    def draw(canvas: Canvas) -> None:
        y = draw_lines(canvas, 72, 750, ["1. Scope"], size=16)
        y = draw_lines(canvas, 72, y - 10, column(LOREM, 440))
        draw_lines(canvas, 72, y - 10, ["\u2022 Weighty"], font="Times-Bold")

    assert told(pdf_of(draw)) == [("heading", "1. Scope"), ("paragraph", LOREM), ("item", "Weighty")]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["the man-", "date of the council"], "the mandate of the council"),
        (["the cease-", "fire of May"], "the cease-fire of May"),
        (["a 30-", "day delay"], "a 30-day delay"),
        (["the Franco-", "German plan"], "the Franco-German plan"),
        (["the pre-", "and post-war years"], "the pre- and post-war years"),
        (["an offer –", "with terms"], "an offer – with terms"),
        (["an offer", "– with terms –"], "an offer – with terms –"),
        (["a non-", "transferable right"], "a non-transferable right"),
        (["a counter-", "claim"], "a counter-claim"),
        (["a long-", "term loan"], "a long-term loan"),
        (["some sub-", "stance"], "some substance"),
        (["an agree-", "ment"], "an agreement"),
        (["within 30-", "60 days"], "within 30-60 days"),
        (["of EUR 1,250,", "000 each"], "of EUR 1,250,000 each"),
        (["in the years 2019,", "2020"], "in the years 2019, 2020"),
        (["at https://a.example/re-", "vision-3"], "at https://a.example/re-vision-3"),
        (["at https://a.example/", "rules"], "at https://a.example/rules"),
    ],
)
def test_hyphens_at_the_end_of_a_line_are_mended(lines: list[str], text: str) -> None:
    before, after = "A cease-fire is what everybody in the hall asked for today, and", "is all that they spoke of then."
    full = [f"{before} {lines[0]}", f"{lines[1]} {after}"]

    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 750, full, font="Courier", size=8)

    assert " ".join(texts_of(draw)) == f"{before} {text} {after}"


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read(degrees: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(degrees)
        draw_lines(canvas, 72, 500, column(LOREM, 440))

    assert texts_of(draw) == [LOREM]


def test_text_beside_the_page_is_not_read() -> None:
    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 750, column(LOREM, 440))
        draw_lines(canvas, 72, 900, ["Above the page."])
        draw_lines(canvas, 700, 750, ["Beside the page."])

    assert texts_of(draw) == [LOREM]


def test_words_that_stand_close_are_words() -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        text.setFont("Helvetica", 11)
        text.setWordSpace(-3)
        text.textLine("The words stand close to each other in this line.")
        canvas.drawText(text)

    assert texts_of(draw) == ["The words stand close to each other in this line."]


def test_items_and_hanging_lines() -> None:
    items = column(LOREM, 420)

    def draw(canvas: Canvas) -> None:
        y = draw_lines(canvas, 72, 750, column(OTHER, 440))
        for number in (1, 2):
            canvas.drawString(72, y, f"{number}.")
            y = draw_lines(canvas, 90, y, items)

    assert told(pdf_of(draw)) == [("paragraph", OTHER), ("item", LOREM), ("item", LOREM)]


def _clauses(canvas: Canvas, labels: list[str]) -> None:
    y = draw_lines(canvas, 72, 750, column(OTHER, 440))
    canvas.setFont("Times-Roman", 11)
    for label in labels:
        canvas.drawString(72, y, label)
        y = draw_lines(canvas, 110, y, column(LOREM, 400))


@pytest.mark.parametrize(
    "labels", [["1.1", "1.2", "1.3"], ["1.1.", "1.2.", "2.1.", "2.2."], ["1.2", "1.2.1", "1.3", "2.1"]]
)
def test_numbers_that_count_clauses_are_layout(labels: list[str]) -> None:
    wanted = [("paragraph", OTHER), *[("item", LOREM)] * len(labels)]
    assert told(pdf_of(lambda canvas: _clauses(canvas, labels))) == wanted


def test_numbers_that_count_nothing_are_text() -> None:
    labels = ["1.5", "2.5", "0.5"]
    found = [text for _, text in told(pdf_of(lambda canvas: _clauses(canvas, labels)))[1:]]
    assert found == [f"{label} {LOREM}" for label in labels]


def test_raised_digits_are_written_as_such() -> None:
    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 700, column(LOREM, 440))
        text = canvas.beginText(72, 750)
        text.setFont("Times-Roman", 11)
        text.textOut("It covers 365 km")
        text.setFont("Times-Roman", 7)
        text.setRise(5)
        text.textOut("2")
        text.setFont("Times-Roman", 11)
        text.setRise(0)
        text.textOut(" of the strip.")
        canvas.drawText(text)

    assert texts_of(draw)[0] == "It covers 365 km² of the strip."


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Country", "Troops", "Since"), ("Pakistan", "3,000", "May 2026"), ("Italy", "550", "June 2026")]

    def draw(canvas: Canvas) -> None:
        y = draw_lines(canvas, 72, 750, column(LOREM, 440))
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                canvas.drawString(72 + 150 * place, y - 10 - 16 * number, cell)

    assert told(pdf_of(draw))[1:] == [("row", " | ".join(row)) for row in rows]


def test_a_justified_line_of_wide_gaps_is_no_row() -> None:
    words = ["A", "self-employed", "co-worker", "counts", "as", "staff.", "See"]

    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 714, ["The fee is paid monthly and in advance, by all who are in the list of the city."])
        x = 72.0
        for word in words:
            draw_lines(canvas, x, 700, [word])
            x += canvas.stringWidth(word, "Times-Roman", 11) + 35

    assert " ".join(words) in texts_of(draw)[-1]


def test_cells_that_are_nearly_full_are_cells() -> None:
    def draw(canvas: Canvas) -> None:
        for number, row in enumerate((("Consulting", "hour", "EUR 140"), ("Training", "day", "EUR 980"))):
            for x, text in zip((72, 138, 216), row, strict=True):
                draw_lines(canvas, x, 700 - 14 * number, [text])

    assert texts_of(draw) == ["Consulting | hour | EUR 140", "Training | day | EUR 980"]


def test_the_table_of_contents_has_no_page_numbers() -> None:
    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 750, ["Introduction" + "." * 60 + " 3", "What is asked for" + " ." * 40 + " 12"])

    assert texts_of(draw) == ["Introduction", "What is asked for"]


# --- columns ------------------------------------------------------------------------------------------


def test_columns_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 10)
        for number, (left, right) in enumerate(zip(column(LOREM, 220, 10), column(OTHER, 220, 10), strict=False)):
            canvas.drawString(60, 700 - 12 * number, left)
            canvas.drawString(310, 700 - 12 * number, right)

    shared = min(len(column(LOREM, 220, 10)), len(column(OTHER, 220, 10)))
    wanted = [" ".join(column(text, 220, 10)[:shared]) for text in (LOREM, OTHER)]
    assert texts_of(draw) == wanted


def test_text_across_columns_separates_them() -> None:
    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 60, 780, ["A headline over all of the page, from its left to its right end"], size=16)
        for y, (left, right) in ((740, (LOREM, OTHER)), (500, (OTHER, LOREM))):
            draw_lines(canvas, 60, y, column(left, 220, 10), size=10)
            draw_lines(canvas, 310, y, column(right, 220, 10), size=10)
        draw_lines(
            canvas, 60, 540, ["Another line that goes over both of the columns, from the left to the right"], size=14
        )

    assert [text[:20] for text in texts_of(draw)] == [
        "A headline over all ",
        LOREM[:20],
        OTHER[:20],
        "Another line that go",
        OTHER[:20],
        LOREM[:20],
    ]


def test_a_paragraph_goes_on_over_columns_and_pages() -> None:
    lines = column(f"{LOREM} {OTHER}", 220, 10)

    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 60, 740, lines[:5], size=10)
        draw_lines(canvas, 310, 740, lines[5:10], size=10)
        canvas.showPage()
        draw_lines(canvas, 60, 740, lines[10:], size=10)

    assert texts_of(draw) == [f"{LOREM} {OTHER}"]


def test_a_page_on_its_side_reads_as_upright() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(100, 100)
        canvas.rotate(90)
        draw_lines(canvas, 0, 0, column(LOREM, 440))

    assert texts_of(draw) == [LOREM]


# --- furniture ----------------------------------------------------------------------------------------


def _report(canvas: Canvas, head: Callable[[int], str], foot: Callable[[int], str], pages: int = 5) -> None:
    for number in range(1, pages + 1):
        draw_lines(canvas, 72, 800, [head(number)], size=8)
        draw_lines(canvas, 72, 740, [f"Section {'ABCDEFG'[number]} begins here."])
        draw_lines(canvas, 72, 40, [foot(number)], size=8)
        canvas.showPage()


@pytest.mark.parametrize(
    ("head", "foot", "heads"),
    [
        (lambda _: "Annual Report 2026", lambda n: f"{n}", ["Annual Report 2026"]),
        (lambda n: f"{n} | Annual Report 2026", lambda n: f"Page {n} of 5", ["Annual Report 2026"]),
        (lambda n: "Annual Report" if n % 2 else "The Ministry", lambda n: f"- {n + 10} -",
         ["Annual Report", "The Ministry"]),
        (lambda _: "Draft, not for circulation", lambda n: ["", "i", "ii", "iii", "iv", "v"][n],
         ["Draft, not for circulation"]),
    ],
)  # fmt: skip
def test_running_heads_come_once_and_page_numbers_never(
    head: Callable[[int], str], foot: Callable[[int], str], heads: list[str]
) -> None:
    pages = 6 if "Ministry" in head(2) else 5
    found = texts_of(lambda canvas: _report(canvas, head, foot, pages))
    text = [f"Section {'ABCDEFG'[number]} begins here." for number in range(1, pages + 1)]
    assert found == [*heads, *text]


def test_numbers_that_do_not_count_with_the_pages_are_text() -> None:
    found = texts_of(lambda canvas: _report(canvas, lambda n: f"Article {7 * n}", lambda n: f"Sum: {n * n} euros"))
    assert "Article 21" in found
    assert "Sum: 9 euros" in found


def test_a_line_in_the_middle_that_comes_again_is_text() -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(5):
            draw_lines(
                canvas, 72, 740, [f"{'Abcde'[number]} first line.", "The same line.", "x.", "y.", "z.", "w.", "v."]
            )
            canvas.showPage()

    assert texts_of(draw).count("The same line.") == 5


# --- errors -------------------------------------------------------------------------------------------


def test_an_encrypted_file_is_reported_as_such() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt="secret")
    canvas.drawString(72, 750, "The offer stands.")
    canvas.save()
    with pytest.raises(ExtractError, match="encrypted: it needs a password"):
        extract("a.pdf", stream.getvalue())


def test_a_file_without_text_is_reported_as_such() -> None:
    with pytest.raises(ExtractError, match="no text in it"):
        extract("a.pdf", pdf_of(lambda canvas: canvas.rect(0, 0, 100, 100)))


# --- set again ----------------------------------------------------------------------------------------

CLAUSES = [f"Clause {'ABCDEFGHIJKLMNOP'[number]}. {LOREM if number % 2 else OTHER}" for number in range(16)]


def _set(size: float, columns: int, *, aligned: bool, head: str, letter: bool) -> bytes:
    """The clauses in one of the ways that a program may set them."""
    page = LETTER if letter else A4
    width, height = page
    style = ParagraphStyle(
        "", fontName="Times-Roman", fontSize=size, leading=1.25 * size, spaceAfter=size, alignment=4 if aligned else 0
    )
    each = (width - 144 - 24 * (columns - 1)) / columns
    frames = [Frame(72 + place * (each + 24), 72, each, height - 144, 0, 0, 0, 0) for place in range(columns)]

    def draw_edges(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont("Times-Roman", 8)
        if head:
            canvas.drawString(72, height - 40, head)
            canvas.drawCentredString(width / 2, 36, str(document.page))

    stream = io.BytesIO()
    template = PageTemplate("", frames, onPage=draw_edges)
    BaseDocTemplate(stream, pagesize=page, pageTemplates=[template], invariant=1).build(
        [Paragraph(clause, style) for clause in CLAUSES]
    )
    return stream.getvalue()


@pytest.mark.parametrize("letter", [False, True])
@pytest.mark.parametrize(("size", "columns", "aligned"), [(11, 1, False), (12.5, 1, True), (9, 1, True), (9, 2, False)])
def test_a_text_set_again_gives_the_same_statements(size: float, columns: int, aligned: bool, letter: bool) -> None:
    text = segment_blocks([Block(BlockKind.PARAGRAPH, clause) for clause in CLAUSES], "en")
    for head in ("", "Rules of the Mission"):
        extraction = extract("a.pdf", _set(size, columns, aligned=aligned, head=head, letter=letter))
        assert extraction is not None
        found = [one.text for one in segment_blocks(extraction.blocks, "en")]
        assert found == [*([head] if head else []), *(one.text for one in text)]
