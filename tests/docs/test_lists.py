"""Lists of the code that the README and the docs repeat: each copy names exactly what the code has."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

import pytest

from monitor.cli.main import COMMANDS
from monitor.cli.review import review_command
from monitor.config import keys
from monitor.config.keys import KEYS
from monitor.core.report import ASPECT_WEIGHTS, KIND_WEIGHTS
from monitor.core.review.events import Verdict
from monitor.core.text.words import LANGUAGES
from monitor.errors import ExitStatus
from monitor.model import NOT_OF_DOCUMENTS, RECORDED_KINDS, REPORT_FORMATS, Action, Aspect, ChangeKind
from monitor.readers import ARTICLE, BUILT_IN, EXTRAS
from monitor.reports.export import FORMATS
from tests.support.paths import PROJECT

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
HEAD = "| files | read with | installed by | notes |"


def read(page: str) -> str:
    return (PROJECT / page).read_text(encoding="utf-8")


def rows(page: str, heading: str) -> Iterator[list[str]]:
    """The cells of each row of the table that has this line as its head."""
    lines = iter(read(page).splitlines())
    assert heading in lines, f"{page} has no table with the head {heading!r}"  # goes on behind that line
    next(lines)
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def codes(cell: str) -> list[str]:
    """What a cell has in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def same(where: str, told: Iterable[str], known: Iterable[str]) -> None:
    """Fail, and say which names are missing in the copy and which the code does not have."""
    told, known = [str(one) for one in told], [str(one) for one in known]
    missing, unknown = sorted(set(known) - set(told)), sorted(set(told) - set(known))
    assert not missing, f"{where} lacks {', '.join(missing)}"
    assert not unknown, f"{where} names {', '.join(unknown)}, which the code does not have"
    assert len(told) == len(set(told)), f"{where} names one twice"


# --- commands and exit statuses -------------------------------------------------------------------


def test_readme_lists_every_command() -> None:
    told = [code.split()[0] for cells in rows("README.md", "| command | does |") for code in codes(cells[0])]
    same("the table of commands in README.md", told, COMMANDS)


def test_readme_lists_every_exit_status() -> None:
    told = [cells[0] for cells in rows("README.md", "| status | means |")]
    same("the table of exit statuses in README.md", told, (str(int(status)) for status in ExitStatus))


def test_commands_that_the_pages_name_exist() -> None:
    known = {*COMMANDS, *(f"review {name}" for name in review_command.commands), "rules preview", "COMMAND"}
    for page in PAGES:
        for name, after in re.findall(r"`monitor ([a-zA-Z]+)(?: ([a-z]+)\b)?[^`]*`", page.read_text(encoding="utf-8")):
            told = f"{name} {after}" if name in {"review", "rules"} and after else name
            assert told in known, f"{page.name} names `monitor {told}`, which is no command"


# --- changes --------------------------------------------------------------------------------------


def test_kinds_of_change_explains_every_aspect() -> None:
    told = [codes(cells[0])[0] for cells in rows("docs/kinds-of-change.md", "| aspect | is | is not |")]
    same("the table of aspects in docs/kinds-of-change.md", told, Aspect)


def test_glossary_lists_every_kind() -> None:
    words = {cells[0]: cells[1] for cells in rows("docs/glossary.md", "| word | means |")}
    statements = set(re.findall(r"\w+", words["kind"])) - {"or"}
    documents = set(re.findall(r"\w+", words["document-level change"].partition(":")[2]))
    same("`kind` and `document-level change` in docs/glossary.md", statements | documents, RECORDED_KINDS)


def test_readme_names_the_kinds_of_a_statement() -> None:
    assert "were added, revised, removed, moved or restored" in " ".join(read("README.md").split())


def test_review_page_names_every_verdict() -> None:
    first = read("docs/review.md").partition("Every new change can be reviewed:")[2].partition(".")[0]
    same("the first sentence of docs/review.md", re.findall(r"\*(\w+)\*", first), Verdict)


def test_review_page_has_the_points_of_kinds_and_aspects() -> None:
    points = {cells[0]: cells[1] for cells in rows("docs/review.md", "| part | points |")}
    kinds = dict(re.findall(r"(\w+) (\d+)", points["kind"].partition(";")[0]))
    others = kinds.pop("others")
    for kind, weight in KIND_WEIGHTS.items():
        assert kinds.get(str(kind), others) == str(weight), f"docs/review.md has other points for {kind}"
    for names, weight in re.findall(r"([a-z]+(?: and [a-z]+)?) (\d)", points["aspects"]):
        for name in names.split(" and "):
            assert ASPECT_WEIGHTS[Aspect(name)] == int(weight), f"docs/review.md has other points for {name}"
    strongest = [str(aspect) for aspect, weight in ASPECT_WEIGHTS.items() if weight >= 4]
    same("the points of aspects in docs/review.md", re.findall("|".join(Aspect), points["aspects"]), strongest)


def test_every_kind_and_aspect_has_a_weight() -> None:
    same("ASPECT_WEIGHTS in core/report.py", ASPECT_WEIGHTS, Aspect)
    same("KIND_WEIGHTS in core/report.py", KIND_WEIGHTS, set(RECORDED_KINDS) - {ChangeKind.FAILED} - NOT_OF_DOCUMENTS)


# --- formats --------------------------------------------------------------------------------------


def test_reports_page_lists_every_report_format() -> None:
    told = [codes(cells[0])[0] for cells in rows("docs/reports.md", "| format | for | how changed words appear |")]
    same("the table of formats in docs/reports.md", told, REPORT_FORMATS)


def test_export_formats_are_named_where_export_is() -> None:
    section = read("docs/reports.md").partition("## Exports")[2].partition(" of changes")[0]
    same("the section Exports of docs/reports.md", set(codes(section)) - {"monitor export"}, FORMATS)
    readme = next(cells[1] for cells in rows("README.md", "| command | does |") if cells[0] == "`export`")
    same("the row of export in README.md", re.split(r", ", readme.partition(" as ")[2]), FORMATS)
    same("the help of export", re.split(r", | or ", COMMANDS["export"].help.rstrip(".").partition(" as ")[2]), FORMATS)


def test_formats_page_lists_every_suffix() -> None:
    told = [set(" ".join(codes(cells[0])).split()) for cells in rows("docs/formats.md", HEAD)]
    for reader in BUILT_IN:
        near = max(told, key=lambda row: len(row & reader.suffixes))
        same(f"the row of {reader.name} in the table of docs/formats.md", near, reader.suffixes)
    assert len(told) == len(BUILT_IN), "the table of docs/formats.md has another number of rows than there are readers"


def test_formats_page_says_what_a_reader_needs() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    names = {re.split(r"[><=\[]", one)[0] for one in project["dependencies"]}
    by_suffix = {codes(cells[0])[0].split()[0]: cells for cells in rows("docs/formats.md", HEAD)}
    for reader in BUILT_IN:
        cells = next(row for suffix, row in by_suffix.items() if suffix in reader.suffixes)
        needed = set(reader.libraries)
        if reader.office:
            assert cells[1:3] == [f"LibreOffice {reader.office}", "[the system](#doc-and-ppt)"]
            continue
        told = set() if cells[1] == "our own reader" else set(cells[1].split(", "))
        assert told <= needed, f"docs/formats.md: {reader.name} is read with {', '.join(sorted(needed))}"
        extra = reader.name if needed - names else None
        assert codes(cells[2]) == ([f"monitor[{extra}]"] if extra else []), f"docs/formats.md: extra of {reader.name}"


def test_every_extra_of_a_reader_exists_and_all_has_each() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = dict(project["optional-dependencies"])
    (everything,) = extras.pop("all")
    same("the extra `all` in pyproject.toml", re.split(r"[\[\],]", everything)[1:-1], extras)
    names = {re.split(r"[><=\[]", one)[0] for one in project["dependencies"]}
    needing = {reader.name for reader in (*BUILT_IN, ARTICLE) if set(reader.libraries) - names}
    same("the extras of readers in monitor/readers", EXTRAS, needing)
    assert needing <= extras.keys(), f"pyproject.toml has no extra for {sorted(needing - extras.keys())}"


# --- configuration --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_variables_and_keys_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in set(re.findall(r"\bMONITOR_([A-Z]+(?:_[A-Z]+)*)", text)) - {
        "TOKEN",
        "READ_TOKEN",
        "LOG_FORMAT",
    }:  # of options
        section, _, key = name.lower().partition("_")
        assert section in KEYS, f"MONITOR_{name}: there is no section [{section}]"
        assert key in KEYS[section], f"MONITOR_{name}: [{section}] has no key {key}"
    for section, key in set(re.findall(r"`\[(\w+)\] (\w+)", text)):
        assert section in KEYS, f"there is no section [{section}]"
        assert key in KEYS[section], f"[{section}] has no key {key}"
    for block in re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for section, table in tomllib.loads(block).items():
            assert section in KEYS, f"there is no section [{section}]"
            folders = [value for value in table.values() if section == "watch" and isinstance(value, dict)]
            for key in {*table, *chain(*folders)} - {name for name, value in table.items() if value in folders}:
                assert key in KEYS[section], f"[{section}] has no key {key}"


@pytest.mark.parametrize(
    ("page", "section", "known"),
    [
        ("docs/review.md", "rules", keys._RULE),
        ("docs/notices.md", "notify", keys._CHANNEL),
        ("docs/review.md", "feeds", KEYS["feeds"]),
    ],
)
def test_page_names_every_key_of_its_section(page: str, section: str, known: Mapping[str, object]) -> None:
    text = read(page)
    for key in known:
        assert re.search(rf"^{key} = |`{key}`|`{key} = ", text, re.MULTILINE), f"{page} lacks {key} of [{section}]"


def test_review_page_names_every_action_of_a_rule() -> None:
    assert [action for action in Action if action not in read("docs/review.md")] == []


# --- the code itself ------------------------------------------------------------------------------


def test_layers_of_how_it_works_are_those_that_are_checked() -> None:
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    checked = next(one["layers"] for one in contracts if one["type"] == "layers")
    picture = read("docs/how-it-works.md").partition("## The layers\n\n```\n")[2].partition("```")[0]
    assert [re.split(r" {2,}", line)[0] for line in picture.splitlines()] == checked


def test_files_of_how_it_works_exist() -> None:
    named = re.findall(r"`(?:monitor/)?((?:\w+/)+\w+\.py)`", read("docs/how-it-works.md"))
    assert named
    for name in named:
        assert (PROJECT / "monitor" / name).is_file(), f"docs/how-it-works.md names {name}, which is not there"


def test_every_language_has_a_file_of_words() -> None:
    files = (PROJECT / "monitor/core/text/words").glob("[a-z][a-z].toml")
    same("LANGUAGES in core/text/words", LANGUAGES, (path.stem for path in files))
