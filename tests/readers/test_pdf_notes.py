"""Raised characters of a PDF: marks of notes are layout, exponents and units are text."""

from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.readers.test_pdf import OTHER, column, draw_lines, texts_of

NOTES = ("This is the first note of the page.", "And the second one says more.")
SENTENCES = "The fee is paid monthly and in advance. It covers 365 km² and 10⁶ men."


def _runs(canvas: Canvas, x: float, y: float, runs: list[tuple[str, bool]], size: float) -> None:
    """Draw the pieces of a line; whether each is raised."""
    text = canvas.beginText(x, y)
    for piece, raised in runs:
        text.setFont("Times-Roman", 0.65 * size if raised else size)
        text.setRise(0.35 * size if raised else 0)
        text.textOut(piece)
    canvas.drawText(text)


def _page(first: int, how: str, *, notes: tuple[str, ...] = NOTES) -> list[str]:
    """A page whose notes have the numbers from `first` on, set in one of the ways of programs."""

    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 760, column(OTHER, 440))
        one, two = str(first), str(first + 1)
        body = [("The fee is paid monthly", False), (one, True), (" and in advance.", False), (two, True)]
        body += [(" It covers 365 km", False), ("2", True), (" and 10", False), ("6", True), (" men.", False)]
        _runs(canvas, 72, 640, body, 11)
        for place, note in enumerate(notes):
            number, y = str(first + place), 80 - 12 * place
            if how == "in a column":
                draw_lines(canvas, 72, y, [number], size=9)
                draw_lines(canvas, 92, y, [note], size=9)
            else:
                mark = {"raised": (number, True), "raised apart": (f"{number} ", True),
                        "flat": (f"{number} ", False),
                        "glued": (number, False)}[how]  # fmt: skip
                _runs(canvas, 72, y, [mark, (note, False)], 9)

    return texts_of(draw)


@pytest.mark.parametrize("how", ["raised", "raised apart", "flat", "in a column", "glued"])
def test_marks_of_notes_are_layout_and_exponents_are_text(how: str) -> None:
    assert _page(1, how) == _page(8, how) == [OTHER, SENTENCES, *NOTES]


def test_a_small_line_that_no_mark_leads_to_keeps_its_number() -> None:
    assert _page(3, "flat", notes=("men came.", "men left.", "men stayed.")).count("5 men stayed.") == 1


def test_a_raised_star_is_the_mark_of_a_note() -> None:
    def draw(canvas: Canvas) -> None:
        draw_lines(canvas, 72, 760, column(OTHER, 440))
        _runs(canvas, 72, 640, [("The fee is paid monthly", False), ("*", True), (" and in advance.", False)], 11)
        _runs(canvas, 72, 80, [("*", True), ("Or yearly.", False)], 9)

    assert texts_of(draw) == [OTHER, "The fee is paid monthly and in advance.", "Or yearly."]


def test_notes_of_all_pages_follow_the_text() -> None:
    def draw(canvas: Canvas) -> None:
        for number, text in enumerate((SENTENCES.partition(". ")[0], "The rent is due on the first day"), 1):
            _runs(canvas, 72, 640, [(text, False), (str(number), True), (" and so on.", False)], 11)
            _runs(canvas, 72, 80, [(str(number), True), (NOTES[number - 1], False)], 9)
            canvas.showPage()

    body = ["The fee is paid monthly and in advance and so on.", "The rent is due on the first day and so on."]
    assert texts_of(draw) == [*body, *NOTES]


def test_paragraph_goes_on_behind_a_note_of_its_column() -> None:
    def draw(canvas: Canvas) -> None:
        lines = column(OTHER, 200)
        draw_lines(canvas, 72, 760, lines)
        under = 748 - 14 * len(lines)
        _runs(canvas, 72, under, [("The fee is paid monthly", False), ("1", True), (" and either party", False)], 11)
        _runs(canvas, 72, under - 30, [("1", True), (NOTES[0], False)], 9)
        draw_lines(canvas, 320, 760, ["may end it with a notice of three months.", *lines])

    found = texts_of(draw)
    assert any("and either party may end it" in text for text in found)
    assert found[-1] == NOTES[0]
