"""Documents that go away all at once, though nobody meant it: unmounted disks, mass deletions, shut folders.

A scenario is a generator over the watched folder: it fills the folder and yields, does the harm and yields, and tidies
up when it is closed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path
from unittest import mock

from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.errors import RunHeld
from tests.reliability.disks import Disk
from tests.reliability.torturing import Store

Scenario = Callable[[Path], Generator[None, None, None]]
PARTS, EACH = 4, 15


def fill(folder: Path, each: int = EACH) -> None:
    """So many documents in each of four folders."""
    for part in range(PARTS):
        (folder / f"part-{part}").mkdir(parents=True, exist_ok=True)
        for number in range(each):
            (folder / f"part-{part}" / f"{number}.txt").write_text(
                f"Rule {part}-{number} holds. Nobody has objected.\n"
            )


def _small(folder: Path) -> None:
    """A folder whose documents are too few for their number to hold a run."""
    (folder / "shut").mkdir()
    (folder / "shut" / "one.txt").write_text("The port is closed.\n")


@contextlib.contextmanager
def mounted(disk: Disk, over: Path) -> Generator[None, None, None]:
    subprocess.run(["mount", "--bind", str(disk.place), str(over)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(over)], check=True)


def the_disk_of_the_folder_is_unmounted(folder: Path) -> Generator[None, None, None]:
    folder.mkdir()
    with Disk(8) as disk:
        with mounted(disk, folder):
            fill(folder)
            yield
        yield


def the_disk_of_a_small_folder_in_it_is_unmounted(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    (folder / "attached").mkdir()
    with Disk(8) as disk:
        with mounted(disk, folder / "attached"):
            (folder / "attached" / "one.txt").write_text("The port is closed.\n")
            yield
        yield


def another_disk_is_mounted_over_it(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    yield
    with Disk(8) as disk:
        fill(disk.place, EACH - 1)
        _write_other_texts(disk.place)
        with mounted(disk, folder):
            yield


def the_folder_is_removed(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    yield
    shutil.rmtree(folder)
    yield


def the_folder_is_emptied(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    yield
    shutil.rmtree(folder)
    folder.mkdir()
    yield


def a_file_takes_its_place(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    yield
    shutil.rmtree(folder)
    folder.write_text("to be restored")
    yield


def a_link_that_leads_nowhere_takes_its_place(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    yield
    shutil.rmtree(folder)
    folder.symlink_to("nowhere")
    yield


def more_than_a_fifth_is_deleted(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    yield
    for number in range(EACH - 2):
        (folder / "part-1" / f"{number}.txt").unlink()
    yield


def a_folder_is_moved_away(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    yield
    (folder / "part-2").rename(folder.with_name("elsewhere"))
    yield


def _write_other_texts(folder: Path) -> None:
    for path in folder.rglob("*.txt"):
        path.write_text(f"Another text in {path.name}.\n", encoding="utf-8")


def another_folder_with_the_same_names_takes_its_place(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    yield
    shutil.copytree(folder, folder.with_name("other"))
    shutil.rmtree(folder)
    _write_other_texts(folder.with_name("other"))
    folder.with_name("other").rename(folder)
    yield


def a_folder_in_it_may_not_be_opened(folder: Path) -> Generator[None, None, None]:
    """As the system says so; who is root may, whatever the folder's mode."""
    fill(folder)
    _small(folder)
    yield
    real = os.open

    def refused(path: object, *rest: object, **named: object) -> int:
        if path == "shut":
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **named)  # type: ignore[arg-type]

    with mock.patch("os.open", refused):
        yield


def a_folder_in_it_cannot_be_listed(folder: Path) -> Generator[None, None, None]:
    fill(folder)
    _small(folder)
    yield
    real, broken = os.listdir, (folder / "shut").stat().st_ino

    def failing(handle: int) -> list[str]:
        if os.fstat(handle).st_ino == broken:
            raise OSError(5, "Input/output error")
        return real(handle)

    with mock.patch("os.listdir", failing):
        yield


ON_DISKS: tuple[Scenario, ...] = (
    the_disk_of_the_folder_is_unmounted,
    the_disk_of_a_small_folder_in_it_is_unmounted,
    another_disk_is_mounted_over_it,
)
ANYWHERE: tuple[Scenario, ...] = (
    the_folder_is_removed,
    the_folder_is_emptied,
    a_file_takes_its_place,
    a_link_that_leads_nowhere_takes_its_place,
    more_than_a_fifth_is_deleted,
    a_folder_is_moved_away,
    another_folder_with_the_same_names_takes_its_place,
)
UNREAD: tuple[Scenario, ...] = (a_folder_in_it_may_not_be_opened, a_folder_in_it_cannot_be_listed)


def withdrawn(scenario: Scenario, root: Path) -> tuple[bool, int]:
    """Whether both runs after the harm were held, and how many documents they removed that nobody confirmed."""
    store = Store(root)
    steps = scenario(store.settings.watch.folder)
    with contextlib.closing(steps):
        next(steps)
        store.run()
        before = documents(store)
        next(steps)
        held = 0
        for _ in range(2):
            try:
                run(store.settings, RunOptions(settle=0))
            except RunHeld:
                held += 1
        return held == 2, len(before - documents(store))


def documents(store: Store) -> set[str]:
    """The paths of the newest snapshot."""
    with open_monitor(store.settings) as monitor:
        return set(monitor.snapshots.manifest(str(monitor.snapshots.head())))
