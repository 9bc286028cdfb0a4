"""Collect the evidence for one change, and sign and check the file of published heads.

The evidence is both versions, the git objects that lead to them, and the chain of commits from the branch's head. The
file of heads has one line for each newest snapshot; its owner publishes it where nobody can alter it.

Signatures are made and checked by `ssh-keygen -Y`. It never prompts: a key with a passphrase must be held by an agent.
The signature of the file is `<file>.sig`. It is written to `<file>.sig.new` before the line is appended and renamed
after it, so a leftover `.sig.new` means an interrupted run, and the next run signs again.
"""

from __future__ import annotations

import logging
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from monitor.app.compare import statements_of
from monitor.app.monitor import Monitor, usual_rights
from monitor.app.queries import find_by_id
from monitor.app.read_documents import ReadOptions, read_options
from monitor.errors import ExtractError, StoreError, UsageError
from monitor.model import Change, Side, Snapshot
from monitor.reports.evidence import ArchivedVersion, Chain, Evidence
from monitor.snapshots.files import no_links, write_new
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import TREE, GitObject, encode_path, parse_commit, ref_of, tree_entries
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.writer import sync_folder

log = logging.getLogger(__name__)

NAMESPACE = "monitor"  # what a signature is good for: one made for something else cannot be passed off as one of ours
_VARIABLES = ("PATH", "HOME", "SSH_AUTH_SOCK")


def sign(key: Path, data: bytes) -> bytes:
    """A detached signature, armoured. StoreError where `ssh-keygen` or the key is missing, or the key is locked."""
    if not key.exists():
        raise StoreError(f"the heads cannot be signed: there is no key {key}; see [evidence] key")
    return _ssh_keygen(["-Y", "sign", "-n", NAMESPACE, "-f", str(key)], data)


def signers(key: Path) -> bytes:
    """The file that checking needs, one line: who may sign, for what, with which public key."""
    beside = key.with_name(key.name + ".pub")
    public = beside.read_bytes() if beside.exists() else _ssh_keygen(["-y", "-f", str(key)], b"")
    kind, number = public.split()[:2]
    return b'%s namespaces="%s" %s %s\n' % (NAMESPACE.encode(), NAMESPACE.encode(), kind, number)


def check(key: Path, data: bytes, signature: bytes) -> str | None:
    """Why this is no signature of the key over these bytes; None where it is."""
    with tempfile.TemporaryDirectory() as folder:
        allowed, detached = Path(folder, "signers"), Path(folder, "signature")
        try:
            allowed.write_bytes(signers(key))
            detached.write_bytes(signature)
            known = ["-f", str(allowed), "-I", NAMESPACE, "-n", NAMESPACE]
            _ssh_keygen(["-Y", "verify", *known, "-s", str(detached)], data)
        except StoreError as error:
            return str(error)
    return None


def _ssh_keygen(arguments: list[str], data: bytes) -> bytes:
    try:
        done = subprocess.run(
            ["ssh-keygen", *arguments],
            input=data,
            capture_output=True,
            env={name: os.environ[name] for name in _VARIABLES if name in os.environ},
            start_new_session=True,  # no terminal that it could ask for a passphrase
            check=False,
        )
    except OSError as error:
        message = f"ssh-keygen cannot be run ({error.strerror}): install OpenSSH, or unset [evidence] key"
        raise StoreError(message) from error
    if done.returncode:
        output = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
        raise StoreError(f"ssh-keygen {' '.join(arguments[:2])} failed: {output[-1] if output else 'no reason given'}")
    return done.stdout


_LINE = 200  # bytes; a line has fewer


def append_head(path: Path, head: str, when: datetime, key: Path | None = None) -> None:
    """Append `time commit` unless the last line names this commit already, so that a run that could not is made good.

    StoreError where it cannot be written or signed: the snapshot is recorded then, and the next run tries again.
    """
    try:
        with usual_rights():
            path.parent.mkdir(parents=True, exist_ok=True)
            opened = open(path, "a+b", opener=no_links)  # noqa: SIM115 - closed below
        with opened as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LINE))
            end = file.read()
            named = end.endswith(f" {head}\n".encode("ascii"))
            if named and (key is None or _is_signed(path)):
                log.info("%s ends with head %s already", path, head)
                return
            torn = b"\n" if end and not end.endswith(b"\n") else b""
            line = b"" if named else torn + f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {head}\n".encode("ascii")
            if key is not None:
                file.seek(0)
                _sign(path, key, file.read() + line)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        log.info("head %s %s in %s", head, "signed again" if named else "appended", path)
        if key is not None:
            _unfinished(path).replace(signature_of(path))
    except OSError as error:
        raise StoreError(f"the head cannot be appended to {path}: {error.strerror or error}") from error


def signature_of(path: Path) -> Path:
    """Where the signature of a file of heads lies."""
    return path.with_name(path.name + ".sig")


def flaw_of_heads(path: Path, key: Path) -> str | None:
    """What is wrong with the signature of a file of heads, and what to do; None where nothing is, or nothing was
    published yet."""
    try:
        if not path.exists():
            return None
        flaw = check(key, path.read_bytes(), signature_of(path).read_bytes())
    except OSError as error:
        flaw = f"{error.filename or path} cannot be read: {error.strerror or error}"
    if flaw is None or not _is_signed(path):
        return flaw and f"{flaw}; `monitor run` signs them"
    return (
        f"{flaw}; compare {path} with a copy that others have, put back what differs, and delete"
        f" {signature_of(path).name}: `monitor run` signs the file as it is then"
    )


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + ".sig.new")


def _is_signed(path: Path) -> bool:
    """As far as the names of the files say."""
    return signature_of(path).exists() and not _unfinished(path).exists()


def _sign(path: Path, key: Path, data: bytes) -> None:
    signature = sign(key, data)
    with usual_rights():
        write_new(_unfinished(path), signature)
    sync_folder(_unfinished(path))


def collect_evidence(monitor: Monitor, prefix: str) -> Evidence:
    """What proves the change whose id begins with `prefix`; UsageError where there is none."""
    change = find_by_id(monitor.ledger, prefix)
    if not isinstance(change, Change):
        raise UsageError(
            f"{prefix} is a statement, and evidence is for a change: `monitor show {prefix}` lists its changes"
        )
    found = _EvidenceCollector(monitor.snapshots, read_options(monitor.settings)).collect(change)
    names = {change.document, change.document_id, change.document_before}
    own = [one for one in monitor.tombstones() if not names.isdisjoint({one.document_id, one.document, *one.names})]
    rewritten = monitor.snapshots.removals()[-1:]
    return found._replace(
        signed=_signed(*monitor.settings.evidence), removed=own, rewritten=rewritten[0]["at"] if rewritten else None
    )


def _signed(heads: Path | None, key: Path | None) -> dict[str, bytes]:
    """The heads with their signature and what it takes to check it; nothing where they are not signed."""
    if heads is None or key is None or not heads.exists():
        return {}

    flaw = flaw_of_heads(heads, key)
    if flaw is not None:
        raise StoreError(f"the signature of the heads is not valid: {flaw}")
    return {
        "heads.txt": heads.read_bytes(),
        "heads.txt.sig": signature_of(heads).read_bytes(),
        "signers": signers(key),
    }


class _EvidenceCollector:
    """Collects the objects on the way, each once."""

    def __init__(self, store: GitSnapshots, options: ReadOptions) -> None:
        self._store, self._options = store, options
        self._objects: dict[str, tuple[str, bytes]] = {}

    def collect(self, change: Change) -> Evidence:
        source, history = self._history(change.snapshot)
        at = next(number for number, one in enumerate(history) if one.id == change.snapshot)
        versions = [*self._befores(change, source, history[:at]), *self._afters(change, source, history[at])]
        chains = tuple(self._chains(source, [version.snapshot for version in versions]))
        return Evidence(change, versions, chains, dict(self._objects))

    def _history(self, snapshot: str) -> tuple[str, Sequence[Snapshot]]:
        for source in self._store.sources():
            found = self._store.snapshots(source)
            if any(one.id == snapshot for one in found):
                return source, found
        raise UsageError(
            f"snapshot {snapshot} of the change is not in the store: `monitor rebuild` makes the ledger from what is"
        )

    def _befores(self, change: Change, source: str, history: Sequence[Snapshot]) -> Iterator[ArchivedVersion]:
        if change.absent_since is not None:  # as of then it was gone: the text is looked for, so `<=` for equal seconds
            history = [one for one in history if one.taken_at <= change.absent_since]
        fallback = change.document_before or change.document
        for number, path in enumerate(_documents(change.before) or [fallback], start=1):
            sides = [side for side in change.before if side.document == path]
            found = self._newest(reversed(history), source, path, sides)
            if found is not None:
                yield found._replace(side="before" if number == 1 else f"before-{number}")

    def _afters(self, change: Change, source: str, snapshot: Snapshot) -> Iterator[ArchivedVersion]:
        for number, path in enumerate(_documents(change.after) or [change.document], start=1):
            yield self._version("after" if number == 1 else f"after-{number}", snapshot, source, path)

    def _newest(
        self, history: Iterator[Snapshot], source: str, path: str, sides: Sequence[Side]
    ) -> ArchivedVersion | None:
        """The newest version that holds the text of these sides: one that could not be read may lie between."""
        known: set[str | None] = {None}
        for snapshot in history:
            blob = self._object_path(snapshot.id, source, path)[1]
            if blob not in known and self._holds(path, str(blob), sides):
                return self._version("before", snapshot, source, path)
            known.add(blob)
        return None

    def _holds(self, path: str, blob: str, sides: Sequence[Side]) -> bool:
        if not sides:
            return True
        try:
            statements = statements_of(path, self._store.read(blob), self._options) or ()
        except ExtractError:
            return False
        return all(side.ordinal < len(statements) and statements[side.ordinal].text == side.text for side in sides)

    def _version(self, side: str, snapshot: Snapshot, source: str, path: str) -> ArchivedVersion:
        """A version, whose objects are kept."""
        objects, blob = self._object_path(snapshot.id, source, path)
        self._objects.update((one.id, (one.kind, one.data)) for one in objects)
        ids = tuple(one.id for one in objects)
        if blob is None:
            return ArchivedVersion(side, path, snapshot, ids, None)
        return ArchivedVersion(side, path, snapshot, (*ids, blob), self._store.read(blob))

    def _object_path(self, snapshot: str, source: str, path: str) -> tuple[list[GitObject], str | None]:
        """The commit and the trees towards a document, as far as they go, and its blob where it is there."""
        commit = self._store.object(snapshot)
        parsed = parse_commit(snapshot, source, commit.data)
        name = path.removeprefix(f"{source}/") if source else path
        objects, wanted = [commit], parsed.tree
        parts = (DOCUMENTS + (encode_path(name) if parsed.encoded else os.fsencode(name))).split(b"/")
        for part in parts:
            objects.append(self._store.object(wanted))
            entry = next((one for one in tree_entries(objects[-1].data) if one.name == part), None)
            if entry is None or (entry.mode == TREE) is (part is parts[-1]):
                return objects, None
            wanted = entry.id
        return objects, wanted

    def _chains(self, source: str, snapshots: Sequence[Snapshot]) -> Iterator[Chain]:
        """From the head of each branch on which one of the snapshots lies down to the oldest of them."""
        wanted: dict[str, set[str]] = {}
        for one in snapshots:
            watched = not source and one.origin is None
            wanted.setdefault("" if watched else source or str(self._store.earlier_history()), set()).add(one.id)
        for branch, ids in wanted.items():
            commits: list[str] = []
            parent = self._store.head(branch)
            while parent is not None and ids:
                found = self._store.object(parent)
                self._objects[found.id] = (found.kind, found.data)
                commits.append(found.id)
                ids.discard(found.id)
                parents = parse_commit(found.id, branch, found.data).parents
                parent = parents[0] if parents else None
            yield Chain(ref_of(branch), tuple(commits), parent)


def _documents(sides: Sequence[Side]) -> list[str]:
    return list(dict.fromkeys(side.document for side in sides))
