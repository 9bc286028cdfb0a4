"""Edits of a small document set, one of each kind, and what the log must say of each: cases as data.

No two edits touch the same sentence, so each stands alone on the first versions as well as in one story.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.recorded import DATA
from tests.support.driver import Record

Edit = Callable[[Path], None]

PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def statements_of(name: str) -> list[str]:
    """The statements of a document's first version, listed by hand."""
    listed: list[str] = json.loads((DATA / "statements.json").read_text(encoding="utf-8"))[name]
    return listed


@dataclass(frozen=True)
class Expected:
    """One record of the log. What is None is not asked; `also` are aspects that may stand beside the named ones."""

    kind: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    document: str = "brief.txt"
    level: str = "statement"
    significance: str | None = "substantive"
    aspects: frozenset[str] | None = None
    also: frozenset[str] = frozenset()
    cause: str | None = None
    document_before: str | None = None
    group: str | None = None  # the same word: one common group
    gone_with: str | None = None  # the step that it was missing after

    def headline(self) -> tuple[Any, ...]:
        return (self.level, self.kind, self.cause, self.document, self.document_before, self.before, self.after)


@dataclass(frozen=True)
class Step:
    name: str
    edit: Edit
    expected: tuple[Expected, ...]
    needs: tuple[str, ...] = ()  # steps that must have been taken before, in a snapshot of their own


def replace(document: str, before: str, after: str) -> Edit:
    """An edit that exchanges the one occurrence of a piece of text."""

    def edit(folder: Path) -> None:
        path = folder / document
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {document}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    return edit


def in_turn(*edits: Edit) -> Edit:
    def edit(folder: Path) -> None:
        for each in edits:
            each(folder)

    return edit


def move_paragraph(document: str, index: int, to: int) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / document
        paragraphs = path.read_text(encoding="utf-8").split("\n")
        paragraphs.insert(to, paragraphs.pop(index))
        path.write_text("\n".join(paragraphs), encoding="utf-8")

    return edit


def straighten(document: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / document
        path.write_text(path.read_text(encoding="utf-8").translate(PLAIN), encoding="utf-8")

    return edit


def rename(before: str, after: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / after).parent.mkdir(exist_ok=True)
        (folder / before).rename(folder / after)

    return edit


def delete(document: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / document).unlink()

    return edit


def put_back(document: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / document).write_bytes((DATA / document).read_bytes())

    return edit


def revised(before: str, piece: str, instead: str, *aspects: str, **more: Any) -> Expected:
    """A statement whose `piece` became `instead`."""
    assert before.count(piece) == 1, (before, piece)
    after = before.replace(piece, instead)
    return Expected("revised", (before,), (after,), aspects=frozenset(aspects), **more)


def straightened(texts: Sequence[str]) -> tuple[Expected, ...]:
    changed = [text for text in texts if text.translate(PLAIN) != text]
    return tuple(
        Expected(
            "revised",
            (text,),
            (text.translate(PLAIN),),
            significance="editorial",
            aspects=frozenset({"typography"}),
            also=frozenset({"quotation"}),
        )
        for text in changed
    )


def whole(kind: str, document: str, texts: Sequence[str], **more: Any) -> tuple[Expected, ...]:
    """A document that comes or goes: one record for it, one for each of its statements."""
    sides = {"removed": lambda text: ((text,), ()), "added": lambda text: ((), (text,))}
    both = sides.get(kind, lambda text: ((text,), (text,)))
    of_statements = tuple(Expected(kind, *both(text), document=document, cause="document", **more) for text in texts)
    return (Expected(kind, level="document", document=document, **more), *of_statements)


def headline(record: Record) -> tuple[Any, ...]:
    return (
        record["level"],
        record["kind"],
        record["cause"],
        record["document"],
        record.get("document_before") if record["kind"] == "renamed" else None,
        tuple(side["text"] for side in record["before"]),
        tuple(side["text"] for side in record["after"]),
    )


def assert_says(records: Sequence[Record], expected: Sequence[Expected], dates: Mapping[str, str]) -> None:
    """The records are the expected ones, each exactly once, and no others; `dates` tells when each step was taken."""
    found = sorted(records, key=lambda record: repr(headline(record)))
    wanted = sorted(expected, key=lambda one: repr(one.headline()))
    assert [headline(record) for record in found] == [one.headline() for one in wanted]
    for record, one in zip(found, wanted, strict=True):
        assert_classified(record, one)
        assert record["absent_since"] == (dates[one.gone_with] if one.gone_with else None)
    for group in {one.group for one in wanted if one.group}:
        ids = {record["group"] for record, one in zip(found, wanted, strict=True) if one.group == group}
        assert len(ids) == 1, ids
        assert None not in ids


def assert_classified(record: Record, one: Expected) -> None:
    shown = f"{record['kind']}: {[side['text'] for side in record['before'] + record['after']]}"
    if one.significance is not None:
        assert record["significance"] == one.significance, shown
    if one.aspects is not None:
        aspects = set(record["aspects"])
        assert one.aspects <= aspects, f"{aspects} lack {one.aspects - aspects}: {shown}"
        assert aspects <= one.aspects | one.also, f"{aspects} are more than {one.aspects | one.also}: {shown}"
    assert record["moved"] is False or record["kind"] != "revised", shown


BRIEF = statements_of("brief.txt")
MEMO = statements_of("memo.txt")
ANNEX = statements_of("annex.md")
CLAUSES = "based in Port Amal; the crews would carry out"
SPLIT_LEFT = "Its vessels would work under a joint command based in Port Amal."
SPLIT_RIGHT = "The crews would carry out surveys and train local teams."

STEPS = (
    Step(
        "a figure",
        replace("brief.txt", "30 divers", "45 divers"),
        (revised(BRIEF[1], "30", "45", "number"),),
    ),
    Step(
        "may to will",
        replace("brief.txt", "decision may follow", "decision will follow"),
        (revised(BRIEF[5], "may", "will", "modality"),),
    ),
    Step(
        "a dropped not",
        replace("brief.txt", "has not published", "has published"),
        (revised(BRIEF[6], "not ", "", "negation"),),
    ),
    Step(
        "another speaker",
        replace("brief.txt", "Analysts contend", "Diplomats contend"),
        (revised(BRIEF[15], "Analysts", "Diplomats", "attribution", also=frozenset({"name", "wording"})),),
    ),
    Step(
        "a sentence removed",
        replace("brief.txt", " " + BRIEF[16], ""),
        (Expected("removed", before=(BRIEF[16],)),),
    ),
    Step(
        "a sentence restored",
        replace("brief.txt", "both coastal states.", "both coastal states. " + BRIEF[16]),
        (Expected("restored", (BRIEF[16],), (BRIEF[16],), gone_with="a sentence removed"),),
        needs=("a sentence removed",),
    ),
    Step(
        "a paragraph moved",
        move_paragraph("brief.txt", 3, 5),
        tuple(Expected("moved", (text,), (text,), significance=None, group="paragraph") for text in BRIEF[8:11]),
    ),
    Step("quotes straightened", straighten("brief.txt"), straightened(BRIEF)),
    Step(
        "a sentence split",
        replace("brief.txt", CLAUSES, CLAUSES.replace("; the", ". The")),
        (Expected("split", (BRIEF[7],), (SPLIT_LEFT, SPLIT_RIGHT), significance="editorial"),),
    ),
    Step(
        "a sentence moved to a second file",
        in_turn(
            replace("brief.txt", " " + BRIEF[13], ""),
            replace("memo.txt", "until further notice.", "until further notice. " + BRIEF[13]),
        ),
        (Expected("moved", (BRIEF[13],), (BRIEF[13],), document="memo.txt", significance=None),),
    ),
    Step(
        "a file renamed",
        rename("brief.txt", "port/the brief.txt"),
        (
            Expected(
                "renamed",
                level="document",
                document="port/the brief.txt",
                document_before="brief.txt",
                significance=None,
            ),
        ),
    ),
    Step("a file deleted", delete("annex.md"), whole("removed", "annex.md", ANNEX)),
    Step(
        "a file restored",
        put_back("annex.md"),
        whole("restored", "annex.md", ANNEX, gone_with="a file deleted"),
        needs=("a file deleted",),
    ),
)
