"""Rules have versions: another one folds the ledger anew, adds no change of any document, and is told as an upgrade."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from monitor import readers as readers_package
from monitor.model import Block, BlockKind, Extraction
from monitor.readers.text import TextReader
from tests.readers.compound import compound, message, workbook
from tests.readers.writers import WRITERS, Text
from tests.support.workspace import Workspace

BRIEF = "The offer stands. It covers 30 divers.\n\nNobody has answered.\n"


class _Louder:
    """The extractor of plain text at a later version: it reads all in capitals, and adds a line of its own."""

    name, version, suffixes, in_process = "text", 99, frozenset({".txt"}), True

    def extract(self, data: bytes) -> Extraction:
        found = TextReader().extract(data.upper())
        return Extraction(found.text, (*found.blocks, Block(BlockKind.PARAGRAPH, "Read anew.")))


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """From here on the later version reads."""
    table = tuple(_Louder() if one.name == "text" else one for one in readers_package.readers())
    readers_package._by_suffix.cache_clear()
    monkeypatch.setattr(readers_package, "readers", lambda: table)
    yield
    monkeypatch.undo()
    readers_package._by_suffix.cache_clear()


@pytest.fixture
def story(folder: Workspace) -> Workspace:
    """Two versions of a document, read by the rules of today."""
    (folder.seeds / "brief.txt").write_text(BRIEF)
    folder.next_run()
    (folder.seeds / "brief.txt").write_text(BRIEF.replace("30", "45"))
    folder.next_run()
    return folder


def _upgrades(folder: Workspace) -> list[tuple[str, str]]:
    """The rules before and after each technical upgrade that the ledger lists."""
    with closing(sqlite3.connect(folder.root / "snapshots" / "ledger.db")) as connection:
        names = [row[1] for row in connection.execute("pragma table_info(upgrades)")]
        before, after = names[2:4]
        return list(connection.execute(f"select {before}, {after} from upgrades"))


def test_upgrade_alone_changes_no_document(story: Workspace, request: pytest.FixtureRequest) -> None:
    before = [(one["kind"], one["aspects"]) for one in story.log()]
    snapshots = story.monitor("snapshots", "--format", "json").text
    request.getfixturevalue("upgrade")
    assert "no" in story.next_run().text.lower()
    assert [(one["kind"], one["aspects"]) for one in story.log()] == before == [("revised", ["number"])]
    assert story.monitor("snapshots", "--format", "json").text == snapshots


def test_an_upgrade_is_listed_with_the_rules_before_and_after(story: Workspace, request: pytest.FixtureRequest) -> None:
    assert _upgrades(story) == []
    request.getfixturevalue("upgrade")
    story.next_run()
    [(before, after)] = _upgrades(story)
    assert f"text={readers_package.TEXT.version}" in before
    assert "text=99" in after


def test_changes_by_an_upgrade_are_marked_and_not_reported(story: Workspace, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("upgrade")
    story.next_run()
    altered = [one for one in story.log("--baseline") if one["technical_upgrade"]]
    assert "Read anew." in {side["text"] for one in altered for side in one["after"]}
    assert story.statements("brief.txt").keys() == {
        "THE OFFER STANDS.",
        "IT COVERS 45 DIVERS.",
        "NOBODY HAS ANSWERED.",
        "Read anew.",
    }


def test_edit_after_an_upgrade_uses_the_new_rules_on_both_sides(
    story: Workspace, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("upgrade")
    (story.seeds / "brief.txt").write_text(BRIEF.replace("30", "50"))
    story.next_run()
    story.next_run()
    newest = story.log("--limit", "1")[0]
    assert (newest["before"][0]["text"], newest["after"][0]["text"]) == ("IT COVERS 45 DIVERS.", "IT COVERS 50 DIVERS.")


def test_verify_and_rebuild_agree_after_an_upgrade(story: Workspace, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("upgrade")
    story.next_run()
    story.monitor("verify")
    before = story.log("--baseline")
    story.monitor("rebuild")
    assert [one["id"] for one in story.log("--baseline")] == [one["id"] for one in before]


# --- what the rules are ------------------------------------------------------------------------------


def test_a_library_of_another_version_is_another_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor import readers
    from monitor.readers import readers_fingerprint

    before = readers_fingerprint()
    monkeypatch.setattr(readers, "_installed", lambda: {"lxml": "99.0", "pypdfium2": "1.0"})
    assert re.search(r"docx=\d+\(lxml 99.0\)", readers_fingerprint())
    assert f"html={readers.HTML.version}(selectolax -)" in readers_fingerprint()
    assert readers_fingerprint() != before


def test_the_rules_name_articles_only_where_they_are_asked_for() -> None:
    from monitor.readers import fingerprint

    assert "article" not in fingerprint(())
    assert "comments" not in fingerprint(())
    assert fingerprint((), comments=True) == f"{fingerprint(())}; comments"
    assert fingerprint(["news/**"]).endswith("article news/**")
    assert fingerprint(["news/**"]) != fingerprint(["**/*.html"])


def test_asking_for_the_rules_loads_no_extractor() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from monitor.readers import fingerprint; fingerprint(['x']);"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " ('lxml', 'pypdfium2', 'trafilatura', 'selectolax', 'markdown_it', 'sentencex', 'chardet')"
        " or name in ('importlib.metadata', 'monitor.readers.docx')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- what is not installed ----------------------------------------------------------------------------

TEXT: Text = [("h1", "Offers"), ("p", "The offer stands.")]


DOCUMENTS = {
    "xls": workbook({"Fees": [["Fee", 10]]}),
    "msg": compound(message({0x1000: "Text."})),
    "rst": b"Text.",
    "xml": b"<a>Text.</a>",
}


@pytest.mark.parametrize(
    ("name", "module", "advice"),
    [
        ("docx", "lxml", "install `monitor` again"),
        ("odt", "lxml", "install `monitor` again"),
        ("epub", "lxml", "install `monitor` again"),
        ("pptx", "lxml", "install `monitor` again"),
        ("xlsx", "lxml", "install `monitor` again"),
        ("xml", "lxml", "install `monitor` again"),
        ("pdf", "pypdfium2", "install `monitor` again"),
        ("xls", "python_calamine", "install `monitor[xls]`"),
        ("msg", "olefile", "install `monitor[msg]`"),
        ("rst", "docutils", "install `monitor[rst]`"),
    ],
)
def test_missing_library_is_a_failure_that_says_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, name: str, module: str, advice: str
) -> None:
    import sys

    from monitor.app.sandbox import read_in_this_process

    data = DOCUMENTS.get(name) or WRITERS[name](TEXT)
    for loaded in [one for one in sys.modules if one.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    failure = read_in_this_process(f"a.{name}", data).failure
    assert failure == f"{module} is not installed: {advice} to read this format"


def test_an_article_without_its_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from monitor.app.sandbox import read_in_this_process

    monkeypatch.setitem(sys.modules, "trafilatura", None)
    assert "install `monitor[article]`" in (read_in_this_process("a.html", b"<p>Text.", article=True).failure or "")


@pytest.mark.parametrize("name", ["rtf", "eml"])
def test_rtf_and_mail_need_no_extra(name: str) -> None:
    from monitor.readers import BUILT_IN

    found = next(one for one in BUILT_IN if f".{name}" in one.suffixes)
    assert set(found.libraries) <= {"selectolax", "chardet"}


# --- the setting that is a rule ------------------------------------------------------------------------

PAGE = "<nav><ul><li><a href=/>Home {0}</a></li></ul></nav><article><h1>The offer</h1>{1}</article>"
SAYS = "".join(
    f"<p>Paragraph {number} says at some length what the ministry repeated on Monday.</p>" for number in range(8)
)


def test_pages_that_are_named_are_read_for_their_article_alone(folder: Workspace) -> None:
    (folder.root / "monitor.toml").write_text('[extract]\narticle = ["clippings/"]\n')
    for place in ("clippings", "pages"):
        (folder.seeds / place).mkdir()
        (folder.seeds / place / "a.html").write_text(PAGE.format(1, SAYS))
    folder.next_run()
    for place in ("clippings", "pages"):
        (folder.seeds / place / "a.html").write_text(PAGE.format(2, SAYS.replace("Paragraph 3", "Paragraph three")))
    folder.next_run()
    assert [(one["document"], one["before"][0]["text"][:11]) for one in folder.log()] == [
        ("clippings/a.html", "Paragraph 3"),
        ("pages/a.html", "Home 1"),
        ("pages/a.html", "Paragraph 3"),
    ]
    folder.monitor("verify")


def test_turning_on_article_extraction_is_no_change(folder: Workspace) -> None:
    page = folder.seeds / "a.html"
    page.write_text(PAGE.format(1, SAYS))
    folder.next_run()
    page.write_text(PAGE.format(2, SAYS))
    folder.next_run()
    assert [one["before"][0]["text"] for one in folder.log()] == ["Home 1"]
    (folder.root / "monitor.toml").write_text('[extract]\narticle = ["*.html"]\n')
    folder.next_run()
    assert folder.log() == []
    assert len(_upgrades(folder)) == 1


def test_a_ledger_is_made_again_once_where_comments_are_read(story: Workspace) -> None:
    with (story.root / "monitor.toml").open("a") as configuration:
        configuration.write("\n[extract]\ncomments = true\n")
    assert story.monitor("run").text != "nothing changed\n"
    assert story.monitor("run").text == "nothing changed\n"
    story.monitor("verify")
