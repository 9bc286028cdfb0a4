"""Recognise a version that is no new state of its document but a failed capture of it, and the document's return.

Of at least 5 statements 80 % or more vanish at once: the page was empty, an error page, or in another language. Or at
least half vanish at the end, and nothing new comes: it was cut. Such a version is *suspect*. The statements of the
version before are remembered; the version in which most of what was away comes back has *recovered*. What returned in
the same words belongs to that event, and so does what the suspect version alone had. All else is a change of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from monitor.core.tracking import elements, runs
from monitor.core.tracking.pending import Capture, DocumentStep, Outcome, PendingChange, StatementPosition
from monitor.model import ChangeKind
from monitor.model.ledger import StatementState, Text

FEWEST = 5  # statements of a document whose loss says anything
MOST_GONE = 0.8  # share of them that is gone in a suspect version
CUT = 0.5  # the same where they stood at the end, and nothing came
BACK = 0.5  # share of those that are away that comes back in a recovered version

States = Callable[[Iterable[int]], Mapping[int, StatementState]]


def judge_captures(
    documents: Sequence[DocumentStep], first: int, changes: Sequence[PendingChange], states: States
) -> tuple[list[DocumentStep], list[PendingChange]]:
    """The documents with what their versions are taken for, and the changes with that as their cause.

    The documents are numbered from `first` on; `states` gives what is known of statements. Statements that did not
    come back with their document are removed once more, as changes of their own.
    """
    own: dict[int, list[PendingChange]] = {}
    for pending in changes:
        own.setdefault(pending.document, []).append(pending)
    judged, missing = list(documents), list[PendingChange]()
    for at, document in enumerate(documents, first):
        state = document.step.state
        if state is None or not state.present or document.outcome not in (Outcome.READ, Outcome.OPAQUE):
            continue
        found = own.get(at, [])
        members, capture = runs.unpack(state.members), None
        if state.suspect is not None:
            remembered = runs.unpack(state.suspect)
            capture, lost = _recovered(remembered, members, found)
            known = states(number for number, _ in lost)
            for number, ordinal in lost:
                place = StatementPosition(at, ordinal, number)
                missing.append(PendingChange(at, ChangeKind.REMOVED, (place,), (), (known[number].text,)))
        capture = capture or _suspect(members, found, state.suspect)
        if capture is not None:
            judged[at - first] = document._replace(capture=capture)
    if not missing:
        return judged, list(changes)
    return judged, sorted([*changes, *missing], key=lambda pending: (pending.document, pending.ordinal))


def _suspect(members: Sequence[int], found: Sequence[PendingChange], remembered: str | None) -> Capture | None:
    """Whether nearly all statements are gone; their changes then have this cause."""
    gone = [pending.before[0].ordinal for pending in found if pending.kind is ChangeKind.REMOVED]
    if len(members) < FEWEST or len(gone) < CUT * len(members):
        return None
    nearly_all = len(gone) >= MOST_GONE * len(members)
    others = [pending for pending in found if pending.kind is not ChangeKind.REMOVED]
    start = len(members) - len(gone)
    cut = min(gone) == start and all(_is_cut(pending, start, found) for pending in others)
    if not nearly_all and not cut:
        return None
    for pending in found:
        _set_cause(pending, ChangeKind.SUSPECT)
    what = "nearly all of it is gone" if nearly_all else "its end is gone"
    message = f"{what} ({len(gone)} of {len(members)} statements)"
    return Capture(ChangeKind.SUSPECT, message, remembered or runs.pack(members))


def _set_cause(pending: PendingChange, cause: ChangeKind) -> None:
    """An element of a data file that went with all others is no event of its own."""
    if pending.cause in (None, elements.CAUSE):
        pending.cause, pending.event = str(cause), 0


def _is_cut(pending: PendingChange, start: int, found: Sequence[PendingChange]) -> bool:
    """Whether it is the beginning of the statement where the end is missing, linked with it or not."""
    if pending.kind is ChangeKind.REVISED:
        return pending.before[0].ordinal == start - 1 and _begins(pending.texts_after[0], pending.texts_before[0])
    first = next(one for one in found if one.kind is ChangeKind.REMOVED and one.before[0].ordinal == start)
    return pending.kind is ChangeKind.ADDED and _begins(pending.texts_after[0], first.texts_before[0])


def _begins(beginning: Text, whole: Text) -> bool:
    return whole.normalized.startswith(beginning.normalized)


def _recovered(
    remembered: Sequence[int], members: Sequence[int], found: Sequence[PendingChange]
) -> tuple[Capture | None, list[tuple[int, int]]]:
    """Whether most statements are there again; with the numbers and places of those that are not."""
    wanted = set(remembered)
    there = wanted.intersection(members)
    there.difference_update(
        place.number for pending in found if pending.kind is ChangeKind.REMOVED for place in pending.before
    )
    back = {pending.known.number: pending for pending in found if pending.known is not None}
    away = wanted.difference(members)
    if len(away.intersection(back)) < BACK * len(away):
        return None, []
    there |= wanted.intersection(back)
    others = 0
    for pending in found:
        known = pending.known
        if pending.kind is ChangeKind.RESTORED and known is not None and known.number in wanted:
            same = pending.classification is None
        elif pending.kind is ChangeKind.REVISED and pending.before[0].number == members[-1]:
            same = _begins(pending.texts_before[0], pending.texts_after[0])  # it was cut in this sentence
        else:
            same = pending.kind is ChangeKind.REMOVED and pending.before[0].number not in wanted
        if same:
            _set_cause(pending, ChangeKind.RECOVERED)
        else:
            others += 1
    held = set(members)
    lost = [(number, at) for at, number in enumerate(remembered) if number not in there and number not in held]
    differs = others + len(lost)
    message = "it is back as it was" + (f", but for {differs}" if differs else "")
    return Capture(ChangeKind.RECOVERED, message), lost
