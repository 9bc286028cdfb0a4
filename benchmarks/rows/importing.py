"""A whole history imported and folded, against git reading it; and what is asked of the ledger that comes of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from figures import Figure
from measuring import Usage, cpus, process, ratio, spread, walls
from place import ENVIRONMENT, GIT_ENVIRONMENT, NOTHING, Bench, git, git_says, import_into, monitor, settings_of

from monitor.app.monitor import Monitor
from monitor.config import LEDGER

ARCHIVE, DOCUMENT = "ota-pga-versions", "Facebook/Privacy Policy.md"
QUICK = "2022-08-31"  # where the history ends in a quick run


def importing(bench: Bench) -> Iterator[Figure]:
    _, clone = bench.history(ARCHIVE)
    with bench.room() as room:
        place, two = room / "one", room / "two"
        measured = bench.compare(
            {
                "log": lambda: git(clone, "log", "-p", "--first-parent"),
                "blame": lambda: _blame(clone),
                "one": lambda: import_into(place, clone, *_until(bench), memory=True),
                "two": lambda: import_into(two, clone, *_until(bench), "--jobs", "2"),
            },
            warm_up=False,
        )
        size = sum(file.stat().st_size for file in (place / "snapshots").glob(f"{LEDGER}*"))
    log, one, two_processes = measured["log"], measured["one"], measured["two"]
    seconds = f"{min(cpus(one)):.0f} s of processor time"
    yield Figure("one", ratio(cpus(one), cpus(log)), "; ".join(filter(None, (seconds, bench.noted(measured)))))
    yield Figure("two", ratio(walls(two_processes), walls(log)))
    yield Figure("gain", ratio(walls(one), walls(two_processes)))
    yield Figure("blame", ratio(cpus(one), cpus(measured["blame"])))
    yield Figure("peak", spread([used.peak for used in one]))
    yield Figure("ledger", spread([size / 1e6]))


def _until(bench: Bench) -> list[str]:
    return ["--until", QUICK] if bench.quick else []


def _blame(clone: Path) -> Usage:
    """Every file at HEAD, a process each: there is no blame of several at once."""
    listed = git_says(clone, "ls-tree", "-r", "-z", "--name-only", "HEAD").split(b"\0")
    script = 'while IFS= read -r -d "" path; do git blame HEAD -- "$path" || exit 1; done'
    paths = clone / "blamed"
    paths.write_bytes(b"\0".join(listed))
    return process(["bash", "-c", f"{script} < blamed"], cwd=clone, env=GIT_ENVIRONMENT)


# --- one document ---------------------------------------------------------------------------------------


def one_document(bench: Bench) -> Iterator[Figure]:
    name, clone = bench.history(ARCHIVE)
    until = ["--until=2023-03-01"] if bench.quick else []
    revisions = len(git_says(clone, "rev-list", "--first-parent", *until, "HEAD", "--", DOCUMENT).split())
    if not revisions:
        raise ValueError(f"{name} has no {DOCUMENT}")
    with bench.room() as room:
        measured = bench.compare(
            {
                "import": lambda: import_into(room / "place", clone, "--path", DOCUMENT, *until),
                "log": lambda: git(clone, "log", "-p", "--first-parent", *until, "--", DOCUMENT),
            }
        )
    each = 100 / revisions
    ours, theirs = (each * min(cpus(measured[work])) for work in ("import", "log"))
    note = f"`{DOCUMENT}`: {ours:.2f} s and {theirs:.3f} s per 100 revisions"
    yield Figure("import", ratio(cpus(measured["import"]), cpus(measured["log"])), note)


# --- questions to the imported ledger -------------------------------------------------------------------


def _imported(bench: Bench, place: Path) -> str:
    """A copy of a place into which the archive has just been imported, nothing asked of it yet; the archive's name."""
    name, clone = bench.history(ARCHIVE)
    kept = bench.kept(f"imported-{name}", lambda folder: import_into(folder, clone, *_until(bench)))
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(kept, place)
    return name


def queue(bench: Bench) -> Iterator[Figure]:
    def first(place: Path) -> Usage:
        _imported(bench, place)
        return monitor(place, "review", "list", "--limit", "20", memory=True)

    with bench.room() as room:
        used = bench.compare({"first": lambda: first(room / "place")})["first"]
    yield Figure("first", spread(cpus(used)), f"{max(one.peak for one in used):.0f} MiB")


def commands(bench: Bench) -> Iterator[Figure]:
    with bench.room() as room:
        place = room / "place"
        document = _document(place, _imported(bench, place))
        asked = {
            "log": ["log", "--limit", "50"],
            "blame": ["blame", document],
            "search": ["search", "personal", "information"],
            "status": ["status"],
            "review list": ["review", "list"],
        }
        measured = bench.compare(
            {
                "python": lambda: process(NOTHING, env=ENVIRONMENT),
                **{name: lambda given=given: monitor(place, *given) for name, given in asked.items()},
            },
            rounds=3 * bench.rounds,
        )
    for name in asked:
        note = f"`{document}`" if name == "blame" else ""
        yield Figure(name, ratio(cpus(measured[name]), cpus(measured["python"])), note)


def _document(place: Path, name: str) -> str:
    """The document that is watched above all, or the longest one where another archive was imported."""
    with Monitor(settings_of(place)) as opened:
        present = {one.path: one.statements for one in opened.ledger.documents() if one.present}
    wanted = f"{name}/{DOCUMENT}"
    return wanted if wanted in present else max(present, key=lambda path: present[path])
