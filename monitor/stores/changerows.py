"""Rows of changes (see `readchanges.with_texts`) -> changes as people see them, with their sides and texts.

What many changes have in common, a snapshot, is asked once a chunk; what few have, several statements on a side, apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from monitor.core.wording import WordEdits
from monitor.model import Change, ChangeKind, Failure, Level, Side, Significance
from monitor.stores.asking import Asking, Row
from monitor.stores.rows import LEVELS
from monitor.stores.values import aspects_from_bits, links_from_text, moment_from_text, path_from_text

_KINDS = {str(kind): kind for kind in ChangeKind}
_SIGNIFICANCE = Significance.EDITORIAL, Significance.SUBSTANTIVE
_ID, _LEVEL, _STATEMENT = 2, 3, 19  # where they stand in a row
_Seen = tuple[str, datetime, datetime]  # a snapshot, when it was taken, when it was recorded


def told(asking: Asking, chunked: Iterable[Sequence[Row]]) -> Iterator[Change]:
    """The changes of such rows, in their order; they come in chunks of no more than fit one IN list."""
    seen: dict[int, _Seen] = {}
    for rows in chunked:
        _learn(asking, {row[0] for row in rows} - seen.keys(), seen)
        of_several = [row[:2] for row in rows if row[_STATEMENT] is None and LEVELS[row[_LEVEL]] is Level.STATEMENT]
        several = sides_of(asking, of_several)
        upgraded = _upgraded(asking, [row[_ID] for row in rows])
        yield from [_change(row, seen[row[0]], several, upgraded) for row in rows]


def sides_of(asking: Asking, places: Iterable[Row]) -> dict[Row, list[Row]]:
    """The sides of changes of several statements, by the places of these: whether it is the side after, the
    statement's id, its revision and ordinal, the text, the links and the kind of block."""
    return {place: list(asking.ask("sides of a change", seq=place[0], position=place[1])) for place in places}


def failures_of(asking: Asking) -> list[Failure]:
    """The documents whose newest version cannot be read, by path."""
    newest = {path: message or "" for path, message in asking.ask("failures")}
    return [Failure(path_from_text(path), message) for path, message in newest.items()]


def _learn(asking: Asking, seqs: Collection[int], seen: dict[int, _Seen]) -> None:
    if seqs:
        for seq, snapshot, taken_at, recorded_at in asking.ask("folds", wanted=list(seqs)):
            seen[seq] = snapshot, moment_from_text(taken_at), moment_from_text(recorded_at)


def _upgraded(asking: Asking, ids: Sequence[str]) -> set[str]:
    """Which of these changes an upgrade of our rules brought: there has seldom been one."""
    if not any(asking.ask("one upgraded")):
        return set()
    return {one for (one,) in asking.ask("upgraded", wanted=ids)}


def _change(row: Row, seen: _Seen, several: Mapping[Row, Sequence[Row]], upgraded: Collection[str]) -> Change:
    (
        seq, position, identity, level, kind, document, path, path_before, cause, group, substantive, aspects,
        similarity, moved, baseline, absent_since, message, returns, copies, statement,
        before_number, before_ordinal, before_text, before_links, after_number, after_ordinal, after_text, after_links,
    ) = row  # fmt: skip
    before: tuple[Side, ...]
    after: tuple[Side, ...]
    path = path_from_text(path)
    old_path = path if path_before is None else path_from_text(path_before)
    if statement is None:
        sides = several.get((seq, position), ())
        before = tuple(_side(old_path, *side[1:6]) for side in sides if not side[0])
        after = tuple(_side(path, *side[1:6]) for side in sides if side[0])
    else:
        before = after = ()
        if before_text is not None:
            before = (_side(old_path, statement, before_number, before_ordinal, before_text, before_links),)
        if after_text is not None:
            after = (_side(path, statement, after_number, after_ordinal, after_text, after_links),)
    return Change._make((  # in the order of its fields
        identity,
        LEVELS[level],
        _KINDS[kind],
        *seen,
        path,
        document,
        old_path if path_before is not None and not level else None,
        cause,
        group,
        _SIGNIFICANCE[substantive],
        aspects_from_bits(aspects),
        similarity,
        bool(moved),
        bool(baseline),
        identity in upgraded,
        None if absent_since is None else moment_from_text(absent_since),
        before,
        after,
        WordEdits(before, after),
        message,
        returns,
        copies,
    ))  # fmt: skip


def _side(path: str, statement: str, number: int, ordinal: int, text: str, links: str | None) -> Side:
    return Side(statement, number, path, ordinal, text, links_from_text(links) if links else ())
