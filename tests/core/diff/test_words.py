"""Word edits: the two texts come back exactly, and a person can read the difference."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.diff.words import _edited, _merged, word_edits

WORDS = st.text(alphabet=st.sampled_from("ab. ,-'’“”1२क्é\u0301\u200bไทย中文\n\t"), max_size=40)


def shown(before: str, after: str) -> str:
    return "".join(
        edit.before if edit.op == "equal" else f"[{edit.before}|{edit.after}]" for edit in word_edits(before, after)
    )


@given(WORDS, WORDS)
def test_the_edits_joined_give_both_texts(before, after):
    edits = word_edits(before, after)
    assert ("".join(e.before for e in edits), "".join(e.after for e in edits)) == (before, after)


@given(WORDS, WORDS)
def test_equal_and_changed_edits_alternate_and_say_what_they_are(before, after):
    edits = word_edits(before, after)
    assert all((one.op == "equal") != (other.op == "equal") for one, other in pairwise(edits))
    for edit in edits:
        op = (
            "equal"
            if edit.before == edit.after
            else "insert"
            if not edit.before
            else "replace"
            if edit.after
            else "delete"
        )
        assert edit.op == op


PIECES = st.lists(
    st.sampled_from(["a", "b", "a,", ",", "the", "x.", "30", "U.S.", "it's", " ", "  ", "\t", "\u0301"]), max_size=20
)


@given(PIECES.map("".join), PIECES.map("".join), PIECES.map("".join), PIECES.map("".join))
def test_leaving_the_equal_ends_out_alters_no_edit(head, before, after, tail):
    old, new = head + before + tail, head + after + tail
    assert word_edits(old, new) == (tuple(_merged(_edited(old, new))) if old != new or old else ())


@given(WORDS)
def test_a_text_and_itself_are_one_equal_edit(text):
    assert [edit.op for edit in word_edits(text, text)] == (["equal"] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "picture"),
    [
        ("A vote within 30 days.", "A vote within 45 days.", "A vote within [30|45] days."),
        ("It costs 1,200.50 euros.", "It costs 1,300.50 euros.", "It costs [1,200.50|1,300.50] euros."),
        ("On 2024-01-05 it rained.", "On 2024-02-06 it rained.", "On [2024-01-05|2024-02-06] it rained."),
        ("He said “yes”.", 'He said "yes".', 'He said [“|"]yes[”|"].'),
        ("The firm’s plan", "The firm's plan", "The [firm’s|firm's] plan"),
        ("The water is safe.", "The water is not safe.", "The water is [|not ]safe."),
        ("Shut.", "Shut on 4 May.", "Shut[| on 4 May]."),
        ("a small house on the hill", "a vast castle in the hill", "a [small house on|vast castle in] the hill"),
        (
            "he saw the old dog of the men",
            "he met an ill cat of my men",
            "he [saw the old dog of the|met an ill cat of my] men",
        ),
        (
            "see https://a.example/x?id=1.",
            "see https://a.example/x?id=2.",
            "see [https://a.example/x?id=1|https://a.example/x?id=2].",
        ),
        ("我们会撤军。", "我们不会撤军。", "我们[|不]会撤军。"),
        ("two  blanks", "two blanks", "two [ |]blanks"),
    ],
)
def test_word_edits_as_shown(before, after, picture):
    assert shown(before, after) == picture


def test_a_combining_character_stays_with_its_letter():
    assert shown("ไม่ดี", "ไม้ดี") == "[ไม่|ไม้]ดี" or shown("ไม่ดี", "ไม้ดี") == "ไ[ม่|ม้]ดี"


def test_unrelated_long_texts_are_one_replacement():
    before, after = " ".join(["left"] * 30_000), " ".join(["right"] * 30_000)
    assert [edit.op for edit in word_edits(before, after)] == ["replace"]


def test_a_small_change_in_a_long_text_stays_small():
    words = [f"word{n}" for n in range(30_000)]
    before = " ".join(words)
    words[15_000:15_002] = ["another"]
    words[29_000] = "last"
    changed = [(e.before, e.after) for e in word_edits(before, " ".join(words)) if e.op != "equal"]
    assert changed == [("word15000 word15001", "another"), ("word29001", "last")]
