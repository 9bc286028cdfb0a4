"""Statements that left one document and stand in another."""

from __future__ import annotations

from monitor.core.tracking.cross_document import match_across
from monitor.model import Statement

LONG = "Norway offered two field hospitals and a logistics team."
OTHER = "No troops will be sent before the mandate is agreed."


def crossed(removed: list[tuple[str, int, str]], added: list[tuple[str, int, str]]) -> list[tuple[str, int, str, int]]:
    pairs = match_across(
        [((document, at), Statement(text)) for document, at, text in removed],
        [((document, at), Statement(text)) for document, at, text in added],
    )
    return [(one[0], one[1], other[0], other[1]) for one, other, _ in pairs]


def test_the_same_text_in_another_document_is_a_move() -> None:
    assert crossed([("a", 3, LONG)], [("b", 0, LONG)]) == [("a", 3, "b", 0)]


def test_a_slightly_revised_text_in_another_document_is_a_move() -> None:
    assert crossed([("a", 3, LONG)], [("b", 0, LONG.replace("two", "three"))]) == [("a", 3, "b", 0)]


def test_within_one_document_nothing_pairs() -> None:
    assert crossed([("a", 3, LONG)], [("a", 7, LONG)]) == []


def test_a_template_line_does_not_pair() -> None:
    assert crossed([("a", 3, "Learn more")], [("b", 0, "Learn more")]) == []


def test_a_template_line_beside_a_pair_goes_along() -> None:
    removed = [("a", 3, LONG), ("a", 4, "Learn more")]
    added = [("b", 0, LONG), ("b", 1, "Learn more")]
    assert crossed(removed, added) == [("a", 3, "b", 0), ("a", 4, "b", 1)]


def test_moved_text_needs_a_second_shared_text() -> None:
    removed = [("a", 3, LONG), ("c", 3, LONG), ("c", 9, OTHER)]
    added = [("b", 0, LONG), ("b", 5, OTHER)]
    assert crossed(removed, added) == [("c", 3, "b", 0), ("c", 9, "b", 5)]


def test_different_texts_of_like_words_do_not_pair() -> None:
    assert crossed([("a", 0, LONG)], [("b", 0, OTHER)]) == []


def test_empty_side_gives_no_move() -> None:
    assert crossed([], [("b", 0, LONG)]) == []


def test_a_text_on_a_thousand_pages_does_not_pair() -> None:
    removed = [(f"a{k}", 0, LONG) for k in range(1000)]
    added = [(f"b{k}", 0, LONG) for k in range(1000)]
    assert crossed(removed, added) == []
