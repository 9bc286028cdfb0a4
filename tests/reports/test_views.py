"""What the pages show: places, times, notes and word diffs in a reader's terms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.report import _DOCUMENT_KINDS, _STATEMENT_KINDS
from monitor.model import RECORDED_KINDS, ChangeKind, Edit, Side
from monitor.reports.phrases import EVENT_FIGURES, days, duration, plural, position_text, time_view
from monitor.reports.text import SYMBOLS
from monitor.reports.views import (
    EVENTS,
    KEPT,
    LABELS,
    LONGEST,
    Segment,
    change_view,
    event_view,
    report_view,
    section_view,
    segments,
)
from tests.support.report_builders import MONDAY, TUESDAY, change, event, moved, report, revised, side, snapshot

VIENNA = ZoneInfo("Europe/Vienna")


def test_every_kind_has_its_words_and_is_counted() -> None:
    assert set(LABELS) == set(RECORDED_KINDS), "LABELS in reports/views.py"
    assert set(SYMBOLS) == set(RECORDED_KINDS), "SYMBOLS in reports/text.py"
    assert set(_STATEMENT_KINDS) | set(_DOCUMENT_KINDS) | {ChangeKind.FAILED} == set(RECORDED_KINDS), "core/report.py"
    assert set(EVENTS) == set(EVENT_FIGURES) == set(_DOCUMENT_KINDS), "what happens to a document as a whole"


def _sides(*ordinals: int, document: str = "a.txt") -> tuple[Side, ...]:
    return tuple(side("x", ordinal, document) for ordinal in ordinals)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((), _sides(4), "statement 5"),
        (_sides(4), (), "statement 5"),
        (_sides(4), _sides(4), "statement 5"),
        (_sides(4), _sides(6), "statement 5 → 7"),
        (_sides(4), _sides(4, 5), "statements 5 → 5–6"),
        (_sides(1, 2, 3, 7), _sides(0), "statements 2–4, 8 → 1"),
        (_sides(4), _sides(0, document="b.txt"), "a.txt, statement 5 → b.txt, statement 1"),
        ((), (), ""),
    ],
)
def test_a_place_counts_statements_from_one(before: tuple[Side, ...], after: tuple[Side, ...], words: str) -> None:
    assert position_text(before, after, "a.txt") == words


def test_a_time_is_the_readers_with_utc_beside_it() -> None:
    view = time_view(datetime(2026, 7, 1, 22, 30, 5, tzinfo=UTC), VIENNA)
    assert (view.text, view.utc, view.iso) == (
        "2 Jul 2026, 00:30 CEST",
        "2026-07-01 22:30:05 UTC",
        "2026-07-01T22:30:05Z",
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ((2026, 3, 2), (2026, 3, 2), "2 Mar 2026"),
        ((2026, 3, 2), (2026, 3, 8), "2 – 8 Mar 2026"),
        ((2026, 2, 27), (2026, 3, 2), "27 Feb – 2 Mar 2026"),
        ((2025, 12, 30), (2026, 1, 2), "30 Dec 2025 – 2 Jan 2026"),
    ],
)
def test_days_say_once_what_they_share(first: tuple[int, int, int], last: tuple[int, int, int], words: str) -> None:
    assert days(datetime(*first, tzinfo=UTC), datetime(*last, tzinfo=UTC)) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=1204), "1,204 days"),
    ],
)
def test_a_duration_is_said_in_the_unit_that_fits(span: timedelta, words: str) -> None:
    assert duration(span) == words


def test_one_is_singular() -> None:
    assert [plural(n, "statement") for n in (0, 1, 2)] == ["0 statements", "1 statement", "2 statements"]


def test_a_replacement_is_a_deletion_then_an_insertion() -> None:
    assert segments(revised("within ", ("30", "45"), " days")) == (
        Segment("equal", "within "),
        Segment("delete", "30"),
        Segment("insert", "45"),
        Segment("equal", " days"),
    )


@pytest.mark.parametrize(
    ("kind", "old", "new", "op"),
    [
        (ChangeKind.ADDED, None, "One.", "insert"),
        (ChangeKind.REMOVED, "One.", None, "delete"),
        (ChangeKind.MOVED, "One.", "One.", "equal"),
        (ChangeKind.RESTORED, "One.", "One.", "equal"),
    ],
)
def test_a_change_without_edits_is_one_segment(kind: ChangeKind, old: str | None, new: str | None, op: str) -> None:
    assert segments(change(kind, old, new)) == (Segment(op, "One."),)


def test_long_unchanged_run_is_shortened_with_a_count() -> None:
    made = segments(revised("a" * 1_000, ("b", "c"), "d" * 10))
    assert [(s.op, len(s.text), s.hidden) for s in made[:3]] == [
        ("equal", KEPT, 0),
        ("skip", 3, 1_000 - 2 * KEPT),
        ("equal", KEPT, 0),
    ]


def test_moved_statement_begins_with_its_first_words() -> None:
    text = "First words " + "x" * 5_000
    assert segments(change(ChangeKind.MOVED, text, text))[0].text.startswith("First words")


def test_very_long_insertion_is_cut() -> None:
    made = segments(change(ChangeKind.ADDED, None, "x" * (LONGEST + 7)))
    assert [(s.op, s.hidden) for s in made] == [("insert", 0), ("skip", 7)]


def test_a_blank_that_changed_is_shown() -> None:
    assert segments(revised("a", ("\u00a0", " "), "b"))[1:3] == (Segment("delete", "⍽"), Segment("insert", "␣"))


def test_a_restoration_says_how_long_the_statement_was_away() -> None:
    made = change(ChangeKind.RESTORED, "a", "a", absent_since=TUESDAY - timedelta(days=12))
    assert change_view(made, VIENNA).notes == ("absent for 12 days, since 19 Feb 2026",)


def test_a_revision_that_moved_says_both() -> None:
    assert change_view(revised("a", ("b", "c"), moved=True), UTC).label == "Revised and moved"


@pytest.mark.parametrize(
    ("kind", "sides", "label"),
    [
        (ChangeKind.SPLIT, {"before": _sides(0), "after": _sides(0, 1)}, "Split in 2"),
        (ChangeKind.MERGED, {"before": _sides(0, 1, 2), "after": _sides(0)}, "Merged from 3"),
    ],
)
def test_a_split_and_a_merger_say_how_many(kind: ChangeKind, sides: dict[str, tuple[Side, ...]], label: str) -> None:
    assert change_view(change(kind, **sides), UTC).label == label


def test_link_targets_that_changed_are_named() -> None:
    kept, gone, new = "https://example.org/kept", "https://example.org/gone", "https://example.org/new"
    made = change(before=(side("x", links=(kept, gone)),), after=(side("x", links=(kept, new)),))
    view = change_view(made, UTC)
    assert (view.links_removed, view.links_added) == ((gone,), (new,))


def test_statements_moved_together_are_shown_as_one() -> None:
    group = [moved(text, n, n + 10, "a.txt", group="g") for n, text in enumerate(["One.", "Two.", "Three."])]
    alone = moved("Four.", 8, 1, "a.txt")
    (section,) = report_view(report([*group, alone]), UTC).sections
    assert [(move.label, move.place, len(move.changes)) for move in section.moves] == [
        ("Moved", "statement 9 → 2", 1),
        ("Moved 3 statements", "statements 1–3 → 11–13", 3),
    ]


def test_statements_of_a_new_document_are_folded_under_it() -> None:
    new = [change(ChangeKind.ADDED, None, "x", ordinal=n, cause="document") for n in range(3)]
    (section,) = report([event(ChangeKind.ADDED), *new]).documents
    view = section_view(section, UTC)
    assert ([len(block.changes) for block in view.whole], view.substantive) == ([3], ())
    assert view.whole_summary == "3 statements came with the document"


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        (ChangeKind.ADDED, {}, "New document"),
        (ChangeKind.RENAMED, {"document_before": "old.txt"}, "Renamed from old.txt"),
        (
            ChangeKind.RESTORED,
            {"absent_since": TUESDAY - timedelta(days=3)},
            "The document is back, absent for 3 days, since 28 Feb 2026",
        ),
        (ChangeKind.FAILED, {"message": "encrypted"}, "encrypted"),
    ],
)
def test_an_event_of_a_document_is_a_sentence(kind: ChangeKind, more: dict[str, object], sentence: str) -> None:
    assert event_view(event(kind, **more), VIENNA).sentence == sentence


def test_leading_figures_show_zeros_but_no_zero_failures() -> None:
    assert report_view(report([]), UTC).figures == (
        (0, "substantive", "substantive"),
        (0, "editorial", "editorial"),
    )


def test_a_first_run_leads_with_how_much_there_is() -> None:
    held = [change(ChangeKind.ADDED, None, "x", document="b.txt", ordinal=n, baseline=True) for n in range(3)]
    assert report_view(report(held), UTC).figures == ((1, "document", "baseline"), (3, "statements", "baseline"))


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (TUESDAY, TUESDAY, "3 Mar 2026"),
        (TUESDAY, None, "since 3 Mar 2026"),
        (None, TUESDAY, "until 3 Mar 2026"),
        (None, None, "everything recorded"),
    ],
)
def test_a_period_is_said_in_days(since: datetime | None, until: datetime | None, words: str) -> None:
    assert report_view(report([], since=since, until=until), UTC).period == words


def test_a_period_without_ends_names_the_days_of_its_snapshots() -> None:
    made = report([], [snapshot(taken_at=MONDAY), snapshot(taken_at=TUESDAY)], since=None, until=None)
    assert report_view(made, UTC).period == "everything recorded, 2 – 3 Mar 2026"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("Käufer", "Ka\u0308ufer", [("delete", "K⟨U+00E4⟩ufer"), ("insert", "Ka⟨U+0308⟩ufer")]),
        ("purchase", "pur\u00adchase", [("delete", "purchase"), ("insert", "pur⟨U+00AD⟩chase")]),
        ("bank", "b\u0430nk", [("delete", "bank"), ("insert", "b⟨U+0430⟩nk")]),
    ],
)
def test_words_that_look_alike_are_shown_by_code_points(before: str, after: str, shown: list[tuple[str, str]]) -> None:
    made = change(ChangeKind.REVISED, edits=[Edit("replace", before, after)])
    assert [(segment.op, segment.text) for segment in segments(made)] == shown


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("Nájemce může smlouvu vypovědět.", "Nájemce musí smlouvu vypovědět.", "(cs): only typography is judged"),
        ("Il locatario può recedere.", "Il locatario deve recedere.", ""),
        ("Kirê 10", "Kirê 20", ""),
    ],
)
def test_a_change_says_that_its_language_has_no_word_lists(before: str, after: str, note: str) -> None:
    made = change(ChangeKind.REVISED, before=(side(before, 0),), after=(side(after, 0),))
    notes = " ".join(change_view(made, UTC).notes)
    assert note in notes if note else "language" not in notes
