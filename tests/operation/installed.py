"""The package as a person installs it: built as a wheel, in an environment without this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from tests.support.paths import PROJECT


def build(folder: Path, source: Path = PROJECT, *, target: str) -> Path:
    """A `wheel` or an `sdist` of a source tree; needs no network."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder), "--target", target]
    done = subprocess.run(command, cwd=source, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


def install_wheel(folder: Path, wheel: Path | None = None) -> Path:
    """An environment `clean` in a folder that holds the wheel alone; libraries are those of the running one."""
    place = folder / "clean"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    wheel = wheel or build(folder / "dist", target="wheel")
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin/python"), "install", "--quiet"]
    alone = ["--no-index", "--no-deps", "--disable-pip-version-check", str(wheel)]
    done = subprocess.run([*pip, *alone], env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # Folders behind our own; what .pth files lie in them, an editable install among them, is not read.
    (packages / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return place


def clean_environment() -> Mapping[str, str]:
    """Without what leads Python to this checkout."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}
