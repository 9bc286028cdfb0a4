"""The structure of the package keeps its bounds, and what measures it finds what it should."""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from entered_files import Entered, trace
from structure import Figure, Package, command_figure, long_test_names, table

from tests.support.paths import PROJECT

# What is held today. Where the target is lower, it stands behind the figure.
MOST_FILES = 275  # 220
MOST_LINES = 60_260  # 40,000
LEAST_MEDIAN = 120  # lines of a file
MOST_SHORT_FILES = 0.15  # the share of files under 60 lines
MOST_FILES_IN_A_FOLDER = 50
MOST_LATE_IMPORTS = 25
MOST_TYPE_CHECKING_BLOCKS = 11
MOST_ODD_NAMES = 0


@cache
def monitor() -> Package:
    return Package(PROJECT / "monitor")


def test_number_of_files_is_bounded() -> None:
    assert 0 < len(monitor().texts) <= MOST_FILES


def test_number_of_lines_is_bounded() -> None:
    assert 0 < sum(monitor().lengths.values()) <= MOST_LINES


def test_median_file_is_long_enough() -> None:
    assert statistics.median(monitor().own_lengths) >= LEAST_MEDIAN


def test_few_files_are_short() -> None:
    assert monitor().short_share <= MOST_SHORT_FILES


def test_no_folder_has_too_many_files() -> None:
    assert monitor().largest_folder[1] <= MOST_FILES_IN_A_FOLDER


def test_few_imports_are_inside_functions() -> None:
    found = monitor().late_imports()
    assert len(found) <= MOST_LATE_IMPORTS, "\n".join(map(str, found))


def test_few_imports_are_for_type_checking_alone() -> None:
    assert len(monitor().type_checking_blocks()) <= MOST_TYPE_CHECKING_BLOCKS


def test_no_files_import_each_other_in_a_circle() -> None:
    assert monitor().import_circles() == []


def test_names_are_standard_words() -> None:
    found = monitor().odd_names()
    assert len(found) <= MOST_ODD_NAMES, "\n".join(map(str, found))


# --- the measures, on packages that are made for it


def package(folder: Path, files: Mapping[str, str]) -> Package:
    for path, text in files.items():
        file = folder / "made" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Package(folder / "made")


def test_sizes_are_counted(tmp_path: Path) -> None:
    made = package(tmp_path, {"__init__.py": "", "a/__init__.py": "", "a/b.py": "1\n" * 59, "a/c.py": "1\n" * 60})
    assert made.own_lengths == [59, 60]
    assert made.short_share == 0.5
    assert made.largest_folder == ("a", 3)


def test_own_imports_in_blocks_are_late(tmp_path: Path) -> None:
    text = """
import os
from made import b
if TYPE_CHECKING:
    from made.b import one
else:
    import made.b
def f():
    import os
    from .b import two
    class C:
        from . import b
"""
    made = package(tmp_path, {"__init__.py": "", "a.py": text, "b.py": ""})
    assert sorted(str(found) for found in made.late_imports()) == [
        "a.py:10: from .b import two",
        "a.py:12: from . import b",
        "a.py:7: import made.b",
    ]
    assert [found.line for found in made.type_checking_blocks()] == [4]


def test_circle_is_found_wherever_its_imports_stand(tmp_path: Path) -> None:
    made = package(
        tmp_path,
        {
            "__init__.py": "",
            "a.py": "from made.b import x",
            "b.py": "def f():\n    from made import c",
            "c.py": "if typing.TYPE_CHECKING:\n    from .a import y",
            "d.py": "import made.a",
            "e.py": "import made.e",
        },
    )
    assert made.import_circles() == [["a.py", "b.py", "c.py"], ["e.py"]]


def test_odd_names_of_every_sort_are_found(tmp_path: Path) -> None:
    text = """
Row = tuple[int, str]
class Draft:
    def write_told_first(self): ...
    def row(self): ...
class DutchLexicon: ...
async def _gone(): ...
told = standings = 1
"""
    made = package(tmp_path, {"__init__.py": "", "upkeep/__init__.py": "", "upkeep/door.py": text})
    assert [found.what for found in made.odd_names()] == [
        "upkeep",
        "door",
        "Row",
        "Draft",
        "write_told_first",
        "DutchLexicon",
        "_gone",
        "told",
    ]


def test_kept_names_are_odd_in_other_files(tmp_path: Path) -> None:
    made = package(tmp_path, {"model/text.py": "class Block: ...", "app/fold.py": "class Block: ..."})
    assert [str(found) for found in made.odd_names()] == ["app/fold.py:1: Block"]


def test_long_test_names_are_found(tmp_path: Path) -> None:
    names = "test_" + "a" * 55, "test_" + "b" * 56, "helper_" + "c" * 60
    (tmp_path / "test_made.py").write_text("\n".join(f"def {name}(): ..." for name in names))
    assert [found.what for found in long_test_names(tmp_path)] == [names[1]]


def test_trace_sees_functions_of_the_command_alone(tmp_path: Path) -> None:
    entered = trace(tmp_path, "--help")
    assert next(iter(entered.files)) == "cli/main.py"
    assert "model/changes.py" not in entered.files  # it is imported, and none of its functions runs
    assert entered.calls > entered.changes_of_file >= len(entered.files) - 1


def test_row_of_a_command_says_whether_its_bound_holds() -> None:
    row = command_figure("log", Entered({f"{number}.py": 1 for number in range(29)}, 28))
    assert row == Figure("files entered by `log`", "29 files, 29 calls, 28 changes of file", "<= 28 files", holds=False)
    assert table([row]).splitlines()[-1].endswith("| <= 28 files | **no** |")


# --- the questions for a new reader

TASKS = (PROJECT / "benchmarks/structure_tasks.md").read_text("utf-8")
QUESTIONS, ANSWERS = (
    re.findall(r"^\d+\. (?:.|\n(?! *\n|\d))+", part, re.MULTILINE) for part in TASKS.split("\n## ")[2:]
)


def test_every_question_has_an_answer() -> None:
    assert len(QUESTIONS) == len(ANSWERS) == 15
    assert all(re.search(r"\*\*`[^`]+`\*\*", answer) for answer in ANSWERS)


def test_files_of_the_answers_exist() -> None:
    named = [path for answer in ANSWERS for path in re.findall(r"`([^`]+\.(?:py|html))`", answer)]
    assert [path for path in named if not (PROJECT / "monitor" / path).is_file()] == []


def test_questions_name_no_files_of_the_package() -> None:
    stems = {Path(path).stem for path in monitor().texts}
    named = {word for question in QUESTIONS for word in re.findall(r"\w+(?=\.py)|(?<=/)\w+", question)}
    assert named & stems == set()
