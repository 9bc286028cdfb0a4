"""Nine years of one public repository of policies, checked out commit by commit into a watched folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from acceptance_driver import CORPORA, Workspace

BUNDLE = CORPORA / "histories" / "github-site-policy.bundle"
COMMITS = 60
EVERY = 6

pytestmark = pytest.mark.skipif(not BUNDLE.is_file(), reason=f"the corpus is not there: {BUNDLE}")


def git(repository: Path, *args: str) -> str:
    env = {"PATH": os.environ["PATH"], "HOME": str(repository), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", "-C", str(repository), *args], env=env, capture_output=True, check=True)
    return done.stdout.decode()


@dataclass(frozen=True)
class Policies:
    workspace: Workspace
    renames: frozenset[tuple[str, str]]  # that git sees between two commits, the bytes being the same


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    """Every sixth commit of the history checked out and run, dated as it was."""
    base = tmp_path_factory.mktemp("policies")
    subprocess.run(["git", "clone", "-q", "--no-checkout", str(BUNDLE), str(base / "clone")], check=True)
    workspace = Workspace(base / "work")
    clone = ["--git-dir", str(base / "clone" / ".git"), "--work-tree", str(workspace.seeds)]
    listed = git(base, *clone, "log", "--first-parent", "--reverse", "--format=%H %cI").splitlines()
    chosen = [line.split() for line in listed[::EVERY][:COMMITS]]
    for commit, date in chosen:
        git(base, *clone, "checkout", "-q", "-f", commit)
        workspace.monitor("run", "--settle", "0", "--taken-at", date)
    renames = set()
    for (before, _), (after, _) in pairwise(chosen):
        told = git(base, *clone, "diff", "-M100%", "--diff-filter=R", "--name-status", before, after)
        renames |= {(line.split("\t")[1], line.split("\t")[2]) for line in told.splitlines()}
    return Policies(workspace, frozenset(renames))


def test_every_renaming_that_keeps_the_bytes_is_told_as_one(policies: Policies) -> None:
    told = {(r["document_before"], r["document"]) for r in policies.workspace.log("--kind", "renamed")}
    assert policies.renames
    assert policies.renames - told == set()


def test_every_snapshot_has_the_date_of_its_commit(policies: Policies) -> None:
    years = {record["taken_at"][:4] for record in policies.workspace.log("--baseline")}
    assert {"2017", "2018", "2019", "2020", "2021", "2022"} <= years


def test_a_real_history_verifies(policies: Policies) -> None:
    policies.workspace.monitor("verify")


def test_every_present_file_comes_back_exactly(policies: Policies) -> None:
    for path in sorted(policies.workspace.seeds.rglob("*.md"))[::7]:
        assert policies.workspace.cat(str(path.relative_to(policies.workspace.seeds))) == path.read_bytes()


def test_a_ledger_of_a_real_history_is_rebuilt_equal(policies: Policies, tmp_path: Path) -> None:
    root = tmp_path / "again"
    shutil.copytree(policies.workspace.root, root)
    again = Workspace(root)
    questions = (("log", "--baseline", "--format", "jsonl"), ("export", "--what", "revisions", "--format", "jsonl"))
    live = [policies.workspace.monitor(*question).out for question in questions]
    again.monitor("rebuild")
    assert [again.monitor(*question).out for question in questions] == live
