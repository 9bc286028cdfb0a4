"""Links that rest on a template alone: `Mia Bloom, Founder of Dexter` is no revision of `Li Wei, Founder of Baidou`.

Where each of two statements is as much like its own neighbours as it is like the other, what they share is what the
lines around share too, and says nothing of the two being the same.
"""

from __future__ import annotations

from monitor.core.anchors import Pair
from monitor.core.likeness import Likeness

NEARBY = 8
"""Statements to either side that are looked at; lines of one template stand together."""

_SURE = 0.6  # the likeness from which a link is no longer doubted


def rests_on_template(likeness: Likeness, pair: Pair) -> bool:
    """Whether what the two statements share is what their neighbours share as well."""
    value = likeness.of(*pair)
    return value < _SURE and all(_like_neighbours(likeness, side, at) >= value for side, at in enumerate(pair))


def _like_neighbours(likeness: Likeness, side: int, at: int) -> float:
    """How much the statement is like the most alike of its neighbours on its own side."""
    keys, lexicon = likeness.keys[side], likeness.lexicon
    own = keys[at]
    around = {keys[k] for k in range(max(0, at - NEARBY), min(len(keys), at + NEARBY + 1))} - {own}
    form = lexicon.form(own)
    return max((lexicon.alike(form, lexicon.form(key)) for key in around), default=0.0)
