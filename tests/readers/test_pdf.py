"""What a PDF says: lines joined to paragraphs, columns in reading order, without what repeats on its pages."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from monitor.errors import ExtractError
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


def _pdf(draw: Callable[[Canvas], None]) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def _told(data: bytes) -> list[tuple[str, str]]:
    extraction = extract("a.pdf", data)
    assert extraction is not None
    return [(block.kind.value, block.text) for block in extraction.blocks]


def _texts(draw: Callable[[Canvas], None]) -> list[str]:
    return [text for _, text in _told(_pdf(draw))]


def _lines(canvas: Canvas, x: float, y: float, lines: list[str], size: float = 11, font: str = "Times-Roman") -> float:
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= 1.25 * size
    return y


def _column(text: str, width: float, size: float = 11) -> list[str]:
    """The lines that a text is set in, in a column of this width in points."""
    return simpleSplit(text, "Times-Roman", size, width)


# --- paragraphs ---------------------------------------------------------------------------------------


def test_lines_are_joined_to_paragraphs_that_a_distance_parts() -> None:
    def draw(canvas: Canvas) -> None:
        y = _lines(canvas, 72, 750, _column(LOREM, 440))
        _lines(canvas, 72, y - 10, _column(OTHER, 440))

    assert _texts(draw) == [LOREM, OTHER]


def test_lines_are_joined_to_paragraphs_that_an_indent_parts() -> None:
    def draw(canvas: Canvas) -> None:
        y = 750.0
        for text in (LOREM, OTHER):
            first, *rest = _column(text, 440)
            y = _lines(canvas, 90, y, [first])
            y = _lines(canvas, 72, y, rest)

    assert _texts(draw) == [LOREM, OTHER]


def test_a_line_that_ends_before_it_had_to_ends_its_paragraph() -> None:
    def draw(canvas: Canvas) -> None:
        _lines(canvas, 72, 750, [*_column(LOREM, 440), "It stands.", *_column(OTHER, 440)])

    assert _texts(draw)[-2:] == ["It stands.", OTHER]


def test_larger_and_heavier_lines_are_headings() -> None:
    def draw(canvas: Canvas) -> None:
        y = _lines(canvas, 72, 750, ["Offers of Troops"], size=18)
        y = _lines(canvas, 72, y - 10, _column(LOREM, 440))
        y = _lines(canvas, 72, y - 10, ["What Is Asked For"], font="Times-Bold")
        _lines(canvas, 72, y, _column(OTHER, 440))

    assert _told(_pdf(draw)) == [
        ("heading", "Offers of Troops"),
        ("paragraph", LOREM),
        ("heading", "What Is Asked For"),
        ("paragraph", OTHER),
    ]


def test_heading_number_is_text_and_a_bullet_is_not() -> None:
    def draw(canvas: Canvas) -> None:
        y = _lines(canvas, 72, 750, ["1. Scope"], size=16)
        y = _lines(canvas, 72, y - 10, _column(LOREM, 440))
        _lines(canvas, 72, y - 10, ["\u2022 Weighty"], font="Times-Bold")

    assert _told(_pdf(draw)) == [("heading", "1. Scope"), ("paragraph", LOREM), ("item", "Weighty")]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["the man-", "date of the council"], "the mandate of the council"),
        (["the cease-", "fire of May"], "the cease-fire of May"),
        (["a 30-", "day delay"], "a 30-day delay"),
        (["the Franco-", "German plan"], "the Franco-German plan"),
        (["the pre-", "and post-war years"], "the pre- and post-war years"),
        (["an offer –", "with terms"], "an offer – with terms"),
    ],
)
def test_hyphens_at_the_end_of_a_line_are_mended(lines: list[str], text: str) -> None:
    before, after = "A cease-fire is what everybody in the hall asked for today, and", "is all that they spoke of then."
    full = [f"{before} {lines[0]}", f"{lines[1]} {after}"]

    def draw(canvas: Canvas) -> None:
        width = max(map(len, full))
        _lines(canvas, 72, 750, [full[0].ljust(width), full[1]], font="Courier", size=8)

    assert " ".join(_texts(draw)) == f"{before} {text} {after}"


def test_items_and_hanging_lines() -> None:
    items = _column(LOREM, 420)

    def draw(canvas: Canvas) -> None:
        y = _lines(canvas, 72, 750, _column(OTHER, 440))
        for number in (1, 2):
            canvas.drawString(72, y, f"{number}.")
            y = _lines(canvas, 90, y, items)

    assert _told(_pdf(draw)) == [("paragraph", OTHER), ("item", LOREM), ("item", LOREM)]


def test_raised_digits_are_written_as_such() -> None:
    def draw(canvas: Canvas) -> None:
        _lines(canvas, 72, 700, _column(LOREM, 440))
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

    assert _texts(draw)[0] == "It covers 365 km² of the strip."


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Country", "Troops", "Since"), ("Pakistan", "3,000", "May 2026"), ("Italy", "550", "June 2026")]

    def draw(canvas: Canvas) -> None:
        y = _lines(canvas, 72, 750, _column(LOREM, 440))
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                canvas.drawString(72 + 150 * column, y - 10 - 16 * number, cell)

    assert _told(_pdf(draw))[1:] == [("row", " | ".join(row)) for row in rows]


def test_the_table_of_contents_has_no_page_numbers() -> None:
    def draw(canvas: Canvas) -> None:
        _lines(canvas, 72, 750, ["Introduction" + "." * 60 + " 3", "What is asked for" + " ." * 40 + " 12"])

    assert _texts(draw) == ["Introduction", "What is asked for"]


# --- columns ------------------------------------------------------------------------------------------


def test_columns_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 10)
        for number, (left, right) in enumerate(zip(_column(LOREM, 220, 10), _column(OTHER, 220, 10), strict=False)):
            canvas.drawString(60, 700 - 12 * number, left)
            canvas.drawString(310, 700 - 12 * number, right)

    shared = min(len(_column(LOREM, 220, 10)), len(_column(OTHER, 220, 10)))
    wanted = [" ".join(_column(text, 220, 10)[:shared]) for text in (LOREM, OTHER)]
    assert _texts(draw) == wanted


def test_text_across_columns_separates_them() -> None:
    def draw(canvas: Canvas) -> None:
        _lines(canvas, 60, 780, ["A headline over all of the page, from its left to its right end"], size=16)
        for y, (left, right) in ((740, (LOREM, OTHER)), (500, (OTHER, LOREM))):
            _lines(canvas, 60, y, _column(left, 220, 10), size=10)
            _lines(canvas, 310, y, _column(right, 220, 10), size=10)
        _lines(
            canvas, 60, 540, ["Another line that goes over both of the columns, from the left to the right"], size=14
        )

    assert [text[:20] for text in _texts(draw)] == [
        "A headline over all ",
        LOREM[:20],
        OTHER[:20],
        "Another line that go",
        OTHER[:20],
        LOREM[:20],
    ]


def test_a_paragraph_goes_on_over_columns_and_pages() -> None:
    lines = _column(f"{LOREM} {OTHER}", 220, 10)

    def draw(canvas: Canvas) -> None:
        _lines(canvas, 60, 740, lines[:5], size=10)
        _lines(canvas, 310, 740, lines[5:10], size=10)
        canvas.showPage()
        _lines(canvas, 60, 740, lines[10:], size=10)

    assert _texts(draw) == [f"{LOREM} {OTHER}"]


def test_a_page_on_its_side_reads_as_upright() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(100, 100)
        canvas.rotate(90)
        _lines(canvas, 0, 0, _column(LOREM, 440))

    assert _texts(draw) == [LOREM]


# --- furniture ----------------------------------------------------------------------------------------


def _report(canvas: Canvas, head: Callable[[int], str], foot: Callable[[int], str], pages: int = 5) -> None:
    for number in range(1, pages + 1):
        _lines(canvas, 72, 800, [head(number)], size=8)
        _lines(canvas, 72, 740, [f"Section {'ABCDEFG'[number]} begins here."])
        _lines(canvas, 72, 40, [foot(number)], size=8)
        canvas.showPage()


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (lambda _: "Annual Report 2026", lambda n: f"{n}"),
        (lambda n: f"{n} | Annual Report 2026", lambda n: f"Page {n} of 5"),
        (lambda n: "Annual Report" if n % 2 else "The Ministry", lambda n: f"- {n + 10} -"),
        (lambda _: "Draft, not for circulation", lambda n: ["", "i", "ii", "iii", "iv", "v"][n]),
    ],
)
def test_running_heads_and_page_numbers_are_left_out(head: Callable[[int], str], foot: Callable[[int], str]) -> None:
    pages = 6 if "Ministry" in head(2) else 5
    found = _texts(lambda canvas: _report(canvas, head, foot, pages))
    assert found == [f"Section {'ABCDEFG'[number]} begins here." for number in range(1, pages + 1)]


def test_numbers_that_do_not_count_with_the_pages_are_text() -> None:
    found = _texts(lambda canvas: _report(canvas, lambda n: f"Article {7 * n}", lambda n: f"Sum: {n * n} euros"))
    assert "Article 21" in found
    assert "Sum: 9 euros" in found


def test_a_line_in_the_middle_that_comes_again_is_text() -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(5):
            _lines(canvas, 72, 740, [f"{'Abcde'[number]} first line.", "The same line.", "x.", "y.", "z.", "w.", "v."])
            canvas.showPage()

    assert _texts(draw).count("The same line.") == 5


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
        extract("a.pdf", _pdf(lambda canvas: canvas.rect(0, 0, 100, 100)))
