"""What a report leads with, what it counts, and that it drops nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import NOT_OF_DOCUMENTS, Aspect, BaselineCount, Change, ChangeKind, Level, Significance
from tests.support.report_builders import MONDAY, TUESDAY, change, event, report, revised, snapshot, week

EDITORIAL = Significance.EDITORIAL
STATEMENT_KINDS = [
    kind
    for kind in ChangeKind
    if kind not in {ChangeKind.UNCHANGED, ChangeKind.RENAMED, ChangeKind.FAILED}
    and kind not in {ChangeKind.SUSPECT, ChangeKind.RECOVERED, *NOT_OF_DOCUMENTS}
]  # fmt: skip
CHANGES = st.lists(
    st.builds(
        change,
        st.sampled_from(STATEMENT_KINDS),
        document=st.sampled_from(["a.txt", "b.txt"]),
        ordinal=st.integers(0, 5),
        significance=st.sampled_from(Significance),
        aspects=st.lists(st.sampled_from(Aspect), max_size=2).map(tuple),
        baseline=st.booleans(),
        technical_upgrade=st.booleans(),
        cause=st.sampled_from([None, "document"]),
    ),
    max_size=12,
)


@given(CHANGES)
def test_every_change_is_reported_once_or_counted(changes: list[Change]) -> None:
    made = report(changes)
    parts = [
        (part.events, part.substantive, part.moves, part.editorial, part.metadata, part.hidden)
        for part in made.documents
    ]
    told = [c for lists in parts for changes_told in lists for c in changes_told]
    assert len(told) == len(made.changes)
    assert made.totals["changes"] == made.totals["substantive"] + made.totals["editorial"]
    assert made.totals["changes"] == sum(not c.baseline for c in changes)
    assert len(told) == sum(not (c.baseline or c.technical_upgrade) for c in changes)
    assert made.totals["baseline"] == sum(c.baseline for c in changes)
    assert made.totals["technical_upgrades"] == sum(c.technical_upgrade for c in changes)


def test_news_keep_the_order_of_the_log() -> None:
    changes = [revised("a", ("b", "c"), ordinal=5), revised("a", ("b", "c"), ordinal=2)]
    assert report(changes).changes == tuple(changes)


def test_heavier_changes_come_first() -> None:
    wording = revised("a ", ("b", "c"), ordinal=1)
    number = revised("a ", ("1", "2"), aspects=(Aspect.NUMBER,), ordinal=2)
    negation = revised("a ", ("not", ""), aspects=(Aspect.WORDING, Aspect.NEGATION), ordinal=3)
    (section,) = report([wording, number, negation]).documents
    assert section.substantive == (negation, number, wording)


def test_equal_changes_are_in_document_order() -> None:
    late, early = revised("a ", ("b", "c"), ordinal=7), revised("a ", ("b", "c"), ordinal=3)
    (section,) = report([late, early]).documents
    assert section.substantive == (early, late)


def test_documents_with_heavier_changes_come_first() -> None:
    one = revised("a ", ("b", "c"), document="a.txt")
    two = [revised("a ", ("b", "c"), document="b.txt", ordinal=n) for n in range(2)]
    assert [section.document for section in report([one, *two]).documents] == ["b.txt", "a.txt"]


def test_removed_document_comes_before_a_reworded_one() -> None:
    reworded = revised("a ", ("b", "c"), document="a.txt")
    gone = event(ChangeKind.REMOVED, "b.txt")
    assert [section.document for section in report([reworded, gone]).documents] == ["b.txt", "a.txt"]


def test_statements_of_a_new_document_do_not_outweigh_one_change() -> None:
    new = [change(ChangeKind.ADDED, None, "x", document="a.txt", ordinal=n, cause="document") for n in range(50)]
    reworded = revised("a ", ("b", "c"), document="b.txt")
    assert [section.document for section in report([*new, reworded]).documents] == ["b.txt", "a.txt"]


def test_moved_and_restored_statements_are_kept_apart() -> None:
    moved = change(ChangeKind.MOVED, "a", "a", ordinal=4, significance=EDITORIAL)
    restored = change(ChangeKind.RESTORED, "b", "b", ordinal=2)
    (section,) = report([moved, restored]).documents
    assert section.moves == (restored, moved)
    assert section.substantive == ()


def test_what_came_back_in_other_words_is_substantive() -> None:
    back = change(ChangeKind.RESTORED, "The fee is 10 euros.", "The fee is 40 euros.", aspects=(Aspect.NUMBER,))
    (section,) = report([back]).documents
    assert (section.substantive, section.moves) == ((back,), ())


def test_a_move_that_says_something_else_is_substantive() -> None:
    moved = change(ChangeKind.MOVED, "a", "a", significance=Significance.SUBSTANTIVE)
    (section,) = report([moved]).documents
    assert (section.substantive, section.moves) == ((moved,), ())


def test_what_ignore_rules_hide_is_listed_apart() -> None:
    seen, hidden = revised("a", ("b", "c"), ordinal=1), revised("d", ("e", "f"), ordinal=2)
    made = report([seen, hidden], hidden={hidden.id})
    (section,) = made.documents
    assert (section.substantive, section.hidden) == ((seen,), (hidden,))
    assert (made.totals["substantive"], made.totals["hidden"], made.totals["changes"]) == (2, 1, 2)


def test_front_matter_is_kept_apart() -> None:
    field = revised("a", ("b", "c"), metadata=True)
    (section,) = report([field]).documents
    assert (section.substantive, section.metadata, section.counts) == ((), (field,), (1, 0))


def test_editorial_changes_are_kept_apart() -> None:
    editorial = revised("a", ("b", "c"), significance=EDITORIAL)
    (section,) = report([editorial]).documents
    assert (section.substantive, section.editorial) == ((), (editorial,))


def test_a_document_is_one_section_across_its_renaming() -> None:
    renamed = event(ChangeKind.RENAMED, "new.txt", document_before="old.txt", document_id="d1")
    earlier = revised("a", ("b", "c"), document="old.txt", document_id="d1", taken_at=MONDAY)
    (section,) = report([renamed, earlier]).documents
    assert section.document == "new.txt"


def test_failures_are_listed_separately() -> None:
    failed = event(ChangeKind.FAILED, "a.pdf", message="encrypted")
    made = report([failed])
    assert made.failures == (failed,)
    assert made.documents == ()


def test_failure_in_the_first_snapshot_is_reported() -> None:
    failed = event(ChangeKind.FAILED, "a.pdf", message="encrypted", baseline=True)
    assert report([failed]).failures == (failed,)


def test_baseline_is_reported_as_a_count() -> None:
    held = [change(ChangeKind.ADDED, None, "x", document="b.txt", ordinal=n, baseline=True) for n in range(3)]
    unread = event(ChangeKind.ADDED, "a.bin", baseline=True)
    made = report([unread, *held])
    assert made.baseline == (BaselineCount("a.bin", 0), BaselineCount("b.txt", 3))
    assert made.documents == ()


def test_technical_upgrade_is_not_reported() -> None:
    made = report([change(ChangeKind.REVISED, "a", "b", technical_upgrade=True)])
    assert (made.documents, made.changes, made.totals["technical_upgrades"]) == ((), (), 1)


def test_totals_count_statements_by_kind_significance_and_aspect() -> None:
    totals = week().totals
    assert {word: count for word, count in totals.items() if count} == {
        "changes": 20,
        "documents": 3,
        "statements": 16,
        "failures": 1,
        "baseline": 1,
        "technical_upgrades": 1,
        "editorial": 5,
        "substantive": 15,
        "added": 4,
        "removed": 1,
        "revised": 7,
        "moved": 2,
        "restored": 1,
        "split": 1,
        "document_added": 1,
        "document_renamed": 1,
        "typography": 1,
        "spelling": 1,
        "wording": 1,
        "number": 1,
        "date": 1,
        "attribution": 1,
        "modality": 1,
        "negation": 1,
        "link": 1,
    }


def test_totals_have_every_kind_even_if_zero() -> None:
    kinds = {str(kind) for kind in STATEMENT_KINDS}
    assert kinds | {*Aspect} | {*Significance} <= report([]).totals.keys()


def test_the_report_names_its_period_and_snapshots() -> None:
    made = report([], [snapshot()])
    assert (made.since, made.until, made.snapshots) == (MONDAY, TUESDAY, (snapshot(),))


def test_document_levels_are_no_statements() -> None:
    (section,) = report([event(ChangeKind.RESTORED)]).documents
    assert [c.level for c in section.events] == [Level.DOCUMENT]
    assert section.moves == ()
