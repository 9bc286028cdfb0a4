"""Capture failures and skipped entries of a folder, stored with the snapshot.

The snapshot's tree has one JSON file for each folder with failures, `manifest/<folder>/%folder.json`, which holds
`{"failures": {name: reason}, "skipped": {name: reason}}`. The name "" is the folder itself. The file of the whole set
also has `"unwatched": {path: reason}`: documents that the patterns leave out since. No document is named
`%folder.json` in a tree, since a leading `%` is always followed by two hexadecimal digits there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from monitor.errors import StoreError
from monitor.model import Failure
from monitor.snapshots.git_objects import decode_path, encode_path

PREFIX = b"manifest/"
LEAF = b"%folder.json"


class CaptureFailures(NamedTuple):
    """One folder's failures and skipped things, by name; a reason is one line and the same as long as it holds."""

    failures: Mapping[str, str] = MappingProxyType({})
    skipped: Mapping[str, str] = MappingProxyType({})
    unwatched: Mapping[str, str] = MappingProxyType({})

    def to_bytes(self) -> bytes:
        """The file's content; empty where there is nothing to tell."""
        if not any(self):
            return b""
        content = {name: dict(reasons) for name, reasons in self._asdict().items() if reasons or name != "unwatched"}
        return json.dumps(content, sort_keys=True, indent=1).encode("ascii") + b"\n"


def parse_capture_failures(data: bytes) -> CaptureFailures:
    """The content of such a file; StoreError where it is none."""
    if not data:
        return CaptureFailures()
    try:
        content = json.loads(data)
        failures = CaptureFailures(content["failures"], content["skipped"], content.get("unwatched", {}))
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(f"a manifest of the snapshot repository cannot be read: {error}") from None
    for reasons in failures:
        if not isinstance(reasons, dict) or not all(isinstance(reason, str) for reason in reasons.values()):
            raise StoreError("a manifest of the snapshot repository cannot be read: it holds no reasons")
    return failures


def tree_path(folder: str) -> bytes:
    """Where the file of a folder ("" is the watched one) stands in a snapshot's tree."""
    return PREFIX + (encode_path(folder) + b"/" if folder else b"") + LEAF


def folder_of(path: bytes) -> str:
    """The folder that the file at this place in the tree tells of."""
    return decode_path(path[len(PREFIX) : -len(LEAF) - 1])


def as_failures(folder: str, reasons: Mapping[str, str]) -> Iterator[Failure]:
    """One folder's reasons under full paths, by name."""
    for name, reason in sorted(reasons.items()):
        yield Failure("/".join(filter(None, (folder, name))), reason)
