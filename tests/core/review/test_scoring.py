"""How early a change is shown, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.review.scoring import HEADING, MOST_TERMS, WATCH_TERM, Subject, Tier, rank, score, tier_of
from monitor.model import Aspect, ChangeKind, Level, Significance

PLAIN = Subject(ChangeKind.REVISED, Level.STATEMENT, Significance.SUBSTANTIVE, (Aspect.WORDING,), 0.9)


def total(**values: object) -> float:
    return score(PLAIN._replace(**values)).total  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("heavier", "lighter"),
    [
        ({"aspects": (Aspect.NEGATION,)}, {"aspects": (Aspect.WORDING,)}),
        ({"aspects": (Aspect.NUMBER, Aspect.MODALITY)}, {"aspects": (Aspect.NUMBER,)}),
        ({"similarity": 0.5}, {"similarity": 0.9}),
        ({"heading": True}, {}),
        ({"terms": ("ceasefire",)}, {}),
        ({"weight": 2.0}, {}),
        ({"kind": ChangeKind.REMOVED, "similarity": None}, {"kind": ChangeKind.ADDED, "similarity": None}),
        ({"level": Level.DOCUMENT, "kind": ChangeKind.REMOVED}, {"kind": ChangeKind.REMOVED}),
    ],
    ids=["negation", "a further aspect", "more of it", "heading", "watch term", "weight", "removed", "document"],
)
def test_this_weighs_more(heavier: dict[str, object], lighter: dict[str, object]) -> None:
    assert total(**heavier) > total(**lighter)


def test_each_part_says_why() -> None:
    told = score(PLAIN._replace(heading=True, terms=("ceasefire",), weight=2.0))
    reasons = [part.reason for part in told.parts]
    assert reasons == [
        "revised",
        "aspect wording",
        "10% of the statement",
        "heading",
        "watch term ceasefire",
        "weight of the document",
    ]


def test_a_heading_and_a_watch_term_add_what_they_say() -> None:
    assert total(heading=True, terms=("x",)) == pytest.approx(total() + HEADING + WATCH_TERM)


def test_more_terms_than_a_few_weigh_no_more() -> None:
    assert total(terms=tuple("abcdef")) == total(terms=tuple("abcdef"[:MOST_TERMS]))


def test_statement_added_with_its_document_scores_nothing() -> None:
    assert total(kind=ChangeKind.ADDED, aspects=(), similarity=None, with_document=True) == 0


def test_watched_term_in_a_new_document_raises_the_score() -> None:
    came = {"kind": ChangeKind.ADDED, "aspects": (), "similarity": None, "with_document": True, "terms": ("truce",)}
    assert total(**came) > total(kind=ChangeKind.ADDED, level=Level.DOCUMENT, aspects=(), similarity=None)


def test_a_weight_of_nothing_leaves_nothing() -> None:
    assert total(weight=0.0) == 0


subjects = st.builds(
    Subject,
    st.sampled_from([kind for kind in ChangeKind if kind is not ChangeKind.UNCHANGED]),
    st.sampled_from(Level),
    st.sampled_from(Significance),
    st.lists(st.sampled_from(Aspect), unique=True).map(tuple),
    st.none() | st.floats(0, 1),
    st.booleans(),
    st.booleans(),
    st.lists(st.text(min_size=1, max_size=5), max_size=5).map(tuple),
    st.floats(0, 100),
)


@given(subjects)
def test_the_parts_add_up_to_the_score(subject: Subject) -> None:
    told = score(subject)
    assert sum(part.points for part in told.parts) == pytest.approx(told.total, abs=0.01)


places = st.tuples(
    st.sampled_from(Tier), st.integers(0, 20_000).map(lambda n: n / 10), st.integers(1, 10**6), st.integers(0, 10**5)
)


@given(places, places)
def test_queue_is_sorted_by_tier_score_age_and_position(
    one: tuple[Tier, float, int, int], other: tuple[Tier, float, int, int]
) -> None:
    def key(place: tuple[Tier, float, int, int]) -> tuple[int, float, int, int]:
        tier, points, seq, position = place
        return tier, points, seq, -position

    assert (rank(*one) > rank(*other)) == (key(one) > key(other))


@given(places)
def test_rank_fits_every_database_and_encodes_the_tier(place: tuple[Tier, float, int, int]) -> None:
    assert 0 <= rank(*place) < 2**63
    assert tier_of(rank(*place)) is place[0]
