"""What stands at the edges of PDF pages and behind their text: what is no substance is left out, the rest is once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from monitor.readers import pdf_margins
from monitor.readers.pdf_margins import without_line_numbers
from monitor.readers.pdf_words import Word
from tests.readers.test_pdf import LOREM, OTHER, column, draw_lines, pdf_of, texts_of, told

BODY = [
    (f"The parties to the {lot} lot agree on the terms below and", f"sign them at {hour}, in the presence of {who}.")
    for lot, hour, who in (("red", "noon", "Ada"), ("blue", "night", "Ben"), ("green", "dawn", "Cleo"))
]
TEXT = [" ".join(lines) for lines in BODY]

Extra = tuple[float, float, str]  # x, y, text


def _pages(extras: Sequence[Sequence[Extra]], *, font: str = "Times-Roman", size: float = 11) -> list[str]:
    def draw(canvas: Canvas) -> None:
        for number, page in enumerate(extras):
            draw_lines(canvas, 72, 700, list(BODY[number % len(BODY)]))
            canvas.setFont(font, size)
            for x, y, text in page:
                canvas.drawString(x, y, text)
            canvas.showPage()

    return texts_of(draw)


def _between(texts: Sequence[str], *, before: bool) -> list[str]:
    pairs = zip(texts, TEXT, strict=True) if before else zip(TEXT, texts, strict=True)
    return [text for pair in pairs for text in pair]


# --- numbers --------------------------------------------------------------------------------------


def test_headings_that_count_with_the_pages_are_text() -> None:
    found = _pages([[(72, 760, f"Annex {number}")] for number in (1, 2, 3)], font="Times-Bold", size=12)
    assert found == _between(["Annex 1", "Annex 2", "Annex 3"], before=True)


def test_sums_that_count_with_the_pages_are_text() -> None:
    found = _pages([[(72, 40, f"Total due: {number} EUR")] for number in (101, 102, 103)])
    assert found == _between(["Total due: 101 EUR", "Total due: 102 EUR", "Total due: 103 EUR"], before=False)


@pytest.mark.parametrize(
    "numbers",
    [("1", "2", "3"), ("7", "8", "9"), ("- 1 -", "- 2 -", "- 3 -"), ("i", "ii", "iii"), ("1/3", "2/3", "3/3"),
     ("Page 1 of 3", "Page 2 of 3", "Page 3 of 3"), ("Seite 4", "Seite 5", "Seite 6"),
     ("", "2", "3"), ("", "", "3")],
)  # fmt: skip
def test_a_number_that_follows_the_pages_is_layout(numbers: Sequence[str]) -> None:
    assert _pages([[(300, 30, number)] if number else [] for number in numbers]) == TEXT


@pytest.mark.parametrize("numbers", [("12", "450", "7"), ("2026", "2027", "2029"), ("5", "4", "7"), ("1", "4", "7")])
def test_a_number_that_does_not_follow_the_pages_is_text(numbers: Sequence[str]) -> None:
    assert _pages([[(300, 30, number)] for number in numbers]) == _between(numbers, before=False)


def test_a_number_in_a_column_of_numbers_is_text() -> None:
    rows = [(72, 660, "Item one"), (300, 660, "200"), (72, 640, "Item two"), (300, 640, "250"), (300, 620, "1")]
    assert _pages([rows]) == [TEXT[0], "Item one | 200", "Item two | 250", "1"]


def test_the_title_of_a_page_may_be_a_number() -> None:
    assert _pages([[(72, 780, "2026")]]) == ["2026", TEXT[0]]
    assert _pages([[(72, 780, "2026"), (300, 30, "1")], [(300, 30, "2")]]) == ["2026", *TEXT[:2]]


# --- what repeats ---------------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [2, 3, 6])
def test_a_running_head_comes_once_before_the_text(pages: int) -> None:
    head = "Policy version 1.2, in force since 3 March 2026"
    found = _pages([[(72, 800, head)] for _ in range(pages)])
    assert found == [head, *(TEXT[number % 3] for number in range(pages))]


def test_a_running_foot_comes_once_without_its_page_number() -> None:
    feet = [[(72, 30, "The Ministry"), (300, 30, f"{number}")] for number in (1, 2, 3)]
    assert _pages(feet, size=8) == [*TEXT, "The Ministry"]
    assert _pages([[(72, 30, f"{number} | The Ministry")] for number in (1, 2, 3)], size=8) == [*TEXT, "The Ministry"]


@pytest.mark.parametrize("head", ["Terms - Page {} of 3", "Terms Page {}", "Page {} of 3 Terms", "Seite {} – Terms"])
def test_words_tell_the_number_of_a_page_beside_a_head(head: str) -> None:
    found = _pages([[(72, 800, head.format(number))] for number in (1, 2, 3)])
    assert found == ["Terms", *TEXT]


def test_a_running_head_that_the_text_says_is_not_said_again() -> None:
    def draw(canvas: Canvas) -> None:
        for lines in BODY:
            draw_lines(canvas, 72, 800, ["OFFERS OF TROOPS"], size=8)
            if lines is BODY[0]:
                draw_lines(canvas, 72, 740, ["Offers of Troops"], size=16)
            draw_lines(canvas, 72, 700, list(lines))
            canvas.showPage()

    assert texts_of(draw) == ["Offers of Troops", *TEXT]


def test_each_head_of_several_comes_once() -> None:
    heads = ["The Ministry", "Offers of Troops"] * 3
    assert _pages([[(72, 800, head)] for head in heads]) == [*heads[:2], *TEXT, *TEXT]


def test_a_last_line_of_the_text_that_repeats_is_text() -> None:
    found = _pages([[(72, 700 - 2 * 13.75, "The holder must not smoke.")] for _ in BODY])
    assert found == _between(["The holder must not smoke."] * 3, before=False)


def test_a_head_of_two_rows_is_one_where_it_stands_apart() -> None:
    found = _pages([[(72, 800, "The Ministry"), (72, 788, "Department of Offers")] for _ in BODY], size=8)
    assert found == ["The Ministry", "Department of Offers", *TEXT]


def test_what_repeats_at_another_height_is_text() -> None:
    found = _pages([[(72, 760 + 10 * number, "Done.")] for number in range(3)])
    assert found == _between(["Done."] * 3, before=True)


# --- behind the text ------------------------------------------------------------------------------


def _marked(mark: Callable[[Canvas], None]) -> list[str]:
    def draw(canvas: Canvas) -> None:
        for number in range(3):
            canvas.saveState()
            mark(canvas)
            canvas.restoreState()
            y = draw_lines(canvas, 72, 700, column(f"Part {'ABC'[number]}. {LOREM}", 440))
            draw_lines(canvas, 72, y - 10, column(f"Part {'ABC'[number]}. {OTHER}", 440))
            canvas.showPage()

    return texts_of(draw)


def _diagonal(angle: float) -> Callable[[Canvas], None]:
    def mark(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 80)
        canvas.translate(150, 450)
        canvas.rotate(angle)
        canvas.drawString(0, 0, "DRAFT")

    return mark


def _flat(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 80)
    canvas.drawString(100, 640, "DRAFT")


@pytest.mark.parametrize("mark", [_diagonal(45), _diagonal(30), _diagonal(-60), _flat])
def test_a_watermark_changes_no_sentence_and_comes_once(mark: Callable[[Canvas], None]) -> None:
    assert _marked(mark) == [*_marked(lambda _: None), "DRAFT"]


# --- numbers of lines -----------------------------------------------------------------------------


def _numbered(every: int, *, paper: int = 0, more: str = "") -> list[str]:
    """A text with the numbers of its lines; `paper`: on paper that has so many numbers, with text or without."""

    def draw(canvas: Canvas) -> None:
        lines = column(f"{more}{LOREM} {OTHER} {LOREM} {OTHER}", 400)
        canvas.setFont("Times-Roman", 11)
        for number, line in enumerate(lines):
            canvas.drawString(80, 740 - 20 * number, line)
        for number in range(paper or len(lines)):
            if (number + 1) % every == 0:
                canvas.drawRightString(60, 740 - 20 * number, str(number + 1))

    return texts_of(draw)


@pytest.mark.parametrize(("every", "paper"), [(1, 0), (1, 28), (5, 0)])
def test_numbers_of_lines_are_layout(every: int, paper: int) -> None:
    assert _numbered(every, paper=paper) == [f"{LOREM} {OTHER} {LOREM} {OTHER}"]
    assert _numbered(every, paper=paper, more="It begins so. ") == [f"It begins so. {LOREM} {OTHER} {LOREM} {OTHER}"]


def test_a_page_of_numbers_is_not_searched_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(pdf_margins, "_counts_lines", lambda column, _: tried.append(len(column)))
    page = [
        Word(str(row), 20.0 * column, 20.0 * column + 9, 700 - 14.0 * row, 11, 400, 0)
        for column in range(90)
        for row in range(5)
    ]
    assert without_line_numbers(page) == page
    assert tried == [5] * 50


def test_numbers_of_the_rows_of_a_table_are_text() -> None:
    rows = [
        (f"{number}", f"Item {'abcdefgh'[number]} of the long list of things for sale", "7") for number in range(1, 8)
    ]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 11)
        for number, row in enumerate(rows):
            for x, cell in zip((72, 100, 400), row, strict=True):
                canvas.drawString(x, 700 - 16 * number, cell)

    assert texts_of(draw) == [" | ".join(row) for row in rows]


# --- forms ----------------------------------------------------------------------------------------


def _form(canvas: Canvas, *, value: str = "Jo van Doe", risk: str = "High", checked: bool = True) -> None:
    form = canvas.acroForm
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 700, "Name:")
    form.textfield(value=value, x=150, y=692, width=200, height=20, fontSize=11)
    canvas.drawString(72, 660, "Risk:")
    form.choice(value=risk, options=["Low", "High"], x=150, y=652, width=100, height=20)
    form.checkbox(checked=checked, x=72, y=630, size=14)
    canvas.drawString(92, 633, "The vendor is certified.")
    form.radio(name="r", value="a", selected=checked, x=72, y=597, size=14)
    canvas.drawString(92, 600, "monthly")
    form.radio(name="r", value="b", selected=not checked, x=72, y=567, size=14)
    canvas.drawString(92, 570, "yearly")


def test_what_is_entered_and_chosen_stands_beside_its_label() -> None:
    assert texts_of(_form) == [
        "Name: Jo van Doe", "Risk: High", "☑ The vendor is certified.", "◉ monthly", "○ yearly",
    ]  # fmt: skip
    assert texts_of(lambda canvas: _form(canvas, value="", risk="Low", checked=False)) == [
        "Name:", "Risk: Low", "☐ The vendor is certified.", "○ monthly", "◉ yearly",
    ]  # fmt: skip


def test_a_secret_and_a_hidden_field_are_not_told() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Name:")
        canvas.acroForm.textfield(value="secret", x=150, y=692, width=90, height=20, fieldFlags="password")
        canvas.acroForm.textfield(value="hidden", x=250, y=692, width=90, height=20, annotationFlags="hidden")

    assert texts_of(draw) == ["Name:"]


def test_a_field_without_a_label_is_a_paragraph() -> None:
    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 700, column(LOREM, 440))
        canvas.acroForm.textfield(value="First line\nand another", x=72, y=500, width=300, height=60, fontSize=11)

    assert [text for _, text in told(pdf_of(draw))] == [LOREM, "First line and another"]
