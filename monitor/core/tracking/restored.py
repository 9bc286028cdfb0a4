"""Find statements that return after an absence, and copies of a changed text in other documents.

Both are looked up for the added statements of a snapshot, once moves are known. The candidates are arguments: absent
statements with an equal or similar text, and present statements that hold a text.

Similar texts are found by MinHash signatures: three numbers over word pairs (A. Broder, On the resemblance and
containment of documents, 1997), by one permutation for all minima (P. Li, A. Owen, C.-H. Zhang, One permutation
hashing, 2012), where an empty bin takes the minimum of the next (A. Shrivastava, P. Li, Densifying one permutation
hashing via rotation, 2014), two minima to a number. Of two texts that share 80 % of their word pairs, 95 % have a
number in common; of two that share 30 %, 25 %. Texts found this way are then compared.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from rapidfuzz.distance import Indel

from monitor.core.classification.classify import classify
from monitor.core.text.normalize import normalize
from monitor.core.tracking.compare import DocumentStep, PendingChange, added, value_after, value_before
from monitor.core.tracking.cross_document import match_across
from monitor.core.tracking.ids import text_key
from monitor.model import ChangeKind, Statement
from monitor.model.ledger import StatementState

MIN_SIGNATURE_WORDS = 6  # a shorter text resembles too many
Signature = tuple[int, int, int]

_BINS = [(at << 32) // 6 for at in range(6)]  # where each sixth of crc32's values begins


@lru_cache(maxsize=16_384)
def signature(text: str) -> Signature | None:
    """Three positive numbers below 2**63; None where the text is too short to be distinguished from others."""
    hashes = sorted(_grams(normalize(text)))
    if not hashes:
        return None
    hashes.append(hashes[0])  # behind the last bin comes the first
    minima = [hashes[bisect_left(hashes, begin, 0, len(hashes) - 1)] for begin in _BINS]
    first, second, third = (
        (minima[2 * at] << 31 ^ minima[2 * at + 1]) * 3 % (1 << 61) * 4 + at for at in range(3)
    )  # the last two bits tell the three apart
    return first, second, third


def _grams(normalized: str) -> list[int]:
    words = normalized.encode("utf-8", "surrogatepass").split()
    if len(words) >= MIN_SIGNATURE_WORDS:
        return [crc32(second, crc32(first)) for first, second in pairwise(words)]
    if (
        len(normalized) >= 4 * MIN_SIGNATURE_WORDS and not normalized.isascii()
    ):  # a script without spaces: character triples
        triples = (normalized[at : at + 3] for at in range(len(normalized) - 2))
        return [crc32(triple.encode("utf-8", "surrogatepass")) for triple in triples]
    return []


MIN_RESTORED_WORDS = 4  # a shorter text (`Learn more`) that turns up in another document proves nothing


@dataclass(frozen=True, slots=True)
class LedgerCandidates:
    """What the ledger knows that the added statements may be: `absent` ones by text, and `similar` absent ones; and of
    the texts that changes take away, who holds them now (`holders`), and who holds similar ones (`alike`)."""

    absent: Sequence[StatementState] = ()
    similar: Sequence[StatementState] = ()
    holders: Holders = field(default_factory=dict)
    alike: Sequence[StatementState] = ()


def lookup_keys(documents: Sequence[DocumentStep], pending_changes: Iterable[PendingChange]) -> set[int]:
    """The text keys that the answers depend on: of what is added, and of what a change takes away."""
    keys: set[int] = set()
    for pending in pending_changes:
        if pending.kind is ChangeKind.ADDED:
            keys.add(text_key(value_after(documents, pending).text))
        else:
            keys.update(text_key(text) for text in replaced_texts(documents, pending))
    return keys


def signatures_of_added(documents: Sequence[DocumentStep], pending_changes: Iterable[PendingChange]) -> set[int]:
    """The signatures of what is added: an absent statement that shares one may be it, slightly altered."""
    found = (signature(value_after(documents, pending).text) for pending in added(pending_changes))
    return {number for one in found if one is not None for number in one}


class Restorations:
    """The absent statements, taken away one by one as they are found to be back."""

    def __init__(
        self, documents: Sequence[DocumentStep], candidates: LedgerCandidates, back: Iterable[int] = ()
    ) -> None:
        self._documents = documents
        self._holders = candidates.holders
        self._restored = set(back)  # back already
        self._absent: dict[int, list[StatementState]] = defaultdict(list)
        for known in candidates.absent:
            self._absent[known.key].append(known)
        # The last ones to go are the first to come back; those that went together, in their order.
        for waiting in self._absent.values():
            waiting.sort(key=_last_vanished)
        self._similar = sorted(candidates.similar, key=_last_vanished)

    def match_same_document(self, pending_changes: Iterable[PendingChange]) -> None:
        """Back in the same document, word for word."""
        for pending in added(pending_changes):
            state = self._documents[pending.document].step.state
            if state is not None:
                waiting = self._waiting(value_after(self._documents, pending))
                own = next((known for known in waiting if known.document == state.number), None)
                self._restore(pending, own)

    def match_other_documents(self, pending_changes: Sequence[PendingChange]) -> None:
        """Back in another document, word for word; a text that occurs somewhere is copied, and so is its second one."""
        going = {
            position.number
            for pending in pending_changes
            if pending.kind is ChangeKind.REMOVED
            for position in pending.before
        }
        known_keys = {key for key, holders in self._holders.items() if holders.keys() - going}
        for pending in added(pending_changes):
            value = value_after(self._documents, pending)
            key = text_key(value.text)
            if key not in known_keys and len(normalize(value.text).split()) >= MIN_RESTORED_WORDS:
                self._restore(pending, next(iter(self._waiting(value)), None))
            known_keys.add(key)

    def match_altered(self, pending_changes: Iterable[PendingChange]) -> None:
        """Back with another wording: restored and revised. Clear matches alone, as between documents."""
        waiting = [known for known in self._similar if known.number not in self._restored]
        left = list(added(pending_changes))
        if not waiting or not left:
            return
        own = {state.number for one in self._documents if (state := one.step.state) is not None}
        for nearby in (True, False):  # the document's own first
            old = [
                known for known in waiting if (known.document in own) is nearby and known.number not in self._restored
            ]
            self._pair(old, [pending for pending in left if pending.kind is ChangeKind.ADDED], same_document=nearby)

    def _pair(self, old: Sequence[StatementState], new: Sequence[PendingChange], *, same_document: bool) -> None:
        absent = {(-1 - at, 0): known for at, known in enumerate(old)}  # no document's: each may pair with any
        arrived = {(pending.document, pending.after[0]): pending for pending in new}
        pairs = match_across(
            [(position, Statement(known.text, links=known.links)) for position, known in absent.items()],
            [(position, value_after(self._documents, pending)) for position, pending in arrived.items()],
        )
        for source, destination, similarity in pairs:
            known, pending = absent[source], arrived[destination]
            state = self._documents[pending.document].step.state
            if same_document and (state is None or state.number != known.document):
                continue
            self._restore(pending, known)
            pending.similarity = round(similarity, 4)
            before = Statement(known.text, links=known.links)
            pending.classification = classify([before], [value_after(self._documents, pending)])

    def _waiting(self, value: Statement) -> Iterable[StatementState]:
        return (known for known in self._absent.get(text_key(value.text), ()) if known.number not in self._restored)

    def _restore(self, pending: PendingChange, known: StatementState | None) -> None:
        if known is not None:
            self._restored.add(known.number)
            pending.kind, pending.known = ChangeKind.RESTORED, known
            pending.similarity, pending.absent_since = 1.0, known.vanished_at


def _last_vanished(known: StatementState) -> tuple[float, int]:
    return -(known.vanished_at.timestamp() if known.vanished_at else 0.0), known.ordinal or 0


MIN_COPIED_WORDS = 4  # a shorter text occurs in many documents by chance
NEARLY = 0.9  # the share of words, in order, that a near copy has in common with the text
_KEEP = (ChangeKind.ADDED, ChangeKind.MOVED, ChangeKind.RESTORED)  # take no text away
Holders = Mapping[int, Mapping[int, int]]  # text key -> number of a present statement -> its document


def replaced_texts(documents: Sequence[DocumentStep], pending: PendingChange) -> list[str]:
    """The texts before that a change takes away, those of a word or two aside."""
    if pending.kind in _KEEP:
        return []
    texts = [value_before(documents, position).text for position in pending.before]
    return [text for text in texts if len(normalize(text).split()) >= MIN_COPIED_WORDS]


def signatures_of_replaced(documents: Sequence[DocumentStep], pending_changes: Iterable[PendingChange]) -> set[int]:
    """The signatures of the texts that revisions take away: present statements that share one may be near copies."""
    revised = (pending for pending in pending_changes if pending.after)
    signatures = (signature(text) for pending in revised for text in replaced_texts(documents, pending))
    return {number for one in signatures if one is not None for number in one}


class Copies:
    """Who holds which text once the snapshot is folded; `alike` are statements similar to what was taken away."""

    def __init__(self, documents: Sequence[DocumentStep], holders: Holders, alike: Iterable[StatementState]) -> None:
        self._documents = documents
        self._holders = holders
        self._alike: dict[int, list[StatementState]] = {}
        for known in alike:
            for number in known.signature or ():
                self._alike.setdefault(number, []).append(known)

    def outdated_copies(self, pending: PendingChange) -> int:
        """How many statements of other documents hold the text before still."""
        texts = replaced_texts(self._documents, pending)
        if not texts:
            return 0
        state = self._documents[pending.before[0].document].step.state
        own = state.number if state else None
        same = {
            number
            for text in texts
            for number, document in self._holders.get(text_key(text), {}).items()
            if document != own
        }
        near = {
            known.number for text in texts for known in self._similar_statements(pending, text) if known.document != own
        }
        return len(same | near)

    def _similar_statements(self, pending: PendingChange, text: str) -> Iterator[StatementState]:
        """Nearly the text before, and no nearer to the text after: a copy that was revised already does not lag."""
        candidates = {known.number: known for one in signature(text) or () for known in self._alike.get(one, ())}
        if not pending.after or not candidates:
            return
        after = " ".join(self._documents[pending.document].after[ordinal].text for ordinal in pending.after)
        old, new = normalize(text).split(), normalize(after).split()
        lags: dict[int, bool] = {text_key(text): False}  # by text key; who holds the very text is counted already
        for known in candidates.values():
            if known.key not in lags:
                words = normalize(known.text).split()
                similarity = Indel.normalized_similarity(words, old, score_cutoff=NEARLY)
                lags[known.key] = similarity >= NEARLY and similarity > Indel.normalized_similarity(words, new)
            if lags[known.key]:
                yield known
