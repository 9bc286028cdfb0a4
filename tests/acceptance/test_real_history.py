"""Nine years of one public repository of policies, checked out commit by commit into a watched folder."""

from __future__ import annotations

import json
import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from tests.acceptance.recorded import Once
from tests.support.paths import CORPORA
from tests.support.workspace import Workspace

BUNDLE = CORPORA / "histories" / "github-site-policy.bundle"
COMMITS = 60
EVERY = 6

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BUNDLE.is_file(), reason=f"no corpora ({BUNDLE})"),
]


def git(repository: Path, *args: str) -> str:
    env = {"PATH": os.environ["PATH"], "HOME": str(repository), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", "-C", str(repository), *args], env=env, capture_output=True, check=True)
    return done.stdout.decode()


RENAMES = "renames.json"  # lies beside the workspace: what git sees between two commits, the bytes being the same


@pytest.fixture(scope="module")
def policies(once: Once) -> Workspace:
    """Every sixth commit of the history checked out and run, dated as it was."""
    return once("policies", check_out)


def check_out(workspace: Workspace) -> None:
    base = workspace.root
    workspace.configure("[watch]\nignore_defaults = false\n")
    subprocess.run(["git", "clone", "-q", "--no-checkout", str(BUNDLE), str(base / "clone")], check=True)
    clone = ["--git-dir", str(base / "clone" / ".git"), "--work-tree", str(workspace.seeds)]
    listed = git(base, *clone, "log", "--first-parent", "--reverse", "--format=%H %cI").splitlines()
    chosen = [line.split() for line in listed[::EVERY][:COMMITS]]
    for commit, date in chosen:
        git(base, *clone, "checkout", "-q", "-f", commit)
        workspace.monitor("run", "--settle", "0", "--taken-at", date)
    renames = []
    for (before, _), (after, _) in pairwise(chosen):
        told = git(base, *clone, "diff", "-M100%", "--diff-filter=R", "--name-status", before, after)
        renames += [line.split("\t")[1:] for line in told.splitlines()]
    (base / RENAMES).write_text(json.dumps(renames))


def test_every_renaming_with_equal_bytes_is_found(policies: Workspace) -> None:
    expected = {(before, after) for before, after in json.loads((policies.root / RENAMES).read_text())}
    told = {(record["document_before"], record["document"]) for record in policies.log("--kind", "renamed")}
    assert expected
    assert expected - told == set()


def test_every_snapshot_has_the_date_of_its_commit(policies: Workspace) -> None:
    years = {record["taken_at"][:4] for record in policies.log("--baseline")}
    assert {"2017", "2018", "2019", "2020", "2021", "2022"} <= years


def test_a_real_history_verifies(policies: Workspace) -> None:
    policies.monitor("verify")


def test_every_present_file_comes_back_exactly(policies: Workspace) -> None:
    for path in sorted(policies.seeds.rglob("*.md"))[::7]:
        assert policies.cat(str(path.relative_to(policies.seeds))) == path.read_bytes()


def test_a_ledger_of_a_real_history_is_rebuilt_equal(policies: Workspace, tmp_path: Path) -> None:
    again = policies.copy(tmp_path / "again")
    questions = (("log", "--baseline", "--format", "jsonl"), ("export", "--what", "revisions", "--format", "jsonl"))
    live = [policies.monitor(*question).out for question in questions]
    again.monitor("rebuild")
    assert [again.monitor(*question).out for question in questions] == live
