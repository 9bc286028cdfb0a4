"""Hostile versions: the alignment is whole, and there are no chance links. Sizes stay small enough to be quick."""

from __future__ import annotations

import random

import pytest

from tests.core.alignment.align_texts import aligned, links

WORDS = [f"w{k}" for k in range(400)]


def chance_sentences(seed: int, count: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randint(6, 20))) for _ in range(count)]


ARABIC = "قال المتحدث باسم الحكومة إن الاجتماع سيعقد في القاهرة"

NUMBERED = [f"line number {k} of the text" for k in range(600)]

CASES = {
    "identical lines, shifted": (["x", *["same"] * 5000], [*["same"] * 5000, "y"]),
    "identical lines, fewer": (["same"] * 5000, ["same"] * 4000),
    "nothing in common": ([f"a{k} b{k} c{k}" for k in range(2000)], [f"d{k} e{k} f{k}" for k in range(2000)]),
    "one long statement": (["word " * 40_000], ["word " * 40_000 + "more"]),
    "one long statement of many words": ([" ".join(WORDS) * 50], [" ".join(WORDS[::-1]) * 50]),
    "right to left": ([ARABIC, "a b c d"], ["a b c d", ARABIC]),
    "zero-width and combining": (["a\u200bb e\u0301", "\u0301", "\u200d"], ["ab é", "\u200d", ""]),
    "lone surrogates": (["\ud800 a", "b \udfff"], ["b \udfff", "\ud800 a"]),
    "empty lines": (["", "", "x", ""], ["", "x", "", ""]),
    "reversed": (NUMBERED, NUMBERED[::-1]),
    "chance sentences": (chance_sentences(1, 300), chance_sentences(2, 300)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_alignment_of_hostile_versions_is_whole(name: str) -> None:
    before, after = CASES[name]
    matches = aligned(before, after).matches
    assert sorted(i for match in matches for i in match.before) == list(range(len(before)))
    assert sorted(j for match in matches for j in match.after) == list(range(len(after)))


def test_all_of_the_fewer_identical_lines_are_linked_in_order() -> None:
    alignment = aligned(["same"] * 500, ["x", *["same"] * 400, "y"])
    assert len(links(alignment)) == 400
    assert not any(match.moved for match in alignment.matches)


def test_revised_statement_is_found_among_thousands_of_new_ones() -> None:
    old = chance_sentences(3, 20)
    few, many = old, [*chance_sentences(4, 700), *(f"{text} indeed" for text in old), *chance_sentences(5, 700)]
    expected = [(k, 700 + k) for k in range(20)]
    assert links(aligned(few, many)) == expected
    assert links(aligned(many, few)) == [(j, i) for i, j in expected]
