"""A release: its version, its changelog, and a wheel and an sdist that install and run."""

from __future__ import annotations

import re
import subprocess
import tarfile
import zipfile
from datetime import date
from pathlib import Path

import pytest

from monitor import __version__
from tests.operation.installed import build, clean_environment, install_wheel
from tests.support.paths import PROJECT

CHANGELOG = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def tracked(folder: str) -> set[str]:
    """The files of a folder that belong to the project."""
    done = subprocess.run(["git", "ls-files", "-z", folder], cwd=PROJECT, capture_output=True, check=True)
    return {name for name in done.stdout.decode().split("\0") if name and (PROJECT / name).exists()}


# --- version and changelog


def test_the_newest_release_is_the_version_of_the_package() -> None:
    assert RELEASE.findall(CHANGELOG)[0][0] == __version__ == "1.0.0"


def test_releases_have_dates_newest_first() -> None:
    dates = [date.fromisoformat(day) for _, day in RELEASE.findall(CHANGELOG)]
    assert len(dates) >= 2
    assert dates == sorted(dates, reverse=True)


def test_every_release_says_what_to_do_after_upgrading() -> None:
    parts = RELEASE.split(CHANGELOG)[1:]
    for version, text in zip(parts[::3], parts[2::3], strict=True):
        assert "### After upgrading" in text or "first release" in text, version


# --- what is built


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    for target in ("wheel", "sdist"):
        build(folder, target=target)
    return folder


def named(dist: Path, pattern: str) -> Path:
    (found,) = dist.glob(pattern)
    return found


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_its_manual_alone(dist: Path) -> None:
    with zipfile.ZipFile(named(dist, "*.whl")) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == tracked("monitor") | {f"monitor-{__version__}.data/data/share/man/man1/monitor.1"}


@pytest.mark.slow
def test_the_sdist_holds_what_a_release_needs_and_no_documents(dist: Path) -> None:
    with tarfile.open(named(dist, "*.tar.gz")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked("monitor") | {"Dockerfile", "compose.yaml", "CHANGELOG.md", "requirements-dev.lock"} <= names
    assert tracked("docs") <= names
    assert not [name for name in names if name.startswith(("seeds/", "snapshots/", "tests/", ".git/", ".ci/"))]


def run(place: Path, folder: Path, *words: str) -> str:
    command = [str(place / "bin" / words[0]), *words[1:]]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("source", ["wheel", "sdist"])
def test_what_was_built_installs_and_runs_the_demo(dist: Path, tmp_path: Path, source: str) -> None:
    wheel = named(dist, "*.whl")
    if source == "sdist":
        with tarfile.open(named(dist, "*.tar.gz")) as archive:
            archive.extractall(tmp_path, filter="data")
        wheel = build(tmp_path / "dist", next(tmp_path.glob("monitor-*")), target="wheel")
    place = install_wheel(tmp_path, wheel)
    where = run(place, tmp_path, "python", "-c", "import monitor; print(monitor.__file__)")
    assert Path(where.strip()).is_relative_to(place)
    assert run(place, tmp_path, "monitor", "--version") == f"monitor {__version__}\n"
    told = run(place, tmp_path, "monitor", "demo", "shown")
    assert "revised" in told
    assert list((tmp_path / "shown").rglob("*.html"))
    assert "monitor_info" in run(place, tmp_path, "monitor", "-C", "shown", "status", "--format", "prometheus")
