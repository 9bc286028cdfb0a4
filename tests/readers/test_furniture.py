"""Which statements of a set are page furniture."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.furniture import furniture, is_furniture

HEAD, NOTICE = "Ministry of Defence | Press Room", "We use cookies."
PAGES = [[HEAD, f"Letter {number} was sent.", NOTICE] for number in range(10)]


def test_what_stands_in_most_documents_is_furniture() -> None:
    keys = furniture(PAGES)
    assert [is_furniture(text, keys) for text in (HEAD, NOTICE, "Letter 3 was sent.")] == [True, True, False]


def test_typography_and_case_do_not_matter() -> None:
    keys = furniture([*PAGES[:5], *([[HEAD.upper(), "We use  cookies."]] * 5)])
    assert is_furniture("WE USE COOKIES.", keys)


def test_a_share_of_the_documents_that_is_too_small_makes_none() -> None:
    assert furniture([*PAGES[:5], *([["Other text."]] * 4)], share=0.6) == furniture([])
    assert is_furniture(HEAD, furniture([*PAGES[:6], *([["Other text."], ["More."]] * 2)], share=0.6))


def test_a_few_documents_tell_nothing() -> None:
    assert furniture(PAGES[:3]) == frozenset()


def test_a_document_that_repeats_itself_counts_once() -> None:
    assert furniture([[HEAD] * 100, ["One."], ["Two."], ["Three."]]) == frozenset()


def test_empty_documents_do_not_count() -> None:
    assert is_furniture(HEAD, furniture([*PAGES[:5], *([[]] * 100)]))


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=5), max_size=12))
def test_the_order_of_documents_and_statements_does_not_matter(documents: list[list[str]]) -> None:
    assert furniture(documents) == furniture([one[::-1] for one in documents[::-1]])


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=5), max_size=12), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_share_finds_no_more(documents: list[list[str]], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert furniture(documents, share=high) <= furniture(documents, share=low)
