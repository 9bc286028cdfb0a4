"""Every example of the README is run, in order, in one temporary copy of `seeds/`."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.driver import TIMEOUT
from tests.support.paths import PROJECT
from tests.support.workspace import Workspace

NOT_RUN = re.compile(r"<!-- not run: .+ -->\s*\Z")  # stands above a block that cannot run here, and says why
BLOCK = re.compile(r"^```(?:console|sh)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
ENDLESS = {"watch", "serve"}  # run by tests of their own


@dataclass(frozen=True)
class Example:
    line: int
    command: str


def examples() -> list[Example]:
    """The lines `$ monitor …` of the README's console blocks."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    found = []
    for block in BLOCK.finditer(text):
        if NOT_RUN.search(text[: block.start()]):
            continue
        first = text.count("\n", 0, block.start(1)) + 1
        for number, line in enumerate(block[1].splitlines(), start=first):
            if line.startswith(("$ monitor ", "$ .venv/bin/monitor ")):
                found.append(Example(number, line.partition("monitor ")[2]))
    return [example for example in found if shlex.split(example.command)[0] not in ENDLESS]


def test_the_readme_has_examples() -> None:
    assert examples()


def test_every_example_of_the_readme_works(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "newcomer")
    shutil.copytree(PROJECT / "seeds", workspace.seeds, dirs_exist_ok=True)
    if (PROJECT / "monitor.toml").exists():
        shutil.copy(PROJECT / "monitor.toml", workspace.root)
    program = " ".join(shlex.quote(word) for word in workspace.command())
    for example in examples():
        done = subprocess.run(
            ["sh", "-c", f"{program} {example.command}"],
            cwd=workspace.root,
            env=workspace.environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        told = f"README.md:{example.line}: monitor {example.command}\n{done.stderr.decode(errors='replace')}"
        assert b"Traceback" not in done.stderr, told
        assert done.returncode in (0, 1), told


def test_seeds_are_a_few_documents_of_all_three_formats() -> None:
    documents = [path for path in (PROJECT / "seeds").iterdir() if path.name != "README.md"]
    assert len(documents) in (3, 4)
    assert {path.suffix for path in documents} == {".txt", ".md", ".html"}


def test_the_seeds_can_be_run_as_they_are(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "work")
    shutil.copytree(PROJECT / "seeds", workspace.seeds, dirs_exist_ok=True)
    workspace.run(0)
    for document in {record["document"] for record in workspace.log("--baseline", "--level", "document")}:
        assert len(workspace.texts(document)) > 5, document


# --- demo -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    workspace = Workspace(tmp_path_factory.mktemp("demo") / "work")
    return workspace, workspace.monitor("demo", "made").text


def test_the_demo_leaves_an_html_report_and_names_it(demo: tuple[Workspace, str]) -> None:
    workspace, said = demo
    reports = list((workspace.root / "made").rglob("*.html"))
    named = [path for path in reports if path.name in said]
    assert named
    assert "<ins" in named[0].read_text(encoding="utf-8")


def test_the_demo_shows_a_log_with_dates(demo: tuple[Workspace, str]) -> None:
    assert len(set(re.findall(r"\d{4}-\d\d-\d\d", demo[1]))) > 1


def test_the_demo_leaves_a_history_that_can_be_asked_on(demo: tuple[Workspace, str]) -> None:
    workspace, _ = demo
    made = workspace.root / "made"
    records = workspace.monitor("-C", made, "log", "--format", "jsonl").jsonl()
    assert len({record["kind"] for record in records}) >= 4
    workspace.monitor("-C", made, "verify")


def test_the_demo_touches_nothing_of_the_folder_it_is_called_in(demo: tuple[Workspace, str]) -> None:
    workspace, _ = demo
    assert sorted(path.name for path in workspace.root.iterdir()) == ["home", "made", "seeds"]
