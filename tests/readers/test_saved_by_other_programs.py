"""One document as Word writes it, and saved again by LibreOffice as DOCX and ODT: the same statements."""

from __future__ import annotations

import pytest

from monitor.app.sandbox import read_in_this_process
from tests.support.paths import PROJECT

SAVED = PROJECT / "tests" / "data" / "saved"
STATEMENTS = [
    "2026-03-01 / 1.2",
    "Terms",
    "Pay in ~~30~~ 60 days.",
    "Dogs stay out.",
    "≥ 5 μg of 10⁶ at ☑ done.",
    "☑ The vendor is certified.",
    "Risk: high",
    "The buyer pays.",
    "The seller ships.",
    "Saved on .",
    "Before and after it.",
    "Region | 10 | ",
    "Region | 20 | x",
    "Total |  | 30",
    " | Fee | 10",
    "Shown.",
    "☑ I agree.",
    "First note.",
    "Second note.",
]


@pytest.mark.parametrize("name", ["terms-word.docx", "terms-libreoffice.docx", "terms-libreoffice.odt"])
def test_what_another_program_saves_says_the_same(name: str) -> None:
    reading = read_in_this_process(name, (SAVED / name).read_bytes())
    assert [one.text for one in reading.statements or ()] == STATEMENTS
