"""The figures of the package's structure, each with its bound: `make structure`.

    python benchmarks/structure.py [--files] [--write]

Sizes, imports and names are read from the syntax trees. The commands are traced in `entered_files.py`, each in a
process of its own, over the store that `monitor demo` makes. With --files every name and import that is counted is
listed, and the files that each command enters. With --write the table goes to docs/generated/structure.md.
"""

from __future__ import annotations

import argparse
import ast
import platform
import re
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from entered_files import Entered, trace_commands

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/generated/structure.md"
HEAD = ("| figure | today | bound | holds |", "|---|---:|---:|---|")
SHORT = 60  # lines; a file with fewer is a short one
LONGEST_NAME = 60  # characters of a test's name

# Files that a command may enter.
COMMAND_BOUNDS = {
    "log": 28,
    "show ID": 28,
    "search WORDS": 19,
    "blame DOCUMENT": 20,
    "run, one sentence new": 68,
    "run, one sentence revised": 85,
    "review accept ID": 38,
}

# Words that the project does not use as the name of a module, a class, a function or a type: each had a standard word,
# or several meanings. Leading underscores do not count.
ODD_NAMES = """
happened said asked answered seen facts Head Known Place Fold door pen placing softbreak tracing asking coreasking
questions live told Draft Spot drafts scandraft wholes lives sketch lexicon pieces doubts templates seldom How come
gone desk given counted following overlay batch foreseeing Foresight foresee sourcing foldering selecting deciding
reviewdeeds reviewlooks unfolded announce_unfolded keeping looking holding heads mirroring noticing standing rules
capitals marks ruling upkeep queueing anew fold Row Version Block blocks Moment evidence reading
"""
# These are odd as a part of a name too: `_told_by`, `read_anew`, `DutchLexicon`.
ODD_PARTS = "anew foresee foreseeing foresight lexicon ruling sketch standing told unfolded upkeep"
# Words that are kept for one meaning alone, and the files that may define them.
KEPT = {
    "Block": re.compile(r"model/text\.py"),  # a part of a document, as a reader gives it
    "blocks": re.compile(r"readers/.*"),
    "facts": re.compile(r"(reviews/facts|app/monitor)\.py"),  # what the review queue knows of a change
    "fold": re.compile(r"(app/fold|core/tracking/rows|ledger/writer)\.py"),  # take a snapshot into the ledger
    "evidence": re.compile(r"(app|reports|cli|web)/.*"),  # the archive by which others check a change
    "rules": re.compile(r"cli/rules\.py"),  # the command `monitor scan_rules`
}

WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")  # of a name: read_anew, _TextLexicon
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Found(NamedTuple):
    """Something in a file that is counted: the file's path in the package, a line, and what stands there."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Figure:
    """One row of the table; `holds` is None where there is no bound."""

    name: str
    today: str
    bound: str = "–"
    holds: bool | None = None


@dataclass(frozen=True)
class Package:
    """The Python files of one package, read from its folder. Nothing of it is imported."""

    folder: Path

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Each file's text by its path below the folder, in order."""
        files = sorted(self.folder.rglob("*.py"))
        return {file.relative_to(self.folder).as_posix(): file.read_text("utf-8") for file in files}

    @cached_property
    def trees(self) -> Mapping[str, ast.Module]:
        return {path: ast.parse(text, path) for path, text in self.texts.items()}

    @cached_property
    def lengths(self) -> Mapping[str, int]:
        return {path: len(text.splitlines()) for path, text in self.texts.items()}

    @property
    def own_lengths(self) -> list[int]:
        """The lengths of all files but `__init__.py`."""
        return [length for path, length in self.lengths.items() if not path.endswith("__init__.py")]

    @property
    def short_share(self) -> float:
        """The share of short files among all but `__init__.py`, from 0 to 1."""
        own = self.own_lengths
        return sum(length < SHORT for length in own) / len(own)

    @property
    def largest_folder(self) -> tuple[str, int]:
        """The folder with most Python files directly in it, and how many these are."""
        counts: dict[str, int] = {}
        for path in self.texts:
            folder = path.rpartition("/")[0] or "."
            counts[folder] = counts.get(folder, 0) + 1
        return max(counts.items(), key=lambda item: item[1])

    # --- what files import

    @cached_property
    def files_by_module(self) -> Mapping[str, str]:
        """The file of each module by its full name; a package is its `__init__.py`."""
        found = {}
        for path in self.texts:
            name = path.removesuffix(".py").removesuffix("__init__").rstrip("/").replace("/", ".")
            found[f"{self.folder.name}.{name}".rstrip(".")] = path
        return found

    def imported_files(self, path: str, node: ast.AST) -> Iterator[str]:
        """The files of the package that an import statement of the file `path` names."""
        match node:
            case ast.Import():
                yield from (self.files_by_module[name.name] for name in node.names if name.name in self.files_by_module)
            case ast.ImportFrom():
                module = self._full_name(path, node)
                for name in node.names:
                    found = self.files_by_module.get(f"{module}.{name.name}") or self.files_by_module.get(module)
                    if found is not None:
                        yield found

    def _full_name(self, path: str, node: ast.ImportFrom) -> str:
        """The module that an import names; a relative one starts from the file's own folder."""
        if not node.level:
            return node.module or ""
        folders = [self.folder.name, *path.split("/")[:-1]]
        return ".".join(filter(None, [*folders[: len(folders) - node.level + 1], node.module]))

    def late_imports(self) -> list[Found]:
        """Imports of own modules inside functions, classes or other blocks; those under TYPE_CHECKING are apart."""
        return [
            Found(path, node.lineno, ast.unparse(node))
            for path, tree in self.trees.items()
            for node in _below_blocks(tree)
            if isinstance(node, ast.stmt) and any(self.imported_files(path, node))
        ]

    def type_checking_blocks(self) -> list[Found]:
        return [
            Found(path, node.lineno, "if TYPE_CHECKING")
            for path, tree in self.trees.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and _is_type_checking(node)
        ]

    def import_circles(self) -> list[list[str]]:
        """Groups of files that import each other, directly or by others, wherever in a file the import stands.

        An import of a module counts for its file alone, not for the packages that it lies in.
        """
        edges = {
            path: {found for node in ast.walk(tree) for found in self.imported_files(path, node)}
            for path, tree in self.trees.items()
        }
        reached = {path: _reachable(edges, path) for path in edges}
        circles = {
            frozenset(other for other in reached[path] if path in reached[other])
            for path in edges
            if path in reached[path]
        }
        return sorted(sorted(circle) for circle in circles)

    # --- what things are called

    def odd_names(self) -> list[Found]:
        """Modules, folders, classes, functions and types with a name that the project does not use."""
        named = [*self._module_names(), *self._defined_names()]
        return sorted(found for found in named if _is_odd(found.what, found.path))

    def _module_names(self) -> Iterator[Found]:
        folders = {folder for path in self.texts for folder in map(str, Path(path).parents) if folder != "."}
        yield from (Found(f"{folder}/", 0, Path(folder).name) for folder in sorted(folders))
        yield from (Found(path, 0, Path(path).stem) for path in self.texts)

    def _defined_names(self) -> Iterator[Found]:
        for path, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                    yield Found(path, node.lineno, node.name)
            for statement in tree.body:  # types are assigned: `Row = tuple[int, str]`
                for name in _assigned_names(statement):
                    yield Found(path, statement.lineno, name)


def _below_blocks(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that is inside a statement of the module, but for what is under TYPE_CHECKING."""
    waiting = [child for statement in tree.body for child in _inner_nodes(statement)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _inner_nodes(node)


def _inner_nodes(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.If) and _is_type_checking(node):
        return list(node.orelse)
    return list(ast.iter_child_nodes(node))


def _is_type_checking(node: ast.If) -> bool:
    return ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING"


def _reachable(edges: Mapping[str, Iterable[str]], start: str) -> set[str]:
    """All that can be reached over at least one edge."""
    reached: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += edges[path]
    return reached


def _assigned_names(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Assign():
            targets = statement.targets
        case ast.AnnAssign():
            targets = [statement.target]
        case _:
            targets = []
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _is_odd(name: str, path: str) -> bool:
    plain = name.strip("_")
    parts = {word.lower() for word in WORD.findall(plain)}
    if plain not in ODD_NAMES.split() and parts.isdisjoint(ODD_PARTS.split()):
        return False
    return plain not in KEPT or not KEPT[plain].fullmatch(path)


def long_test_names(folder: Path) -> list[Found]:
    """Test functions below a folder with more characters than LONGEST_NAME."""
    return [
        Found(file.relative_to(folder).as_posix(), node.lineno, node.name)
        for file in sorted(folder.rglob("test_*.py"))
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, FUNCTIONS) and node.name.startswith("test_") and len(node.name) > LONGEST_NAME
    ]


# --- the table


def _at_most(name: str, today: int, bound: int) -> Figure:
    return Figure(name, f"{today:,}", f"<= {bound:,}", today <= bound)


def static_figures(package: Package, tests: Path) -> list[Figure]:
    """The figures that come from the syntax trees alone."""
    median, share = statistics.median(package.own_lengths), package.short_share
    folder, size = package.largest_folder
    types = len(package.type_checking_blocks())
    return [
        _at_most("Python files", len(package.texts), 180),
        _at_most("lines", sum(package.lengths.values()), 34_000),
        Figure("median length of a file, without `__init__`", f"{median:g}", ">= 120", median >= 120),
        Figure(f"files under {SHORT} lines, without `__init__`", f"{share:.0%}", "<= 15 %", share <= 0.15),
        Figure("largest folder", f"{size} files: {folder}/"),
        _at_most("imports of own modules inside functions or other blocks", len(package.late_imports()), 25),
        Figure("TYPE_CHECKING blocks", f"{types}"),
        _at_most("circles of imports between files", len(package.import_circles()), 0),
        _at_most("names that the project does not use", len(package.odd_names()), 0),
        _at_most(f"test names over {LONGEST_NAME} characters", len(long_test_names(tests)), 0),
    ]


def command_figure(command: str, entered: Entered) -> Figure:
    """The row of a command: the files of the package that it enters, and what it calls in them."""
    files, bound = len(entered.files), COMMAND_BOUNDS.get(command)
    today = f"{files} files, {entered.calls:,} calls, {entered.changes_of_file:,} changes of file"
    if bound is None:
        return Figure(f"files entered by `{command}`", today)
    return Figure(f"files entered by `{command}`", today, f"<= {bound} files", files <= bound)


def table(figures: Iterable[Figure]) -> str:
    """The rows as Markdown."""
    words = {True: "yes", False: "**no**", None: "–"}
    rows = (f"| {one.name} | {one.today} | {one.bound} | {words[one.holds]} |" for one in figures)
    return "\n".join((*HEAD, *rows))


def page(figures: Iterable[Figure]) -> str:
    """The text of docs/generated/structure.md."""
    day, python = f"{datetime.now(UTC):%Y-%m-%d}", platform.python_version()
    return f"""# Structure of the code

Written by `python benchmarks/structure.py --write` on {day}, with Python {python}.

- Files and lines are those of `monitor/`, with `__init__.py` where nothing else is said.
- Circles of imports count every import, wherever it stands in a file.
- A command enters a Python file where one of its functions runs in the command's own process. Imports and class bodies
  do not count.
- A change of file is a call into another file than the call before it in the same thread.
- The commands work on the store of `monitor demo`.

{table(figures)}
"""


def details(package: Package, tests: Path, traces: Mapping[str, Entered]) -> Iterator[str]:
    """What is counted, one a line: imports, circles, names, and the files that each command enters."""
    yield from map(str, package.late_imports())
    yield from map(str, package.type_checking_blocks())
    yield from (f"circle: {' '.join(circle)}" for circle in package.import_circles())
    yield from map(str, package.odd_names())
    yield from map(str, long_test_names(tests))
    for command, entered in traces.items():
        yield f"\n{command}: {len(entered.files)} files"
        yield from (f"  {count:>6,}  {path}" for path, count in entered.files.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", action="store_true", help="also list what is counted")
    parser.add_argument("--write", action="store_true", help="write docs/generated/structure.md")
    options = parser.parse_args()
    package, tests = Package(ROOT / "monitor"), ROOT / "tests"
    with tempfile.TemporaryDirectory(prefix="structure-") as scratch:
        traces = trace_commands(Path(scratch))
    commands = [command_figure(command, entered) for command, entered in traces.items()]
    figures = [*static_figures(package, tests), *commands]
    print(table(figures))
    if options.files:
        print("", *details(package, tests, traces), sep="\n")
    if options.write:
        PAGE.write_text(page(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
