"""The copies of a statement that lag behind: who holds the text that a change takes away, word for word or nearly.

A statement's sketch: three numbers by which near-equal texts are found in a large set without comparing them all.

MinHash over word pairs (A. Broder, On the resemblance and containment of documents, 1997) by one permutation for all
minima (P. Li, A. Owen, C.-H. Zhang, One permutation hashing, 2012), where an empty bin takes the minimum of the next
one (A. Shrivastava, P. Li, Densifying one permutation hashing via rotation, 2014); two minima to a number. Of two texts
that share 80 % of their word pairs, 95 % have a number in common; of two that share 30 %, 25 %. Whoever looks a sketch
up compares the texts found.

What comes back after an absence, in the same document or another, as it was or slightly altered.

Questions are asked of the statements that a snapshot adds, once those that only moved are known. What they are asked
against comes in as values: absent statements with an equal or a similar text, and who holds a text now.
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
from monitor.core.text.normalize import fold
from monitor.core.tracking.compare import DocumentStep, Draft, added, value_after, value_before
from monitor.core.tracking.cross_document import match_across
from monitor.core.tracking.ids import text_key
from monitor.model import ChangeKind, Statement
from monitor.model.ledger import Known

MIN_SIGNATURE_WORDS = 6  # a shorter text resembles too many
Sketch = tuple[int, int, int]

_BINS = [(at << 32) // 6 for at in range(6)]  # where each sixth of crc32's values begins


@lru_cache(maxsize=16_384)
def sketch(text: str) -> Sketch | None:
    """Three positive numbers below 2**63; None where the text is too short to be told from others."""
    hashes = sorted(_grams(fold(text)))
    if not hashes:
        return None
    hashes.append(hashes[0])  # behind the last bin comes the first
    minima = [hashes[bisect_left(hashes, begin, 0, len(hashes) - 1)] for begin in _BINS]
    first, second, third = (
        (minima[2 * at] << 31 ^ minima[2 * at + 1]) * 3 % (1 << 61) * 4 + at for at in range(3)
    )  # the last two bits tell the three apart
    return first, second, third


def _grams(folded: str) -> list[int]:
    words = folded.encode("utf-8", "surrogatepass").split()
    if len(words) >= MIN_SIGNATURE_WORDS:
        return [crc32(second, crc32(first)) for first, second in pairwise(words)]
    if len(folded) >= 4 * MIN_SIGNATURE_WORDS and not folded.isascii():  # a script without spaces: character triples
        triples = (folded[at : at + 3] for at in range(len(folded) - 2))
        return [crc32(triple.encode("utf-8", "surrogatepass")) for triple in triples]
    return []


MIN_RESTORED_WORDS = 4  # a shorter text (`Learn more`) that turns up in another document proves nothing


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger knows that the added statements may be: `absent` ones by text, and `similar` absent ones; and of
    the texts that changes take away, who holds them now (`holders`), and who holds similar ones (`alike`)."""

    absent: Sequence[Known] = ()
    similar: Sequence[Known] = ()
    holders: Holders = field(default_factory=dict)
    alike: Sequence[Known] = ()


def asked_keys(documents: Sequence[DocumentStep], drafts: Iterable[Draft]) -> set[int]:
    """The text keys that the answers depend on: of what is added, and of what a change takes away."""
    keys: set[int] = set()
    for draft in drafts:
        if draft.kind is ChangeKind.ADDED:
            keys.add(text_key(value_after(documents, draft).text))
        else:
            keys.update(text_key(text) for text in taken_away(documents, draft))
    return keys


def asked_sketches(documents: Sequence[DocumentStep], drafts: Iterable[Draft]) -> set[int]:
    """The sketches of what is added: an absent statement that shares one may be it, slightly altered."""
    found = (sketch(value_after(documents, draft).text) for draft in added(drafts))
    return {number for one in found if one is not None for number in one}


class Returning:
    """The absent statements, taken away one by one as they are found to be back."""

    def __init__(self, documents: Sequence[DocumentStep], memory: Memory, back: Iterable[int] = ()) -> None:
        self._documents = documents
        self._holders = memory.holders
        self._gone = set(back)  # back already
        self._absent: dict[int, list[Known]] = defaultdict(list)
        for known in memory.absent:
            self._absent[known.key].append(known)
        # The last ones to go are the first to come back; those that went together, in their order.
        for waiting in self._absent.values():
            waiting.sort(key=_last_gone)
        self._similar = sorted(memory.similar, key=_last_gone)

    def within(self, drafts: Iterable[Draft]) -> None:
        """Back in the same document, word for word."""
        for draft in added(drafts):
            head = self._documents[draft.document].step.head
            if head is not None:
                waiting = self._waiting(value_after(self._documents, draft))
                own = next((known for known in waiting if known.document == head.number), None)
                self._restore(draft, own)

    def across(self, drafts: Sequence[Draft]) -> None:
        """Back in another document, word for word; a text that stands somewhere is copied, and so is its second one."""
        going = {spot.number for draft in drafts if draft.kind is ChangeKind.REMOVED for spot in draft.before}
        seen = {key for key, holders in self._holders.items() if holders.keys() - going}
        for draft in added(drafts):
            value = value_after(self._documents, draft)
            key = text_key(value.text)
            if key not in seen and len(fold(value.text).split()) >= MIN_RESTORED_WORDS:
                self._restore(draft, next(iter(self._waiting(value)), None))
            seen.add(key)

    def altered(self, drafts: Iterable[Draft]) -> None:
        """Back with another wording: restored and revised. Clear matches alone, as between documents."""
        waiting = [known for known in self._similar if known.number not in self._gone]
        left = list(added(drafts))
        if not waiting or not left:
            return
        own = {head.number for one in self._documents if (head := one.step.head) is not None}
        for nearby in (True, False):  # the document's own first
            old = [known for known in waiting if (known.document in own) is nearby and known.number not in self._gone]
            self._pair(old, [draft for draft in left if draft.kind is ChangeKind.ADDED], same_document=nearby)

    def _pair(self, old: Sequence[Known], new: Sequence[Draft], *, same_document: bool) -> None:
        gone = {(-1 - at, 0): known for at, known in enumerate(old)}  # no document's: each may pair with any
        come = {(draft.document, draft.after[0]): draft for draft in new}
        pairs = match_across(
            [(place, Statement(known.text, links=known.links)) for place, known in gone.items()],
            [(place, value_after(self._documents, draft)) for place, draft in come.items()],
        )
        for source, destination, similarity in pairs:
            known, draft = gone[source], come[destination]
            head = self._documents[draft.document].step.head
            if same_document and (head is None or head.number != known.document):
                continue
            self._restore(draft, known)
            draft.similarity = round(similarity, 4)
            before = Statement(known.text, links=known.links)
            draft.classification = classify([before], [value_after(self._documents, draft)])

    def _waiting(self, value: Statement) -> Iterable[Known]:
        return (known for known in self._absent.get(text_key(value.text), ()) if known.number not in self._gone)

    def _restore(self, draft: Draft, known: Known | None) -> None:
        if known is not None:
            self._gone.add(known.number)
            draft.kind, draft.known = ChangeKind.RESTORED, known
            draft.similarity, draft.absent_since = 1.0, known.gone_at


def _last_gone(known: Known) -> tuple[float, int]:
    return -(known.gone_at.timestamp() if known.gone_at else 0.0), known.ordinal or 0


MIN_COPIED_WORDS = 4  # a shorter text stands in many documents by chance
NEARLY = 0.9  # the share of words, in order, that a near copy has in common with the text
_KEEP = (ChangeKind.ADDED, ChangeKind.MOVED, ChangeKind.RESTORED)  # take no text away
Holders = Mapping[int, Mapping[int, int]]  # text key -> number of a present statement -> its document


def taken_away(documents: Sequence[DocumentStep], draft: Draft) -> list[str]:
    """The texts before that a change takes away, those of a word or two aside."""
    if draft.kind in _KEEP:
        return []
    texts = [value_before(documents, spot).text for spot in draft.before]
    return [text for text in texts if len(fold(text).split()) >= MIN_COPIED_WORDS]


def taken_sketches(documents: Sequence[DocumentStep], drafts: Iterable[Draft]) -> set[int]:
    """The sketches of the texts that revisions take away: present statements that share one may be near copies."""
    revised = (draft for draft in drafts if draft.after)
    sketches = (sketch(text) for draft in revised for text in taken_away(documents, draft))
    return {number for one in sketches if one is not None for number in one}


class Copies:
    """Who holds which text once the snapshot is folded; `alike` are statements similar to what was taken away."""

    def __init__(self, documents: Sequence[DocumentStep], holders: Holders, alike: Iterable[Known]) -> None:
        self._documents = documents
        self._holders = holders
        self._alike: dict[int, list[Known]] = {}
        for known in alike:
            for number in known.sketch or ():
                self._alike.setdefault(number, []).append(known)

    def behind(self, draft: Draft) -> int:
        """How many statements of other documents hold the text before still."""
        texts = taken_away(self._documents, draft)
        if not texts:
            return 0
        head = self._documents[draft.before[0].document].step.head
        own = head.number if head else None
        same = {
            number
            for text in texts
            for number, document in self._holders.get(text_key(text), {}).items()
            if document != own
        }
        near = {known.number for text in texts for known in self._near(draft, text) if known.document != own}
        return len(same | near)

    def _near(self, draft: Draft, text: str) -> Iterator[Known]:
        """Nearly the text before, and no nearer to the text after: a copy that was revised already does not lag."""
        candidates = {known.number: known for one in sketch(text) or () for known in self._alike.get(one, ())}
        if not draft.after or not candidates:
            return
        after = " ".join(self._documents[draft.document].after[ordinal].text for ordinal in draft.after)
        old, new = fold(text).split(), fold(after).split()
        lags: dict[int, bool] = {text_key(text): False}  # by text key; who holds the very text is counted already
        for known in candidates.values():
            if known.key not in lags:
                words = fold(known.text).split()
                likeness = Indel.normalized_similarity(words, old, score_cutoff=NEARLY)
                lags[known.key] = likeness >= NEARLY and likeness > Indel.normalized_similarity(words, new)
            if lags[known.key]:
                yield known
