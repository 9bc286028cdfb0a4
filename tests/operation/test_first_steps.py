"""The first commands of somebody new: each answer names the next step, and each next step works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.support.paths import PROJECT
from tests.support.workspace import Workspace
from tests.web.server import serving


def empty(root: Path) -> Workspace:
    place = Workspace(root)
    place.seeds.rmdir()
    return place


def test_a_run_in_an_empty_folder_leads_to_init(tmp_path: Path) -> None:
    place = empty(tmp_path)
    said = place.monitor("run", status=6).message
    assert "`monitor init` makes a configuration and its folder" in said
    assert "--accept-deletions" not in said
    assert "Put documents into the first folder, then type `monitor run`." in place.monitor("init").text
    assert "has no documents; add some" in place.monitor("run").text
    place.write("a.txt", "A first line.\n")
    assert "first snapshot: 1 document, 1 statement" in place.run(0).text


def test_the_page_of_an_empty_store_leads_to_a_run(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    assert "`monitor run` begins it" in place.monitor("serve", status=2).message
    with serving(tmp_path) as served:
        assert "monitor run" in served.get("/documents").text


def test_init_among_documents_records_them_at_once(tmp_path: Path) -> None:
    place = empty(tmp_path)
    (tmp_path / "a.txt").write_text("A line.\n")
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "b.md").write_text("# Title\n\nA line.\n")
    place.monitor("init")
    assert not place.seeds.exists()
    assert "first snapshot: 2 documents" in place.run(0).text
    assert place.run(1).text == "nothing changed\n"


def test_the_readme_says_where_the_program_is(tmp_path: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    begin = readme.partition("## Install and first run")[2].partition("\n## ")[0]
    assert "make run" in begin
    assert ".venv/bin/monitor" in begin
    assert ". .venv/bin/activate" in begin


def test_the_readme_and_the_help_play_the_same_demo(tmp_path: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    [weeks] = re.findall(r"`monitor demo` plays (\w+) weeks", readme)
    assert f"change over {weeks} weeks" in " ".join(Workspace(tmp_path).monitor("demo", "--help").text.split())


def test_a_plain_install_reads_what_the_readme_promises() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[^\w-]", one)[0] for one in project["dependencies"]}
    assert {"lxml", "pypdfium2"} <= needed
