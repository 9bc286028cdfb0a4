"""Find statements that return after an absence, and copies of a changed text in other documents.

Both are looked up for the added statements of a snapshot, once moves are known. The candidates are arguments: absent
statements with an equal or similar text (see `texts`), and present statements that hold a text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Indel

from monitor.core.classification.classify import classify
from monitor.core.tracking.cross_document import match_across
from monitor.core.tracking.documents import Step
from monitor.core.tracking.pending import PendingChange, added
from monitor.model import ChangeKind
from monitor.model.ledger import StatementState, Text

MIN_RESTORED_WORDS = 4  # a shorter text (`Learn more`) that turns up in another document proves nothing


@dataclass(frozen=True, slots=True)
class LedgerCandidates:
    """What the ledger knows that the added statements may be: `absent` ones by text, and `similar` absent ones; and of
    the texts that changes take away, who holds them now (`holders`), and who holds similar ones (`alike`)."""

    absent: Sequence[StatementState] = ()
    similar: Sequence[StatementState] = ()
    holders: Holders = field(default_factory=dict)
    alike: Sequence[StatementState] = ()


def lookup_keys(pending_changes: Iterable[PendingChange]) -> set[int]:
    """The text keys that the answers depend on: of what is added, and of what a change takes away."""
    keys: set[int] = set()
    for pending in pending_changes:
        if pending.kind is ChangeKind.ADDED:
            keys.add(pending.texts_after[0].key)
        else:
            keys.update([text.key for text in replaced_texts(pending)])
    return keys


def signatures_of_added(pending_changes: Iterable[PendingChange]) -> set[int]:
    """The signatures of what is added: an absent statement that shares one may be it, slightly altered."""
    return {number for pending in added(pending_changes) for number in pending.texts_after[0].signature or ()}


class Restorations:
    """The absent statements, taken away one by one as they are found to be back."""

    def __init__(self, steps: Sequence[Step], candidates: LedgerCandidates, back: Iterable[int] = ()) -> None:
        self._steps = steps
        self._holders = candidates.holders
        self._restored = set(back)  # back already
        self._absent: dict[int, list[StatementState]] = defaultdict(list)
        for known in candidates.absent:
            self._absent[known.text.key].append(known)
        # The last ones to go are the first to come back; those that went together, in their order.
        for waiting in self._absent.values():
            waiting.sort(key=_last_vanished)
        self._similar = sorted(candidates.similar, key=_last_vanished)

    def match_same_document(self, pending_changes: Iterable[PendingChange]) -> None:
        """Back in the same document, word for word."""
        if not self._absent:
            return
        for pending in added(pending_changes):
            number = self._steps[pending.document].number
            if number is not None:
                waiting = self._waiting(pending.texts_after[0])
                self._restore(pending, next((known for known in waiting if known.document == number), None))

    def match_other_documents(self, pending_changes: Sequence[PendingChange]) -> None:
        """Back in another document, word for word; a text that occurs somewhere is copied, and so is its second one."""
        if not self._absent:
            return
        going = {
            position.number
            for pending in pending_changes
            if pending.kind is ChangeKind.REMOVED
            for position in pending.before
        }
        known_keys = {key for key, holders in self._holders.items() if holders.keys() - going}
        for pending in added(pending_changes):
            text = pending.texts_after[0]
            if text.key not in known_keys and text.words >= MIN_RESTORED_WORDS:
                self._restore(pending, next(iter(self._waiting(text)), None))
            known_keys.add(text.key)

    def match_altered(self, pending_changes: Iterable[PendingChange]) -> None:
        """Back with another wording: restored and revised. Clear matches alone, as between documents."""
        waiting = [known for known in self._similar if known.number not in self._restored]
        if not waiting:
            return
        shared = {one for known in waiting for one in known.text.signature or ()}
        left = [one for one in added(pending_changes) if not shared.isdisjoint(one.texts_after[0].signature or ())]
        if not left:
            return
        own = {number for one in self._steps if (number := one.number) is not None}
        for nearby in (True, False):  # the document's own first
            old = [
                known for known in waiting if (known.document in own) is nearby and known.number not in self._restored
            ]
            self._pair(old, [pending for pending in left if pending.kind is ChangeKind.ADDED], same_document=nearby)

    def _pair(self, old: Sequence[StatementState], new: Sequence[PendingChange], *, same_document: bool) -> None:
        absent = {(-1 - at, 0): known for at, known in enumerate(old)}  # no document's: each may pair with any
        arrived = {(pending.document, pending.after[0]): pending for pending in new}
        pairs = match_across(
            [(position, known.text) for position, known in absent.items()],
            [(position, pending.texts_after[0]) for position, pending in arrived.items()],
        )
        for source, destination, similarity in pairs:
            known, pending = absent[source], arrived[destination]
            if same_document and self._steps[pending.document].number != known.document:
                continue
            self._restore(pending, known)
            pending.similarity = round(similarity, 4)
            pending.classification = classify([known.text], pending.texts_after, pending.language)

    def _waiting(self, text: Text) -> Iterable[StatementState]:
        return (known for known in self._absent.get(text.key, ()) if known.number not in self._restored)

    def _restore(self, pending: PendingChange, known: StatementState | None) -> None:
        if known is not None:
            self._restored.add(known.number)
            pending.kind, pending.known, pending.similarity = ChangeKind.RESTORED, known, 1.0
            pending.gone_seq = known.gone_seq


def _last_vanished(known: StatementState) -> tuple[int, int]:
    return -(known.gone_seq or 0), known.ordinal or 0


MIN_COPIED_WORDS = 4  # a shorter text occurs in many documents by chance
NEARLY = 0.9  # the share of words, in order, that a near copy has in common with the text
_KEEP = frozenset({ChangeKind.ADDED, ChangeKind.MOVED, ChangeKind.RESTORED})  # take no text away
Holders = Mapping[int, Mapping[int, int]]  # text key -> number of a present statement -> its document


def replaced_texts(pending: PendingChange) -> Sequence[Text]:
    """The texts before that a change takes away, those of a word or two aside."""
    if pending.kind in _KEEP:
        return ()
    return [text for text in pending.texts_before if text.words >= MIN_COPIED_WORDS]


def signatures_of_replaced(pending_changes: Iterable[PendingChange]) -> set[int]:
    """The signatures of the texts that revisions take away: present statements that share one may be near copies."""
    revised = (pending for pending in pending_changes if pending.after)
    return {number for pending in revised for text in replaced_texts(pending) for number in text.signature or ()}


class Copies:
    """Who holds which text once the snapshot is folded; `alike` are statements similar to what was taken away."""

    def __init__(self, steps: Sequence[Step], holders: Holders, alike: Iterable[StatementState]) -> None:
        self._steps = steps
        self._holders = holders
        self._alike: dict[int, list[StatementState]] = {}
        for known in alike:
            for number in known.text.signature or ():
                self._alike.setdefault(number, []).append(known)

    def outdated_copies(self, pending: PendingChange) -> int:
        """How many statements of other documents hold the text before still."""
        texts = replaced_texts(pending)
        if not texts:
            return 0
        own = self._steps[pending.before[0].document].number
        same = {
            number for text in texts for number, document in self._holders.get(text.key, {}).items() if document != own
        }
        near = {
            known.number for text in texts for known in self._similar_statements(pending, text) if known.document != own
        }
        return len(same | near)

    def _similar_statements(self, pending: PendingChange, text: Text) -> Iterator[StatementState]:
        """Nearly the text before, and no nearer to the text after: a copy that was revised already does not lag."""
        if not pending.after or not self._alike:
            return
        candidates = {known.number: known for one in text.signature or () for known in self._alike.get(one, ())}
        if not candidates:
            return
        old = text.normalized.split()
        new = " ".join([one.normalized for one in pending.texts_after]).split()
        lags: dict[int, bool] = {text.key: False}  # by text key; who holds the very text is counted already
        for known in candidates.values():
            key = known.text.key
            if key not in lags:
                words = known.text.normalized.split()
                similarity = Indel.normalized_similarity(words, old, score_cutoff=NEARLY)
                lags[key] = similarity >= NEARLY and similarity > Indel.normalized_similarity(words, new)
            if lags[key]:
                yield known
