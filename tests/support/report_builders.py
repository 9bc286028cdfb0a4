"""Made changes and a made report that the report tests share: a week of briefs, and hostile text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from monitor.core.report import digest
from monitor.core.text.language import spoken
from monitor.model import Aspect, Change, ChangeKind, Edit, Level, Report, Side, Significance, Snapshot

MONDAY = datetime(2026, 3, 2, 6, 0, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> [click](javascript:alert(3)) ![p](http://evil.example/p.png)"
    " \x1b[31mred\x1b]0;title\x07 \u202egnp.exe\u202c \u2028 `code` *bold* http://evil.example www.evil.example"
    ' a@evil.example {{ 7*7 }} {% raw %} &lt;b&gt; \' onmouseover="alert(4)" \x9b2J \x00 \udc80 </style></title> =1+1'
)
HOSTILE_PATH = 'docs/<b>"x"</b>\n\x1b[2J\udcff|`[a](b).txt'


def side(text: str, ordinal: int = 0, document: str = "brief.txt", **more: Any) -> Side:
    """A statement on one side."""
    return Side(
        **{"statement": f"st-{ordinal}", "revision": 1, "document": document, "ordinal": ordinal, "text": text} | more
    )


def change(
    kind: ChangeKind = ChangeKind.REVISED, old: str | None = None, new: str | None = None, **more: Any
) -> Change:
    """A change of one statement, from text to text; everything else has a default."""
    ordinal, document = more.pop("ordinal", 0), more.get("document", "brief.txt")
    values: dict[str, Any] = {
        "id": sha256(f"{kind} {document!a} {ordinal} {more.get('level')}".encode()).hexdigest(),
        "level": Level.STATEMENT,
        "kind": kind,
        "snapshot": "5f0c6a9e41d2",
        "taken_at": TUESDAY,
        "recorded_at": TUESDAY + timedelta(seconds=4),
        "document": document,
        "document_id": f"doc-{document}",
        "before": () if old is None else (side(old, ordinal, document),),
        "after": () if new is None else (side(new, ordinal, document),),
    }
    values |= more
    if values["level"] is Level.STATEMENT:
        sides = (*values["before"], *values["after"])
        values = spoken([one.text for one in sides])._asdict() | values
    return Change(**values)


def event(kind: ChangeKind, document: str = "brief.txt", **more: Any) -> Change:
    """What happened to a document as a whole."""
    return change(kind, document=document, level=Level.DOCUMENT, **more)


def snapshot(name: str = "5f0c6a9e41d2", taken_at: datetime = TUESDAY, **more: Any) -> Snapshot:
    """A snapshot of the watched folder."""
    return Snapshot(**{"id": name, "source": "", "taken_at": taken_at, "recorded_at": taken_at} | more)


def report(changes: Sequence[Change], snapshots: Sequence[Snapshot] = (), **more: Any) -> Report:
    """The digest of changes, made on Wednesday morning."""
    values = {"made_at": TUESDAY + timedelta(days=1), "since": MONDAY, "until": TUESDAY}
    return digest(changes, snapshots, **values | more)


def edits(*steps: tuple[str, str] | str) -> tuple[Edit, ...]:
    """A word diff: a string stays, a pair replaces (one side may be empty)."""
    return tuple(_edit(step) for step in steps)


def _edit(step: tuple[str, str] | str) -> Edit:
    if isinstance(step, str):
        return Edit("equal", step, step)
    before, after = step
    return Edit("replace" if before and after else "insert" if after else "delete", before, after)


def texts(steps: Sequence[Edit]) -> tuple[str, str]:
    """Both texts of a word diff."""
    return "".join(step.before for step in steps), "".join(step.after for step in steps)


def revised(*steps: tuple[str, str] | str, aspects: tuple[Aspect, ...] = (Aspect.WORDING,), **more: Any) -> Change:
    """A revised statement by its word diff."""
    diff = edits(*steps)
    before, after = texts(diff)
    return change(ChangeKind.REVISED, before, after, edits=diff, aspects=aspects, **{"similarity": 0.9} | more)


def moved(text: str, before: int, after: int, document: str, **more: Any) -> Change:
    """A statement that moved within its document."""
    sides = {"before": (side(text, before, document),), "after": (side(text, after, document),)}
    values = {"ordinal": before, "significance": Significance.EDITORIAL}
    return change(ChangeKind.MOVED, document=document, **sides | values | more)


def week() -> Report:
    """A week as an analyst would see it: every kind of change, a failure, three documents."""
    changes = [*_mandate("briefs/mandate.md"), *_notes("briefs/notes.html"), *_offers("briefs/troop offers.txt")]
    unread = event(ChangeKind.FAILED, "scans/annex-2.pdf", message="the file is encrypted: save it without a password")
    first = change(ChangeKind.ADDED, None, "Held at first.", baseline=True, document="archive/2025.txt")
    upgrade = change(ChangeKind.REVISED, "Other rules.", "Other rules!", technical_upgrade=True, ordinal=30)
    return report([*changes, unread, first, upgrade], [snapshot("1b7d20c8aa93", MONDAY), snapshot()])


def _mandate(document: str) -> list[Change]:
    editorial = {"document": document, "significance": Significance.EDITORIAL}
    return [
        event(ChangeKind.RENAMED, document, document_before="briefs/draft-mandate.md"),
        revised(
            "It is a ", ("“limited”", '"limited"'), " mission", (" ,", ","), " officials say.",
            aspects=(Aspect.TYPOGRAPHY,), ordinal=1, **editorial,
        ),
        revised(
            "The force ", ("may", "will"), " protect aid convoys on the coastal road.",
            aspects=(Aspect.MODALITY,), document=document, ordinal=3,
        ),
        revised("The organi", ("z", "s"), "ation pays.", aspects=(Aspect.SPELLING,), ordinal=4, **editorial),
        revised(
            "Contingents report to the council within ", ("30", "45"), " days of arriving.",
            aspects=(Aspect.NUMBER,), document=document, ordinal=6,
        ),
        revised(
            "Troops do ", ("not ", ""), "search private homes.",
            aspects=(Aspect.NEGATION,), document=document, ordinal=9,
        ),
        change(
            ChangeKind.REMOVED, "A review of the mandate is due after one year.",
            aspects=(Aspect.DATE,), document=document, ordinal=12,
        ),
        moved("Command rotates every six months.", 2, 14, document, group="g1"),
        moved("Deputies come from another country.", 3, 15, document, group="g1"),
    ]  # fmt: skip


def _notes(document: str) -> list[Change]:
    sentences = ["Notes", "Three governments have answered so far.", "None has named a date."]
    return [
        event(ChangeKind.ADDED, document),
        *(
            change(ChangeKind.ADDED, None, sentence, document=document, ordinal=ordinal, cause="document")
            for ordinal, sentence in enumerate(sentences)
        ),
    ]


def _offers(document: str) -> list[Change]:
    two = (side("Pakistan offered a brigade.", 9, document), side("Azerbaijan declined.", 10, document))
    return [
        change(
            ChangeKind.ADDED, None, "Indonesia has said that it could send up to 8,000 troops.",
            document=document, ordinal=5,
        ),
        revised(
            "“We are ready,” said ", ("a senior official", "the foreign minister"), " on Tuesday.",
            aspects=(Aspect.ATTRIBUTION,), document=document, ordinal=7,
        ),
        change(
            ChangeKind.RESTORED, "No country has offered armour.", "No country has offered armour.",
            document=document, ordinal=8, absent_since=TUESDAY - timedelta(days=12),
        ),
        change(
            ChangeKind.SPLIT, "Pakistan offered a brigade and Azerbaijan declined.",
            document=document, ordinal=9, after=two, significance=Significance.EDITORIAL, aspects=(Aspect.WORDING,),
            edits=edits("Pakistan offered a brigade", (" and ", ". "), "Azerbaijan declined", "."),
        ),
        change(
            ChangeKind.REVISED, document=document, ordinal=11, aspects=(Aspect.LINK,),
            taken_at=MONDAY, recorded_at=MONDAY, snapshot="1b7d20c8aa93",
            before=(side("See the annex.", 11, document, links=("https://example.org/annex-1",)),),
            after=(side("See the annex.", 11, document, links=("https://example.org/annex-2",)),),
        ),
    ]  # fmt: skip
