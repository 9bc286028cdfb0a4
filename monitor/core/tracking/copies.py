"""The copies of a statement that lag behind: who holds the text that a change takes away, word for word or nearly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import Indel

from monitor.core.text.normalize import fold
from monitor.core.tracking.drafts import DocumentStep, Draft, value_before
from monitor.core.tracking.ids import text_key
from monitor.core.tracking.sketch import sketch
from monitor.model import ChangeKind
from monitor.model.ledger import Known

FEWEST_WORDS = 4  # a shorter text stands in many documents by chance
NEARLY = 0.9  # the share of words, in order, that a near copy has in common with the text
_KEEP = (ChangeKind.ADDED, ChangeKind.MOVED, ChangeKind.RESTORED)  # take no text away
Holders = Mapping[int, Mapping[int, int]]  # text key -> number of a present statement -> its document


def taken_away(documents: Sequence[DocumentStep], draft: Draft) -> list[str]:
    """The texts before that a change takes away, those of a word or two aside."""
    if draft.kind in _KEEP:
        return []
    texts = [value_before(documents, spot).text for spot in draft.before]
    return [text for text in texts if len(fold(text).split()) >= FEWEST_WORDS]


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
