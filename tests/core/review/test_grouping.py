"""Which changes are one line of the queue."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.review.grouping import Edited, Keys, Member, Placed, arrange, keys_of
from monitor.model import ChangeKind, Level

REVISED = Edited("c1", Level.STATEMENT, ChangeKind.REVISED, "s1", "pier", False, None, ("thirty",), ("forty",))
GONE = Edited("c1", Level.STATEMENT, ChangeKind.REMOVED, "s1", "pier", False, None, ("we use cookies",), ())
BACK = GONE._replace(kind=ChangeKind.RESTORED, before=(), after=("we use cookies",))
DOCUMENT = Edited("c1", Level.DOCUMENT, ChangeKind.ADDED, "s1", "pier", False, None)


def lines(*edits: Edited) -> list[set[int]]:
    """The changes (counted from 0) that share a line."""
    members = [
        Member(str(at), at, keys_of(edit._replace(change=str(at))), edit.document) for at, edit in enumerate(edits)
    ]
    found: dict[int, set[int]] = {}
    for placed in arrange(members):
        found.setdefault(placed.rank, set()).add(int(placed.change))
    return sorted(found.values(), key=min)


@pytest.mark.parametrize(
    ("edits", "together"),
    [
        ((REVISED, REVISED._replace(document="port")), [{0, 1}]),
        ((REVISED, REVISED._replace(snapshot="s2", document="port")), [{0, 1}]),
        ((REVISED, REVISED._replace(after=("fifty",))), [{0}, {1}]),
        ((GONE, GONE._replace(document="port")), [{0, 1}]),
        ((GONE, BACK), [{0}, {1}]),
        ((GONE, BACK, GONE), [{0, 1, 2}]),
        ((REVISED, REVISED._replace(before=("forty",), after=("thirty",)), REVISED), [{0, 1, 2}]),
        ((GONE, BACK._replace(document="port"), GONE._replace(document="quay")), [{0, 2}, {1}]),
        ((GONE, BACK, GONE, GONE._replace(document="port")), [{0, 1, 2}, {3}]),
        ((DOCUMENT, REVISED._replace(kind=ChangeKind.ADDED, with_document=True)), [{0, 1}]),
        ((DOCUMENT, DOCUMENT._replace(document="port")), [{0}, {1}]),
        ((DOCUMENT, DOCUMENT._replace(kind=ChangeKind.REMOVED, snapshot="s2")), [{0}, {1}]),
        ((DOCUMENT._replace(kind=ChangeKind.RENAMED), DOCUMENT._replace(kind=ChangeKind.RENAMED)), [{0}, {1}]),
        (
            (REVISED._replace(kind=ChangeKind.MOVED, group="g"), REVISED._replace(kind=ChangeKind.MOVED, group="g")),
            [{0, 1}],
        ),
        ((REVISED._replace(kind=ChangeKind.MOVED), REVISED._replace(kind=ChangeKind.MOVED)), [{0}, {1}]),
        ((REVISED._replace(group="g", event=True), GONE._replace(group="g", event=True)), [{0, 1}]),
        ((REVISED._replace(group="g", event=True), GONE._replace(group="h", event=True)), [{0}, {1}]),
    ],
    ids=[
        "the same edit in two documents",
        "the same edit later in another document",
        "another edit",
        "the same text gone from two documents",
        "gone and back is not yet flapping",
        "gone, back, gone again flaps",
        "revised to and fro flaps",
        "goings and comings of several documents do not add up to flapping",
        "a document where the text went once does not flap with the others",
        "a document with its statements",
        "two documents",
        "a document that came and went",
        "renamings stand alone",
        "a paragraph that moved",
        "moves that have nothing to do with each other",
        "an event of a document",
        "two events",
    ],
)
def test_lines(edits: Sequence[Edited], together: list[set[int]]) -> None:
    assert lines(*edits) == together


def test_hidden_change_is_grouped_separately() -> None:
    keys = keys_of(REVISED)
    placed = arrange([Member("a", 1, keys, "pier"), Member("b", 2, keys, "draft", folded=True)])
    assert {one.change: one.rank for one in placed} == {"a": 1, "b": 2}


def test_a_line_has_the_rank_of_its_heaviest() -> None:
    keys = keys_of(REVISED)
    placed = arrange([Member("a", 5, keys, "pier"), Member("b", 9, keys, "port")])
    assert {one.rank for one in placed} == {9}


def test_a_flapping_line_says_so() -> None:
    edits = [GONE, BACK, GONE]
    assert all(
        one.flapping for one in arrange(Member(str(at), at, keys_of(edit), "pier") for at, edit in enumerate(edits))
    )


def test_texts_equal_but_for_typography_are_the_same_edit() -> None:
    assert keys_of(REVISED) == keys_of(REVISED._replace(document="port", change="c2", snapshot="s9"))


members = st.lists(
    st.builds(
        lambda pair, way, document, folded: (pair, way, document, folded),
        st.integers(0, 2),
        st.sampled_from([-1, 0, 1]),
        st.sampled_from(["pier", "port"]),
        st.booleans(),
    ),
    max_size=14,
).map(
    lambda told: [
        Member(f"c{at}", at, Keys(pair, pair * 10 + way, way), document, folded)
        for at, (pair, way, document, folded) in enumerate(told)
    ]
)


def as_set(placed: Sequence[Placed]) -> set[Placed]:
    return set(placed)


@given(members, st.randoms())
def test_groups_do_not_depend_on_the_order_of_changes(told: list[Member], chance: object) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert as_set(arrange(shuffled)) == as_set(arrange(told))


@given(members)
def test_lines_of_one_pair_do_not_depend_on_other_pairs(told: list[Member]) -> None:
    apart = [
        placed for pair in {one.keys.pair for one in told} for placed in arrange(m for m in told if m.keys.pair == pair)
    ]
    assert as_set(apart) == as_set(arrange(told))


@given(members)
def test_every_change_is_in_one_group_led_by_its_heaviest(told: list[Member]) -> None:
    placed = arrange(told)
    assert sorted(one.change for one in placed) == sorted(one.change for one in told)
    own = {one.change: one.own for one in told}
    for rank in {one.rank for one in placed}:
        assert max(own[one.change] for one in placed if one.rank == rank) == rank
