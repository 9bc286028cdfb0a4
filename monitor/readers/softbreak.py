"""What a line break inside a paragraph stands for: a space, or nothing."""

from __future__ import annotations

import re

_HYPHENATED = re.compile(r"\w-{1,2}$")
_WORD = re.compile(r"\w+")
# `pre- and post-war`: the hyphen stands for the word's other half, and a space follows it
_CONNECTING = frozenset({"and", "or", "to", "but", "nor", "und", "oder", "bis", "et", "ou", "y", "e", "o", "en", "of"})
LONGEST_TAIL = 3  # characters of the line before that matter


def joint(before: str, after: str) -> str:
    """What joins the end of a line and the beginning of the next one: `before` and `after` are not empty.

    Nothing where the script writes no spaces, and behind a hyphen, which may end a line without a space.
    """
    if _is_spaceless(before[-1]) and _is_spaceless(after[0]):
        return ""
    if before[-1] == "-" and _HYPHENATED.search(before[-LONGEST_TAIL:]):
        word = _WORD.match(after[:20])
        return "" if word and word.group().lower() not in _CONNECTING else " "
    return " "


def _is_spaceless(char: str) -> bool:
    # Chinese and Japanese with their punctuation, Thai and Lao; Korean writes spaces
    return "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" or "\u0e00" <= char <= "\u0eff"
