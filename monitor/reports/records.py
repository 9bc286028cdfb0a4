"""The JSON of a change: one definition, of which every output is made and the JSON Schema is written.

`log`, `run`, `show`, reports, exports, the API and previews give a change with these keys in this order. New keys are
added at the end. Two outputs know less: a difference between two times has no record, so keys are missing there; in a
preview they are null.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from monitor.model import Aspect, Change, ChangeKind, EditOp, Level, Side, Significance

Recorded = UnsetType | str | None
Time = Annotated[datetime, Meta(tz=True)]


class SideRecord(Struct, kw_only=True):
    """A statement as it was on one side of a change."""

    statement: Annotated[Recorded, Meta(description="The statement's id.")] = UNSET
    revision: Annotated[UnsetType | int | None, Meta(description="Its revision, from 1.")] = UNSET
    document: str
    ordinal: Annotated[int, Meta(ge=0, description="Its place in the document, from 0, for programs.")]
    text: str
    links: Annotated[Sequence[str], Meta(description="The targets of the links in it.")]
    position: Annotated[int, Meta(ge=1, description="Its place in the document, from 1, for people.")]


class EditRecord(Struct):
    """A step of the word diff; all `before` joined give the text before, all `after` the text after."""

    op: EditOp
    before: str
    after: str


class ChangeRecord(Struct, kw_only=True):
    """What happened to one statement, or to a document as a whole."""

    id: Recorded = UNSET
    level: Level
    snapshot: Annotated[Recorded, Meta(description="The snapshot that brought it.")] = UNSET
    taken_at: Annotated[UnsetType | Time | None, Meta(description="When the state after was first seen.")] = UNSET
    recorded_at: UnsetType | Time | None = UNSET
    document: Annotated[str, Meta(description="The path after, else before.")]
    document_id: Recorded = UNSET
    cause: Annotated[str | None, Meta(description="`document`: it came or went with its whole document.")]
    group: Annotated[Recorded, Meta(description="What changes that belong together have in common.")] = UNSET
    kind: ChangeKind
    significance: Significance
    aspects: Sequence[Aspect]
    similarity: Annotated[float | None, Meta(description="From 0 to 1; null where a side is empty.")]
    moved: bool
    baseline: Annotated[UnsetType | bool, Meta(description="Whether the first snapshot held it.")] = UNSET
    technical_upgrade: Annotated[UnsetType | bool, Meta(description="Whether only new rules found it.")] = UNSET
    absent_since: UnsetType | Time | None = UNSET
    before: Sequence[SideRecord]
    after: Sequence[SideRecord]
    edits: Sequence[EditRecord]
    document_before: Annotated[str | None, Meta(description="Another path before, of a document.")]
    message: Annotated[str | None, Meta(description="Why a document could not be read.")]
    returns: Annotated[int | None, Meta(description="How often a restored statement has come back by now.")]
    copies: Annotated[int, Meta(description="How many statements of other documents kept the old text.")]
    language: Annotated[str | None, Meta(description="ISO 639-1, by the texts; null where it is unclear.")]
    aspects_known: Annotated[
        bool | None,
        Meta(description="False where the language has no word lists: absent aspects prove nothing."),
    ]
    seen_before: Annotated[
        UnsetType | Time | None, Meta(description="The last time that the state before was seen.")
    ] = UNSET
    announced: Annotated[
        UnsetType | bool | None,
        Meta(description="Whether the document's own date or version line is new, too; null without such a line."),
    ] = UNSET
    metadata: Annotated[UnsetType | bool, Meta(description="Whether it is front matter.")] = UNSET


def change_record(change: Change, *, recorded: bool = True) -> ChangeRecord:
    """A change as JSON has it; not `recorded`: without what only the ledger could say."""
    made = ChangeRecord(
        level=change.level,
        document=change.document,
        cause=change.cause,
        kind=change.kind,
        significance=change.significance,
        aspects=list(change.aspects),
        similarity=change.similarity,
        moved=change.moved,
        before=[_side(side, recorded) for side in change.before],
        after=[_side(side, recorded) for side in change.after],
        edits=[EditRecord(*edit) for edit in change.edits],
        document_before=change.document_before,
        message=change.message,
        returns=change.returns,
        copies=change.copies,
        language=change.language,
        aspects_known=change.aspects_known,
    )
    if recorded:
        made.id, made.snapshot, made.document_id, made.group = (
            change.id, change.snapshot, change.document_id, change.group,
        )  # fmt: skip
        made.taken_at, made.recorded_at, made.absent_since = change.taken_at, change.recorded_at, change.absent_since
        made.baseline, made.technical_upgrade = change.baseline, change.technical_upgrade
        made.seen_before, made.announced, made.metadata = change.seen_before, change.announced, change.metadata
    return made


def _side(side: Side, recorded: bool) -> SideRecord:  # noqa: FBT001
    statement, revision, document, ordinal, text, links = side
    position, links_in = ordinal + 1, list(links)
    if not recorded:
        return SideRecord(document=document, ordinal=ordinal, text=text, links=links_in, position=position)
    return SideRecord(
        statement=statement, revision=revision, document=document, ordinal=ordinal, text=text, links=links_in,
        position=position,
    )  # fmt: skip


def change_schema() -> dict[str, Any]:
    """The JSON Schema of a change, with its parts by their names in `$defs`."""
    _, parts = msgspec.json.schema_components([ChangeRecord], ref_template="#/$defs/{name}")
    text = msgspec.json.encode(parts).decode()
    for name, plain in _NAMES.items():
        text = text.replace(f'/{name}"', f'/{plain}"').replace(f'"title":"{name}"', f'"title":"{plain}"')
    named: dict[str, Any] = {_NAMES.get(name, name): part for name, part in msgspec.json.decode(text).items()}
    named["Kind"]["enum"].remove(str(ChangeKind.UNCHANGED))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**head, **named.pop("Change"), "$defs": dict(sorted(named.items()))}


_NAMES = {"ChangeRecord": "Change", "SideRecord": "Side", "EditRecord": "Edit", "ChangeKind": "Kind"}
