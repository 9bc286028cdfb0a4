"""Two files, or two moments, held against each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app.compare import Content, DocumentDiff, differences, lines_of, matches, statement_changes, statements_in
from monitor.app.monitor import open_monitor
from monitor.model import BlockKind, ChangeKind, CutBlock, Level, Statement
from tests.support.workspace import Workspace

SENTENCES = (
    "The harbour was closed on Monday.",
    "Officials gave no dates for a deployment.",
    "Prices of grain rose by 12 percent within a week.",
    "Prices of grain rose by 15 percent within a week.",
    "No.",
    "A pilot said that the eastern passage was safe; small boats may use it.",
    "A pilot said that the eastern passage was safe.",
    "Small boats may use it.",
)
TEXTS = st.lists(st.sampled_from(SENTENCES), max_size=9)


# --- lines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\n\n", ["a", ""]),
        (b"\na", ["", "a"]),
        (b"a\r\nb\r", ["a\r", "b\r"]),
        ("a\u2028b\x85c\x0c\n".encode(), ["a\u2028b\x85c\x0c"]),
        (b"\xff\n", ["\udcff"]),
    ],
)
def test_lines_end_at_lf_alone(data: bytes, lines: list[str]) -> None:
    assert [statement.text for statement in statements_in(lines_of(data))] == lines


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))))
def test_any_lines_are_reproduced(lines: list[str]) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    assert [statement.text for statement in statements_in(lines_of(data))] == lines


# --- matches --------------------------------------------------------------------------------------


def paragraphs(texts: list[str]) -> tuple[CutBlock, ...]:
    return tuple(CutBlock(BlockKind.PARAGRAPH, 0, (Statement(text),)) for text in texts)


@given(TEXTS, TEXTS)
def test_every_statement_is_in_exactly_one_match(before: list[str], after: list[str]) -> None:
    found = matches(paragraphs(before), paragraphs(after))
    assert sorted(i for match in found for i in match.before) == list(range(len(before)))
    assert sorted(j for match in found for j in match.after) == list(range(len(after)))


@given(TEXTS, TEXTS)
def test_an_unchanged_match_holds_equal_texts(before: list[str], after: list[str]) -> None:
    for match in matches(paragraphs(before), paragraphs(after)):
        if match.kind is ChangeKind.UNCHANGED:
            assert [before[i] for i in match.before] == [after[j] for j in match.after]


@given(TEXTS, TEXTS)
def test_matches_are_in_the_order_of_the_after_side(before: list[str], after: list[str]) -> None:
    starts = [match.after[0] for match in matches(paragraphs(before), paragraphs(after)) if match.after]
    assert starts == sorted(starts)


@given(TEXTS)
def test_against_itself_everything_is_unchanged(texts: list[str]) -> None:
    found = matches(paragraphs(texts), paragraphs(texts))
    assert [(match.before, match.after, match.kind) for match in found] == [
        ((i,), (i,), ChangeKind.UNCHANGED) for i in range(len(texts))
    ]


def test_removed_statement_follows_its_predecessor() -> None:
    found = matches(paragraphs([SENTENCES[0], SENTENCES[1], SENTENCES[2]]), paragraphs([SENTENCES[0], SENTENCES[2]]))
    assert [(match.before, match.after) for match in found] == [((0,), (0,)), ((1,), ()), ((2,), (1,))]


def test_the_changes_of_two_contents_name_their_places() -> None:
    (found,) = statement_changes(
        Content("old.md", paragraphs([SENTENCES[0], SENTENCES[2]])),
        Content("new.md", paragraphs([SENTENCES[0], SENTENCES[3]])),
    )
    assert found.kind is ChangeKind.REVISED
    assert [(side.document, side.ordinal, side.text) for side in (*found.before, *found.after)] == [
        ("old.md", 1, SENTENCES[2]),
        ("new.md", 1, SENTENCES[3]),
    ]
    assert [(edit.before, edit.after) for edit in found.edits if edit.op != "equal"] == [("12", "15")]


# --- two moments ----------------------------------------------------------------------------------


Folder = dict[str, str | bytes]
Differing = Callable[[Folder, Folder], list[DocumentDiff]]
VOTES = f"{SENTENCES[0]} {SENTENCES[1]} {SENTENCES[2]} It needs {{}} votes. "


@pytest.fixture
def differing(tmp_path: Path) -> Differing:
    """What differs between two recorded states of a folder."""

    def compared(before: Folder, after: Folder) -> list[DocumentDiff]:
        place = Workspace(tmp_path)
        for number, folder in enumerate((before, after), 1):
            place.record_day(number, {**dict.fromkeys(before, None), **folder})
        with open_monitor(place.settings) as monitor:
            return differences(monitor.ledger, *monitor.ledger.snapshots())

    return compared


def told(found: list[DocumentDiff]) -> list[tuple[str, str, str]]:
    return [(str(one.level), str(one.kind), one.document) for document in found for one in document.changes]


def test_revised_document_is_compared_by_statement(differing: Differing) -> None:
    found = differing({"a.txt": "It needs 30 votes."}, {"a.txt": "It needs 45 votes."})
    assert told(found) == [("statement", "revised", "a.txt")]


def test_added_and_removed_documents_include_their_statements(differing: Differing) -> None:
    found = differing({"a.txt": SENTENCES[0]}, {"b.txt": SENTENCES[1]})
    assert told(found) == [
        ("document", "removed", "a.txt"),
        ("statement", "removed", "a.txt"),
        ("document", "added", "b.txt"),
        ("statement", "added", "b.txt"),
    ]
    assert {one.cause for document in found for one in document.changes if one.level is Level.STATEMENT} == {"document"}


def test_a_renamed_document_is_compared_with_itself(differing: Differing) -> None:
    found = differing({"a.txt": VOTES.format(30)}, {"b.txt": VOTES.format(45)})
    assert told(found) == [("document", "renamed", "b.txt"), ("statement", "revised", "b.txt")]
    assert found[0].changes[0].document_before == "a.txt"


def test_a_statement_that_went_to_another_document_moved(differing: Differing) -> None:
    found = differing(
        {"a.txt": f"{SENTENCES[0]} {SENTENCES[1]}", "b.txt": SENTENCES[2]},
        {"a.txt": SENTENCES[0], "b.txt": f"{SENTENCES[2]} {SENTENCES[1]}"},
    )
    assert told(found) == [("statement", "moved", "b.txt")]
    (moved,) = found[1].changes
    assert (moved.before[0].document, moved.before[0].ordinal) == ("a.txt", 1)
    assert (moved.after[0].document, moved.after[0].ordinal) == ("b.txt", 1)


def test_unknown_format_is_compared_as_a_whole(differing: Differing) -> None:
    found = differing({"a.png": b"\x89PNG one"}, {"a.png": b"\x89PNG two"})
    assert told(found) == [("document", "revised", "a.png")]


def test_unreadable_document_keeps_its_statements(differing: Differing) -> None:
    found = differing({"a.rtf": r"{\rtf1 One thing.}"}, {"a.rtf": b"torn"})
    assert told(found) == [("document", "failed", "a.rtf")]
    assert found[0].changes[0].message == "not a document of its format: it does not begin as RTF does"
