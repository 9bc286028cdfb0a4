"""What comes back after an absence, in the same document or another, as it was or slightly altered.

Questions are asked of the statements that a snapshot adds, once those that only moved are known. What they are asked
against comes in as values: absent statements with an equal or a similar text, and who holds a text now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from monitor.core.classification.classify import classify
from monitor.core.text.normalize import fold
from monitor.core.tracking.copies import Holders, taken_away
from monitor.core.tracking.cross_document import match_across
from monitor.core.tracking.drafts import DocumentStep, Draft, added, value_after
from monitor.core.tracking.ids import text_key
from monitor.core.tracking.sketch import sketch
from monitor.model import ChangeKind, Statement
from monitor.model.ledger import Known

FEWEST_WORDS = 4  # a shorter text (`Learn more`) that turns up in another document proves nothing


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
            if key not in seen and len(fold(value.text).split()) >= FEWEST_WORDS:
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
