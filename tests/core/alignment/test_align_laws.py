"""The laws of every alignment, over made-up versions that were edited, shuffled and repeated."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.alignment.align_texts import aligned, links

WORDS = (
    "the council will may not vote on 30 45 days troops budget members report agreed in and of a force mission "
    "Tunis Oslo talks minister said no date 主席 会议 सेना जनता"
)
VOCABULARY = WORDS.split()
sentences = st.lists(st.sampled_from(VOCABULARY), min_size=0, max_size=9).map(" ".join)
versions = st.lists(sentences, max_size=14)


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """A version and one made from it: statements dropped, doubled, reworded, joined, put elsewhere."""
    before = draw(versions)
    after: list[str] = []
    for text in before:
        step = draw(st.sampled_from(("keep", "keep", "keep", "drop", "double", "reword", "join", "first")))
        words = text.split()
        if step == "keep":
            after.append(text)
        elif step == "double":
            after += [text, text]
        elif step == "reword" and words:
            after.append(" ".join([*words[1:], draw(st.sampled_from(VOCABULARY))]))
        elif step == "join" and after:
            after[-1] = f"{after[-1]} {text}"
        elif step == "first":
            after.insert(0, text)
    return before, after


pairs = st.one_of(edited(), st.tuples(versions, versions))


@settings(deadline=None)
@given(pairs)
def test_every_index_of_both_sides_is_in_exactly_one_match(pair: tuple[list[str], list[str]]) -> None:
    before, after = pair
    matches = aligned(before, after).matches
    assert sorted(i for match in matches for i in match.before) == list(range(len(before)))
    assert sorted(j for match in matches for j in match.after) == list(range(len(after)))


@settings(deadline=None)
@given(pairs)
def test_match_is_one_to_many_at_most_with_ascending_indices(pair: tuple[list[str], list[str]]) -> None:
    for match in aligned(*pair).matches:
        assert min(len(match.before), len(match.after)) <= 1
        assert match.before or match.after
        assert list(match.before) == sorted(match.before)
        assert list(match.after) == sorted(match.after)


@settings(deadline=None)
@given(pairs)
def test_links_are_the_same_with_the_sides_swapped(pair: tuple[list[str], list[str]]) -> None:
    before, after = pair
    assert links(aligned(before, after)) == sorted((i, j) for j, i in links(aligned(after, before)))


@settings(deadline=None)
@given(versions)
def test_equal_versions_give_the_identity_and_nothing_moves(texts: list[str]) -> None:
    alignment = aligned(texts, list(texts))
    assert links(alignment) == [(i, i) for i in range(len(texts))]
    assert not any(match.moved for match in alignment.matches)
    assert all(match.similarity == 1.0 for match in alignment.matches)


@settings(deadline=None)
@given(pairs)
def test_matches_are_ordered_by_the_new_side_then_the_old(
    pair: tuple[list[str], list[str]],
) -> None:
    matches = aligned(*pair).matches
    firsts = [match.after[0] for match in matches if match.after]
    assert firsts == sorted(firsts)
    holder = {i: at for at, match in enumerate(matches) for i in match.before}
    for at, match in enumerate(matches):
        if not match.after:
            (i,) = match.before
            assert holder.get(i - 1, -1) < at
            if i:
                between = matches[holder[i - 1] + 1 : at]
                assert all(not other.after for other in between)


@settings(deadline=None)
@given(pairs)
def test_two_sided_matches_have_a_similarity_from_0_to_1(
    pair: tuple[list[str], list[str]],
) -> None:
    for match in aligned(*pair).matches:
        if match.before and match.after:
            assert match.similarity is not None
            assert 0.0 <= match.similarity <= 1.0
            assert match.reasons
        else:
            assert match.similarity is None


@settings(deadline=None)
@given(pairs)
def test_unmoved_statements_keep_their_order(pair: tuple[list[str], list[str]]) -> None:
    kept = [match for match in aligned(*pair).matches if match.before and match.after and not match.moved]
    places = [match.before[0] for match in kept]
    assert places == sorted(places)


@settings(deadline=None)
@given(pairs)
def test_the_same_question_gives_the_same_answer(pair: tuple[list[str], list[str]]) -> None:
    assert aligned(*pair) == aligned(*pair)
