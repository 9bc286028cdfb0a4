"""A law: what `preview` tells of a commit's patch is what the run after the commit finds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.paths import CORPORA
from tests.support.workspace import Workspace

BUNDLE = CORPORA / "histories" / "github-site-policy.bundle"
COMMITS = 40
KEYS = ("level", "document", "document_before", "cause", "kind", "significance", "aspects", "similarity", "moved")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BUNDLE.is_file(), reason=f"no corpora ({BUNDLE})"),
]


def git(folder: Path, *args: str) -> bytes:
    return subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True).stdout


def told(change: dict[str, Any]) -> dict[str, Any]:
    """What a change says, without ids and times."""
    sides = {side: [(one["ordinal"], one["text"]) for one in change[side]] for side in ("before", "after")}
    return {**{key: change[key] for key in KEYS}, **sides, "edits": change["edits"]}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies")
    subprocess.run(["git", "clone", "-q", str(BUNDLE), str(folder)], check=True)
    return folder


@pytest.mark.parametrize("part", range(4))
def test_a_preview_tells_what_the_run_finds(clone: Path, tmp_path: Path, part: int) -> None:
    commits = git(clone, "log", "--first-parent", "--reverse", "--format=%H", "HEAD").decode().split()
    step = len(commits) // COMMITS
    workspace = Workspace(tmp_path)
    workspace.configure(f"[watch]\nfolder = {json.dumps(str(clone))}\nexclude = ['.git/']\n")
    previewed = 0
    for at in range(part, COMMITS, 4):
        commit = commits[min(at * step + 1, len(commits) - 1)]
        git(clone, "checkout", "-q", "-f", f"{commit}^1")
        workspace.monitor("run", "--settle", "0", "--accept-deletions")
        patch = git(clone, "diff", "-M", f"{commit}^1", commit)
        found = workspace.monitor("preview", "-", "--format", "json", stdin=patch).json()
        git(clone, "checkout", "-q", "-f", commit)
        ran = workspace.monitor("run", "--settle", "0", "--accept-deletions", "--format", "json").json()
        left_out = {one["path"] for one in found["left_out"]}
        assert [told(one) for one in found["changes"]] == [
            told(one) for one in ran["changes"] if one["document"] not in left_out
        ]
        previewed += len(found["changes"])
    assert previewed
