"""Take a document, or its versions of a time, out of everything that the store holds, and leave a tombstone.

First the new history is written beside the old one, and the plan into the file `forgetting.json`. From then on every
step can be repeated: a `run` or `forget` after an interruption goes on where it ended.
"""

from __future__ import annotations

import html
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from monitor.app.evidence import append_head
from monitor.app.fold import fold_again
from monitor.app.monitor import FORGETTING, LOCK, SCAN_CACHE, Monitor, Progress, StoreLock, silent, usual_rights
from monitor.app.publish import feed
from monitor.app.queries import find_document
from monitor.app.read_documents import read_options
from monitor.app.store_check import note_record
from monitor.config import Settings
from monitor.errors import UsageError
from monitor.ledger.codec import path_from_text, time_from_text
from monitor.model import Document
from monitor.snapshots.files import write_new
from monitor.snapshots.git_objects import FORGOTTEN, ref_of
from monitor.snapshots.history_copy import read_refs
from monitor.snapshots.rewrite import HistoryRewriter, remove_unreachable, write_object
from monitor.snapshots.scan_cache import Header, ScanCache
from monitor.snapshots.writer import sync_folder

_ASIDE = ("refs/monitor/aside/", "monitor-aside/")


class ForgetPlan(NamedTuple):
    """What would be taken out: blob ids by the path in the source, and what cannot be reached, a line each."""

    document: Document
    source: str
    versions: Mapping[str, frozenset[str]]
    unreachable: Sequence[str]

    @property
    def version_count(self) -> int:
        """How many versions."""
        return len({blob for blobs in self.versions.values() for blob in blobs})


def plan_forget(monitor: Monitor, name: str, since: datetime | None, until: datetime | None) -> ForgetPlan:
    """What `forget` would do; nothing is changed. UsageError where there is no such document, or no version then.

    A version belongs to a time if it was first seen in it; its bytes go wherever the document had them.
    """
    document = find_document(monitor.ledger, name, monitor.settings.watched)
    source = next((one for one in monitor.snapshots.sources() if one and document.path.startswith(f"{one}/")), "")
    versions: dict[str, set[str]] = {}
    query = "SELECT path, blob, taken_at FROM versions_view WHERE document_id = :id AND blob IS NOT NULL"
    with monitor.ledger_database.read_transaction() as transaction:
        for path, blob, taken in transaction.rows(query, {"id": document.id}):
            if (since is None or time_from_text(taken) >= since) and (until is None or time_from_text(taken) <= until):
                versions.setdefault(path_from_text(path)[len(source) + 1 if source else 0 :], set()).add(blob)
        blobs = {blob for found in versions.values() for blob in found}
        others = transaction.rows(
            "SELECT DISTINCT document, blob FROM versions_view WHERE document_id <> :id", {"id": document.id}
        )
    if not versions:
        raise UsageError(f"{document.path} has no version of that time: `monitor log {document.path}` lists them")
    copies = sorted({path_from_text(path) for path, blob in others if blob in blobs})
    frozen = {path: frozenset(found) for path, found in versions.items()}
    return ForgetPlan(document, source, frozen, list(_unreachable(monitor, document, copies)))


def _unreachable(monitor: Monitor, document: Document, copies: Sequence[str]) -> Iterator[str]:
    settings = monitor.settings
    for path in copies:
        yield f"{path} holds the same bytes: forget it, too"
    for watch in settings.watched:
        below = document.path.removeprefix(f"{watch.name}/") if watch.name else document.path
        if (watch.folder / below).exists():
            yield f"{watch.folder / below} is still there: it is skipped as long as it holds these bytes; delete it"
    yield "backups and other copies of the store, archives of `monitor evidence`, exports, and texts of other documents"
    if settings.notify.channels:
        yield "notices that were sent"
    if settings.evidence.heads is not None:
        yield f"copies of {settings.evidence.heads}: the ids in them are no more; the file says so"
    yield "comments of reviewers that quote it, in the reviews and on their branch"
    if settings.store.ledger != "sqlite":
        yield "write-ahead logs and backups of the database server"


def forget(
    settings: Settings,
    name: str,
    reason: str,
    who: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    wait: float = 0,
    progress: Progress = silent,
) -> ForgetPlan:
    """Take the document out, for good; what was done and what cannot be reached."""
    lock = StoreLock(settings.store.snapshots / LOCK, "monitor forget")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        finish_forgetting(monitor, progress)
        plan = plan_forget(monitor, name, since, until)
        _write_plan(monitor, plan, reason, who)
        finish_forgetting(monitor, progress)
    return plan


def _write_plan(monitor: Monitor, plan: ForgetPlan, reason: str, who: str) -> None:
    store, now = monitor.snapshots, datetime.now(UTC)
    sources = [plan.source]
    earlier = store.earlier_history()
    if not plan.source and earlier is not None:
        sources = [earlier, ""]
    refs, commits = {}, dict[str, str]()
    for source in sources:
        rewriter = HistoryRewriter(store.object, store.repository, plan.versions)
        rewriter.rewrite(snapshot.id for snapshot in store.snapshots_of(source))
        head = store.newest_snapshots().get(source)
        if head is not None and head in rewriter.commits:
            refs[ref_of(source)] = rewriter.commits[head]
        commits |= rewriter.commits
    tombstone = {
        "document": plan.document.path,
        "document_id": plan.document.id,
        "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": who,
        "reason": reason,
        "blobs": sorted({blob for blobs in plan.versions.values() for blob in blobs}),
        "snapshots": len(commits),
    }
    names = sorted({plan.document.path, *(f"{plan.source}/{path}" if plan.source else path for path in plan.versions)})
    document = {"refs": refs, "commits": commits, "names": names, "tombstone": tombstone}
    path = monitor.settings.store.snapshots / FORGETTING
    new = path.with_name(f"{FORGETTING}.new")
    write_new(new, json.dumps(document).encode("ascii"))
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def finish_forgetting(monitor: Monitor, progress: Progress = silent) -> None:
    """Do what the plan of a `forget` says, where there is one; the caller holds the lock. Repeating it does no harm."""
    path = monitor.settings.store.snapshots / FORGETTING
    try:
        plan: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return
    _move_refs(monitor, plan)
    remove_unreachable(monitor.snapshots.start, monitor.snapshots.repository)
    monitor.snapshots.close()
    ScanCache(monitor.settings.store.snapshots / SCAN_CACHE, Header()).save()
    for old in monitor.settings.store.snapshots.glob("*.aside-*"):
        old.unlink()
    _rewrite_journal(monitor.settings, plan["commits"])
    options = read_options(monitor.settings)
    fold_again(monitor.snapshots, monitor.writer, progress, options, why="a document was forgotten")
    monitor.reviews.erase(plan["names"])
    note_record(monitor)
    _remove_reports(monitor.settings, plan)
    _rewrite_feeds(monitor, plan)
    _announce(monitor, plan)
    monitor.vacuum()
    path.unlink()


def _move_refs(monitor: Monitor, plan: Mapping[str, Any]) -> None:
    store = monitor.snapshots
    known = store.tombstones()
    if plan["tombstone"] not in known:
        data = json.dumps([*known, plan["tombstone"]], indent=1).encode("ascii")
        plan["refs"][FORGOTTEN] = write_object(store.repository, "blob", data)
    gone = [ref for ref in read_refs(store.repository) if ref.startswith(_ASIDE)]
    store.move_refs(plan["refs"], gone)
    for path in (store.repository / "monitor-aside").glob("*"):
        path.unlink()


def _rewrite_journal(settings: Settings, commits: Mapping[str, str]) -> None:
    """Let the journal name the snapshots as they are called now."""
    for path in (settings.journal, settings.journal.with_suffix(".1.jsonl")):
        if not path.exists():
            continue
        lines = []
        for line in path.read_bytes().splitlines():
            try:
                document = json.loads(line)
                document["snapshot"] = commits.get(document["snapshot"], document["snapshot"])
                lines.append(json.dumps(document, separators=(",", ":")).encode("ascii"))
            except (ValueError, LookupError, TypeError, RecursionError):
                lines.append(line)
        new = path.with_name(f"{path.name}.new")
        write_new(new, b"".join(line + b"\n" for line in lines))
        new.replace(path)


def _remove_reports(settings: Settings, plan: Mapping[str, Any]) -> None:
    """Remove the reports that name the document."""
    folder = settings.report.folder
    wanted = [
        form.encode("utf-8", "backslashreplace")
        for name in plan["names"]
        for form in (name, html.escape(name), json.dumps(name)[1:-1], json.dumps(name, ensure_ascii=False)[1:-1])
    ]
    for path in folder.glob("*-*Z-*.*") if folder.is_dir() else ():
        if path.is_file() and any(name in path.read_bytes() for name in wanted):
            path.unlink()


def _rewrite_feeds(monitor: Monitor, plan: Mapping[str, Any]) -> None:
    """Write the feeds of all documents and of terms again; the document's own goes."""
    folder = monitor.settings.feeds.folder
    if folder is None or not folder.is_dir():
        return
    (folder / f"document-{plan['tombstone']['document_id']}.atom").unlink(missing_ok=True)
    for path in folder.glob("term-*.atom"):
        path.unlink()  # the next run that finds a change writes it again
    if (folder / "all.atom").exists():
        with usual_rights():
            write_new(folder / "all.atom", feed(monitor))


def _announce(monitor: Monitor, plan: Mapping[str, Any]) -> None:
    """Say in the published heads that the history was written again, and give the new head."""
    heads, key = monitor.settings.evidence
    head = monitor.snapshots.head()
    if heads is None or not heads.exists() or head is None:
        return
    line = f"# history rewritten {plan['tombstone']['at']}: a document was removed by request; ids above are no more\n"
    if line not in heads.read_text("utf-8", "replace"):
        with usual_rights(), heads.open("a", encoding="utf-8") as file:
            file.write(line)
    append_head(heads, head, datetime.now(UTC), key)
