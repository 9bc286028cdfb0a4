"""Why a change was judged as it was, in words, from the texts of both sides.

Apart from `views`, since it takes all the rules of classification, which a list of changes does not need.
"""

from __future__ import annotations

from monitor.core.classification.classify import classify
from monitor.core.text.normalize import visible
from monitor.model import Aspect, Change, ChangeKind, Statement

LONGEST_REASON = 240  # characters
_ASPECTS = tuple(f"{aspect}: " for aspect in Aspect)


def reason_of(change: Change, language: str | None = None) -> str:
    """Why a change is what it is, in words: `60 days → 90 days; may → will (stronger)`.

    Empty where nothing is compared: a statement came, went or moved. `language` is that of the document, where the
    change does not say it.
    """
    if not (change.before and change.after) or change.kind is ChangeKind.MOVED:
        return ""
    old, new = ([Statement(side.text, links=side.links) for side in sides] for sides in (change.before, change.after))
    reasons = "; ".join(_plain(reason) for reason in classify(old, new, language or change.document_language).reasons)
    shown = visible(reasons)
    return shown if len(shown) <= LONGEST_REASON else f"{shown[:LONGEST_REASON].rpartition(' ')[0]} …"


def _plain(reason: str) -> str:
    return next((reason.removeprefix(start) for start in _ASPECTS if reason.startswith(start)), reason)
