"""How a path of the watched folder is written in a git tree, and read back.

Git refuses or ignores some names (`.git` and what case-folding, HFS+ or NTFS take for it), and they must be kept
like any other. Such a component is written with its first byte as `%XX`; so is one that starts with `%`, so that a
leading `%XX` always means an encoded one. Everything else stands as it is, byte for byte.

Names: `str` with surrogate escapes on our side (`os.fsdecode`), bytes in trees.
"""

from __future__ import annotations

import os
import re

# What HFS+ leaves out when it compares names (the list in git's utf8.c, from Apple's TN1150).
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
# The short names that NTFS may give to git's own files (`.gitmodules` is GITMOD~1, or GI7EBA~1 where that is taken).
_SHORT_ON_NTFS = re.compile("(?:g[^~]{0,5})?~[1-9]")
_ENCODED = re.compile(rb"%[0-9A-F]{2}")


def encode_path(path: str) -> bytes:
    """The path as it stands in a tree; no two paths share one."""
    raw = os.fsencode(path)
    if b"%" not in raw and b"~" not in raw and b"git" not in raw.lower() and raw.isascii():
        return raw  # nearly every path: no component needs a look
    return b"/".join(map(_encode, raw.split(b"/")))


def decode_path(raw: bytes) -> str:
    """The path that `encode_path` was given."""
    if b"%" in raw:
        raw = b"/".join(map(_decode, raw.split(b"/")))
    return os.fsdecode(raw)


def _encode(name: bytes) -> bytes:
    if name.startswith(b"%") or _taken_for_git(name):
        return b"%%%02X" % name[0] + name[1:]
    return name


def _decode(name: bytes) -> bytes:
    if _ENCODED.match(name):
        return bytes([int(name[1:3], 16)]) + name[3:]
    return name


def _taken_for_git(name: bytes) -> bool:
    text = _IGNORED_BY_HFS.sub("", name.decode("utf-8", "surrogateescape")).lower()
    return text.startswith((".git", "git~")) or _SHORT_ON_NTFS.match(text) is not None
