"""The archive that `monitor evidence` writes. The same facts give the same bytes.

To check it, one needs git and the usual checksum programs, but neither the monitor nor its store: its README lists
each step. No command in it contains a name or text chosen by the author of a document.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from monitor.model import Change, Snapshot, Tombstone
from monitor.reports.json import change_json, dumps, snapshot_json, time_json, tombstone_json

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that an archive can hold


class ArchivedVersion(NamedTuple):
    """A document in one snapshot. `object_ids` go from the commit down to the blob, which is absent where `data` is."""

    side: str  # "before", "after"; "before-2" where a change has more than one document on a side
    document: str
    snapshot: Snapshot
    object_ids: tuple[str, ...]
    data: bytes | None


class Chain(NamedTuple):
    """Commits from the head of a branch down, newest first, and the parent of the last, which is not in the archive."""

    ref: str
    commits: tuple[str, ...]
    before: str | None


class Evidence(NamedTuple):
    """Everything that goes into one archive; `objects`: id -> (kind, content as git hashes it, without its header).

    `signed`: `heads.txt`, `heads.txt.sig` and `signers`, where heads are signed. `removed`: what was removed of the
    document by request; `rewritten`: when the history was written again for the last time (ISO 8601).
    """

    change: Change
    versions: Sequence[ArchivedVersion]
    chains: Sequence[Chain]
    objects: Mapping[str, tuple[str, bytes]]
    signed: Mapping[str, bytes] = MappingProxyType({})
    removed: Sequence[Tombstone] = ()
    rewritten: str | None = None


def write_evidence(evidence: Evidence, stream: BinaryIO) -> None:
    """Write the archive, a zip file."""
    files = {f"objects/{one}.{kind}": data for one, (kind, data) in evidence.objects.items()}
    files |= {f"{one.side}.bin": one.data for one in evidence.versions if one.data is not None}
    files |= evidence.signed
    files["change.json"] = (dumps(evidence_manifest(evidence), indent=2) + "\n").encode("utf-8", "backslashreplace")
    files["README.txt"] = _recipe(evidence).encode()
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode("ascii")
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)


def evidence_manifest(evidence: Evidence) -> dict[str, object]:
    return {
        "change": change_json(evidence.change),
        "versions": [
            {
                "side": one.side,
                "document": one.document,
                "file": None if one.data is None else f"{one.side}.bin",
                "snapshot": snapshot_json(one.snapshot),
                "way": list(one.object_ids),
            }
            for one in evidence.versions
        ],
        "heads": {one.ref: one.commits[0] for one in evidence.chains},
        "removed_by_request": [tombstone_json(one) for one in evidence.removed],
        "history_rewritten": evidence.rewritten,
    }


_FACTS = """\
Evidence of one change of a document
====================================

change     {id}
document   {document}
kind       {kind}
{dates}
change.json tells the change; before.bin and after.bin hold the exact bytes of both versions, as far as there was one;
objects/ holds the git objects that lead from a head of the history to these bytes, each without git's header. Ids are
SHA-1 sums over a header and the content; a commit names its tree and the commit before it, a tree the things in it.
Who knows the head therefore knows that none of this was altered since the head was published.

You need git, sha256sum and sha1sum. The lines that are indented are commands for a shell, in the folder of this file;
run them in this order. Each stops with an error where something does not fit.

1. The files are those that were packed.

    sha256sum --check --quiet SHA256SUMS

2. Every object has the id that its file is named for.

    for file in objects/*.*; do name=${{file##*/}}; kind=${{name##*.}}; \
sum=$( {{ printf '%s %s\\0' "$kind" "$(($(wc -c < "$file")))"; cat "$file"; }} | sha1sum ); \
test "${{sum%% *}}" = "${{name%%.*}}"; done

3. git says the same: the objects go into an empty repository.

    git init --quiet --bare --template= --object-format=sha1 check.git
    for file in objects/*.*; do name=${{file##*/}}; \
test "$(git --git-dir=check.git hash-object -w -t "${{name##*.}}" --stdin < "$file")" = "${{name%%.*}}"; done
"""

_SIGNED = """\
{number}. The published head stands in heads.txt, which was signed with the key in signers: compare that key with the
   one that its owner published elsewhere. This step needs OpenSSH.

    grep -q " $published$" heads.txt
    ssh-keygen -Y verify -f signers -I monitor -n monitor -s heads.txt.sig < heads.txt
"""


def _recipe(evidence: Evidence) -> str:
    change = evidence.change
    dates = "".join(
        f"{one.side:<10} taken {_time(one.snapshot.taken_at)}, recorded {_time(one.snapshot.recorded_at)}\n"
        for one in evidence.versions
    )
    parts = [_FACTS.format(id=change.id, document=json.dumps(change.document), kind=change.kind, dates=dates)]
    if evidence.removed:
        parts.append("Versions of this document were removed by request; change.json says when, by whom and why.\n")
    if evidence.rewritten:
        parts.append(
            f"The history was written again at {evidence.rewritten}, to remove something from it: a head that was\n"
            "published before then is no commit of it any more.\n"
        )
    for number, chain in enumerate(evidence.chains, start=4):
        parts.append(_chain(number, chain, evidence))
    for number, version in enumerate(evidence.versions, start=4 + len(evidence.chains)):
        parts.append(_object_path(number, version))
    if evidence.signed:
        parts.append(_SIGNED.format(number=4 + len(evidence.chains) + len(evidence.versions)))
    parts.append("The dates stand in the commits: author is when it was taken, committer when it was recorded.\n")
    commits = dict.fromkeys(one.object_ids[0] for one in evidence.versions)
    parts += [f"    git --git-dir=check.git cat-file commit {commit}\n" for commit in commits]
    return "\n".join(parts)


def _chain(number: int, chain: Chain, evidence: Evidence) -> str:
    lines = [
        f"{number}. The chain of {chain.ref}, beginning with its head when this was made. Write a head that was",
        "   published in its place; it must be one of the commits in objects/, and not older than what it proves.\n",
        f"    published={chain.commits[0]}",
    ]
    if chain.before is not None:
        lines.append(f"    echo {chain.commits[-1]} >> check.git/shallow")
    commits = dict.fromkeys(one.object_ids[0] for one in evidence.versions if one.object_ids[0] in chain.commits)
    lines += [f'    git --git-dir=check.git merge-base --is-ancestor {one} "$published"' for one in commits]
    return "\n".join(lines) + "\n"


def _object_path(number: int, version: ArchivedVersion) -> str:
    commit, root, *below = version.object_ids
    names = "the commit names its tree, and each tree the next thing on the way"
    lines = [f"{number}. {version.side}: {names}.\n"]
    lines.append(f'    test "$(git --git-dir=check.git rev-parse {commit}^{{tree}})" = {root}')
    for tree, entry in zip((root, *below), below, strict=False):
        lines.append(f"    git --git-dir=check.git cat-file -p {tree} | grep -q {entry}")
    if version.data is None:
        lines.append("\n   The document was not there: the last tree does not name it.\n")
        lines.append(f"    git --git-dir=check.git cat-file -p {version.object_ids[-1]}")
    else:
        lines.append(f'    test "$(git hash-object --stdin < {version.side}.bin)" = {version.object_ids[-1]}')
    return "\n".join(lines) + "\n"


def _time(when: datetime) -> str:
    return str(time_json(when))
