"""Sentence boundaries: a table of cases, and the law that an edit stays local."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.language import detect
from monitor.core.text.sentences import sentence_ranges
from tests.core.text.boundary_cases import CASES, KNOWN_FAILURES


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:stop] for start, stop in sentence_ranges(text, language)]


def expected(case: str) -> list[str]:
    return [piece.strip() for piece in case.split("¦")]


@pytest.mark.parametrize(("language", "case"), CASES)
def test_sentences_end_where_a_reader_says_so(language: str, case: str) -> None:
    found = sentences(case.replace("¦", ""), language)
    if case in KNOWN_FAILURES:
        assert found != expected(case), "a known failure is gone: take it off the list"
    else:
        assert found == expected(case)


def test_at_least_95_percent_of_the_cases_are_correct() -> None:
    right = sum(sentences(case.replace("¦", ""), language) == expected(case) for language, case in CASES)
    assert right >= 0.95 * len(CASES)


def test_cases_are_as_correct_without_a_given_language() -> None:
    texts = [(case.replace("¦", ""), case) for _, case in CASES]
    right = sum(sentences(text, detect([text]) or "en") == expected(case) for text, case in texts)
    assert right >= 0.95 * len(CASES)


POOL = [
    "The talks began on 3 May.",
    "U.S. officials left early, e.g. Smith.",
    "He paid $3.50 (about 3 euros) for it!",
    "“We stay,” she said.",
    "Is it true that Art. 5 applies?",
    "She called it “a start.”",
    "Nobody (not even Dr. J. K. Lee) came.",
    "They left the “hall at noon.",
    "It ended with an open bracket (here.",
    "One official said:’security comes first’.",
    "In 2020 the rate was 2.5 percent.[3]",
    "Wait...",
]


@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=8))
def test_sentences_side_by_side_are_found_one_by_one(chosen: list[str]) -> None:
    assert sentences(" ".join(chosen)) == chosen


@given(st.sampled_from(POOL), st.text(max_size=60), st.text(max_size=60), st.sampled_from(POOL))
def test_an_edit_between_two_sentences_leaves_the_first_alone(first: str, one: str, other: str, last: str) -> None:
    before, after = (sentences(f"{first} The {middle} end. {last}") for middle in (one, other))
    assert (before[0], before[-1]) == (after[0], after[-1]) == (first, last)


@given(st.text(alphabet=st.sampled_from('aB. !?…"”’()[]1。؟\n\u00a0'), max_size=80))
def test_sentences_cover_everything_but_white_space_in_order(text: str) -> None:
    ranges = sentence_ranges(text, "en")
    outside, at = [], 0
    for start, stop in ranges:
        assert at <= start < stop
        outside.append(text[at:start])
        at = stop
    assert not "".join([*outside, text[at:]]).strip()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The minister said that it was not the end of the talks.", "en"),
        ("Le ministre a dit que ce n’était pas la fin des pourparlers dans les villes.", "fr"),
        ("Der Minister sagte, dass es nicht das Ende der Gespräche war.", "de"),
        ("El ministro dijo que no era el fin de las conversaciones en la ciudad.", "es"),
        ("قال الوزير إن هذا ليس نهاية المحادثات في المدينة", "ar"),
        ("وزیر نے کہا کہ یہ مذاکرات کا اختتام نہیں ہے", "ur"),
        ("मंत्री ने कहा कि यह वार्ता का अंत नहीं है", "hi"),
        ("部长说，会谈还没有结束。", "zh"),
        ("大臣は、会談は終わっていないと述べた。", "ja"),
        ("The word 你好 means hello, and it is a greeting of the Chinese.", "en"),
        ("12345", None),
        ("", None),
    ],
)
def test_language_is_detected_by_script_and_frequent_words(text: str, language: str | None) -> None:
    assert detect([text]) == language
