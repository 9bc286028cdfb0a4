"""What a person sees: wrapped and coloured on a terminal, a line a line elsewhere, and never steered by a document."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.console import Page, open_page, write_change, write_documents, write_log
from monitor.core.diff.words import word_edits
from monitor.core.text.normalize import cells
from monitor.model import Aspect, Change, ChangeKind, Level, Side, Significance
from tests.support.driver import on_a_terminal

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
LONG = "It was said that the harbour might be opened again before the end of the month, weather permitting. " * 3


def lines(capsys: pytest.CaptureFixture[str], page: Page, *parts: str | tuple[str, str], **more: int) -> list[str]:
    page.line(*parts, **more)  # type: ignore[arg-type]
    return capsys.readouterr().out.split("\n")[:-1]


def test_elsewhere_a_line_stays_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, Page(UTC), LONG, indent=4) == [f"    {LONG}".rstrip()]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_on_a_terminal_a_line_is_wrapped_and_indented(capsys: pytest.CaptureFixture[str], width: int) -> None:
    found = lines(capsys, Page(UTC, width), LONG, indent=4)
    assert len(found) > 1
    assert all(line.startswith("    ") and cells(line) <= width for line in found)
    assert " ".join(line.strip() for line in found) == LONG.strip()


def test_prefix_of_a_line_is_before_its_first_part(capsys: pytest.CaptureFixture[str]) -> None:
    Page(UTC, 30).line("one two three four five six seven", lead=["id-1  ", ("muted", "day  ")])
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("id-1  day  one")
    assert second.startswith(" " * len("id-1  day  ") + "f")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "a␛[31mred␛[0m"),
        ("a\nb", "a␊b"),
        ("\u202etxt.exe", "⟨U+202E⟩txt.exe"),
        ("name-\udcff", "name-\\xff"),
        ("[/red] [bold]", "[/red] [bold]"),
    ],
)
def test_no_text_steers_the_terminal(capsys: pytest.CaptureFixture[str], text: str, shown: str) -> None:
    assert lines(capsys, Page(UTC, 80, colour=True), ("plain", text)) == [shown]
    assert lines(capsys, Page(UTC), text) == [shown]


def test_without_colour_no_escape_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, Page(UTC, 80), ("delete", "old"), ("insert", "new")) == ["oldnew"]


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_a_pipe_gets_colour_only_where_it_is_forced(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    page = open_page(UTC)
    assert (page.colour, page.width) == (coloured, None)


def at_a_terminal(folder: Path, *args: str, **environment: str) -> str:
    """What a terminal of 60 columns is sent."""
    env = {**os.environ, "TERM": "xterm-256color", **environment}
    env.pop("COLUMNS", None)  # a parallel test run sets it, and it goes before the terminal
    status, sent = on_a_terminal(args, cwd=folder, env=env, columns=60)
    assert status == 0, sent
    return sent.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour_and_lines_that_fit(told: Path) -> None:
    sent = at_a_terminal(told, "log", "brief.txt")
    assert "\x1b[31;9mmay\x1b[0m\x1b[32;4mwill\x1b[0m" in sent
    assert max(cells(line) for line in ESCAPES.sub("", sent).splitlines()) <= 60


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colour_gets_marks(told: Path, environment: dict[str, str]) -> None:
    sent = at_a_terminal(told, "log", "brief.txt", **environment)
    assert "\x1b" not in sent
    assert "[-may-]{+will+}" in sent


def test_a_short_run_draws_no_bar_at_a_terminal(told: Path) -> None:
    assert "\x1b[?25l" not in at_a_terminal(told, "status")


# --- changes in words: each kind, each fact that is worth a word

AT = datetime(2026, 1, 9, 6, tzinfo=UTC)


def change(kind: ChangeKind, before: list[str], after: list[str], **more: object) -> Change:
    def sides(texts: list[str]) -> tuple[Side, ...]:
        return tuple(Side("5" * 64, 1, "brief.txt", 4 + at, text) for at, text in enumerate(texts))

    made = Change(
        id="c1d2e3f4a5b6",
        level=Level.STATEMENT,
        kind=kind,
        snapshot="5a" * 20,
        taken_at=AT,
        recorded_at=AT,
        document="brief.txt",
        document_id="d1",
        before=sides(before),
        after=sides(after),
        edits=word_edits(" ".join(before), " ".join(after)),
    )
    return made._replace(**more)  # type: ignore[arg-type]


def document(kind: ChangeKind, **more: object) -> Change:
    return change(kind, [], [], level=Level.DOCUMENT, **more)


CASES: dict[str, tuple[Change, list[str]]] = {
    "added": (
        change(ChangeKind.ADDED, [], ["A new thing."]),
        ["+ c1d2e3f4a5 added · statement 5", "    A new thing."],
    ),
    "removed": (
        change(ChangeKind.REMOVED, ["An old thing."], []),
        ["- c1d2e3f4a5 removed · statement 5", "    An old thing."],
    ),
    "revised": (
        change(ChangeKind.REVISED, ["It may be."], ["It will be."], aspects=(Aspect.MODALITY,)),
        ["~ c1d2e3f4a5 revised · modality · statement 5", "    It [-may-]{+will+} be."],
    ),
    "editorial": (
        change(
            ChangeKind.REVISED,
            ["“So”"],
            ['"So"'],
            aspects=(Aspect.TYPOGRAPHY,),
            significance=Significance.EDITORIAL,
        ),
        ["~ c1d2e3f4a5 revised · editorial · typography · statement 5", '    [-“-]{+"+}So[-”-]{+"+}'],
    ),
    "split": (
        change(ChangeKind.SPLIT, ["One, and two."], ["One.", "And two."]),
        ["< c1d2e3f4a5 split in 2 · statements 5 → 5–6", "    One[-, and-]{+. And+} two."],
    ),
    "merged": (
        change(ChangeKind.MERGED, ["One.", "And two."], ["One, and two."]),
        ["> c1d2e3f4a5 merged from 2 · statements 5–6 → 5", "    One[-. And-]{+, and+} two."],
    ),
    "gone as a whole": (document(ChangeKind.REMOVED), ["- c1d2e3f4a5 document removed"]),
    "renamed": (
        document(ChangeKind.RENAMED, document_before="old.txt"),
        ["» c1d2e3f4a5 renamed from old.txt"],
    ),
    "not read": (
        document(ChangeKind.FAILED, message="UTF-16 without a mark"),
        ["! c1d2e3f4a5 UTF-16 without a mark"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_in_words(capsys: pytest.CaptureFixture[str], name: str) -> None:
    found, expected = CASES[name]
    write_change(Page(UTC), found)
    assert capsys.readouterr().out.splitlines() == expected


def test_a_moved_statement_says_from_where_to_where(capsys: pytest.CaptureFixture[str]) -> None:
    moved = change(ChangeKind.MOVED, ["A thing."], ["A thing."], moved=True)
    moved = moved._replace(after=(moved.after[0]._replace(document="memo.txt", ordinal=0),), document="memo.txt")
    write_change(Page(UTC), moved)
    first, text = capsys.readouterr().out.splitlines()
    assert first == "» c1d2e3f4a5 moved · brief.txt, statement 5 → memo.txt, statement 1"
    assert text == "    A thing."


def test_restored_statement_shows_its_absence(capsys: pytest.CaptureFixture[str]) -> None:
    write_change(
        Page(UTC), change(ChangeKind.RESTORED, ["A thing."], ["A thing."], absent_since=AT - timedelta(days=5))
    )
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("↺ c1d2e3f4a5 restored")
    assert "5 days" in first


def test_a_link_that_changed_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    revised = change(ChangeKind.REVISED, ["See there."], ["See there."], aspects=(Aspect.LINK,))
    revised = revised._replace(
        before=(revised.before[0]._replace(links=("http://a",)),),
        after=(revised.after[0]._replace(links=("http://b",)),),
    )
    write_change(Page(UTC), revised)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "    See there.",
        "    link [-http://a-]",
        "    link {+http://b+}",
    ]


def test_a_log_names_snapshots_and_documents_once(capsys: pytest.CaptureFixture[str]) -> None:
    one = change(ChangeKind.ADDED, [], ["A new thing."])
    write_log(Page(UTC), [one, one, one._replace(snapshot="6b" * 20)], collapse=True)
    out = capsys.readouterr().out
    assert out.count("2026-01-09 06:00:00  snapshot 5a5a5a5a5a") == 1
    assert out.count("brief.txt  +2\n") == 1
    assert out.count("snapshot 6b6b6b6b6b") == 1


@pytest.mark.parametrize(("fold", "told"), [(True, 0), (False, 2)])
def test_statements_of_a_document_that_went_are_folded_into_it(
    capsys: pytest.CaptureFixture[str], fold: bool, told: int
) -> None:
    gone = [change(ChangeKind.REMOVED, ["An old thing."], [], cause="document") for _ in range(2)]
    write_documents(Page(UTC), [document(ChangeKind.REMOVED), *gone], collapse=fold)
    out = capsys.readouterr().out
    assert out.count("An old thing.") == told
    assert ("removed, with 2 statements" in out) is fold
