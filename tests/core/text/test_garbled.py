"""Text read in the wrong encoding: what was meant, and that its repair is a matter of form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.classification.classify import classify_texts
from monitor.core.text.normalize import ungarbled
from monitor.model import Aspect, Significance


@pytest.mark.parametrize("meant", ["the child’s rights", "a “start – at last", "café, naïve, Ångström", "5 €… ½"])
def test_utf_8_taken_for_windows_1252_is_read_as_it_was_meant(meant):
    garbled = meant.encode().decode("cp1252", errors="ignore")
    assert garbled != meant
    assert ungarbled(garbled) == meant


def test_byte_unused_by_windows_1252_is_repaired():
    assert ungarbled("a â€œstartâ€\x9d") == "a “start”"


@pytest.mark.parametrize("text", ["Âge d’or", "Ãlvaro", "l’âme", "à â é", "SÃO PAULO", "plain", ""])
def test_text_in_which_such_letters_are_meant_stays_as_it_is(text):
    assert ungarbled(text) == text


@given(st.text(max_size=60))
def test_ascii_characters_are_never_touched(text):
    kept = [char for char in text if char.isascii()]
    assert [char for char in ungarbled(text) if char.isascii()] == kept


def test_a_repair_alone_is_editorial_typography():
    found = classify_texts("The childâ€™s rights are kept.", "The child’s rights are kept.")
    assert (found.significance, found.aspects) == (Significance.EDITORIAL, (Aspect.TYPOGRAPHY,))


def test_figure_changed_with_a_repair_is_reported_alone():
    found = classify_texts("The cafÃ© is open until 5.", "The café is open until 6.")
    assert (found.significance, found.aspects) == (Significance.SUBSTANTIVE, (Aspect.NUMBER,))
