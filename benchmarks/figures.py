"""What a benchmark came to: the results that are kept in a file, and the pages that show them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bounds import BOUNDS, Bound
from curves import Chart, number
from measuring import Spread

HEAD = ("| row | work | against | measured (least – most) | bound | held |", "|---|---|---|---:|---:|---|")
LOSSES = re.compile(r"(?<=<!-- losses -->\n).*(?=<!-- end of losses -->)", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """One figure of a row by its name in BOUNDS, in the unit of its bound. `note` follows the work in the table."""

    name: str
    measured: Spread
    note: str = ""


@dataclass
class Result:
    """What one row came to, when and where. `failed`: why it did not end; what it had measured by then is here."""

    at: str
    seconds: float
    others: float | None  # processors that were busy with the work of others
    rounds: int
    program: str
    machine: str
    versions: str
    histories: str
    figures: list[Figure] = field(default_factory=list)
    charts: dict[str, Chart] = field(default_factory=dict)
    failed: str = ""


Results = dict[str, Result]


def load(path: Path) -> Results:
    """The results kept at a path, of the rows that there are; none where there is no file."""
    if not path.exists():
        return {}
    kept = json.loads(path.read_text("utf-8"))
    return {name: _result(facts) for name, facts in kept.items() if name in BOUNDS}


def _result(facts: dict[str, object]) -> Result:
    result = Result(**facts)  # type: ignore[arg-type]
    result.figures = [Figure(one["name"], Spread(*one["measured"]), one["note"]) for one in facts["figures"]]  # type: ignore[attr-defined]
    result.charts = {name: Chart(**chart) for name, chart in facts["charts"].items()}  # type: ignore[attr-defined]
    return result


def save(path: Path, results: Results) -> None:
    """A line for each row, so that one that is measured again changes no other."""
    kept = (f'"{name}": {json.dumps(asdict(results[name]), ensure_ascii=False)}' for name in BOUNDS if name in results)
    path.write_text("{\n" + ",\n".join(kept) + "\n}\n", encoding="utf-8")


# --- the table ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A bound of a row, and what was measured of it; None where it was not, with a note where that failed."""

    name: str
    bound: Bound
    measured: Spread | None
    note: str

    @property
    def held(self) -> bool | None:
        """Whether it keeps its bound; None where it was not measured."""
        return None if self.measured is None else self.bound.holds(self.measured.median)


def lines(results: Results, names: Iterable[str] | None = None) -> Iterator[Line]:
    """Every figure of these rows, or of all, measured or not; in the order of the table."""
    for name in BOUNDS if names is None else names:
        result = results.get(name)
        found = {figure.name: figure for figure in result.figures} if result else {}
        for key, bound in BOUNDS[name].items():
            if key in found:
                yield Line(name, bound, found[key].measured, found[key].note)
            else:
                yield Line(name, bound, None, result.failed if result else "")


def row(line: Line) -> str:
    """A line of the table; a bar within a text would end its cell."""
    bound = line.bound
    unit = f" {bound.unit}" if bound.unit else ""
    if line.measured is None:
        measured, held = "not measured", "–"
    else:
        median, least, most = (number(value) for value in line.measured)
        measured, held = f"{median}{unit} ({least} – {most})", "yes" if line.held else "**no**"
    work = f"{bound.work}; {line.note}" if line.note else bound.work
    limit = f"{'≥' if bound.least else '≤'} {number(bound.limit)}{unit}"
    cells = (f"`{line.name}`", work, bound.against, measured, limit, held)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def table(found: Sequence[Line]) -> str:
    return "\n".join((*HEAD, *map(row, found)))


# --- the pages ------------------------------------------------------------------------------------------


def summary(found: Sequence[Line]) -> str:
    held = [line.held for line in found]
    said = f"Of {len(held)} figures, {held.count(True)} keep their bound and {held.count(False)} do not"
    return f"{said}; {held.count(None)} were not measured." if None in held else f"{said}."


def losses(results: Results) -> str:
    """What docs/benchmarks.md says between its marks: the summary, what misses its bound, what was not measured."""
    found = list(lines(results))
    lost = [line for line in found if line.held is False]
    missed = f"These miss their bound:\n\n{table(lost)}" if lost else "No figure that was measured misses its bound."
    parts = [summary(found), missed]
    if unmeasured := [line for line in found if line.held is None]:
        parts.append(f"These were not measured:\n\n{table(unmeasured)}")
    return "\n\n".join(parts) + "\n"


def with_losses(page_text: str, results: Results) -> str:
    """docs/benchmarks.md with what is between its marks written again; ValueError where the marks are gone."""
    changed, count = LOSSES.subn(lambda _: losses(results), page_text)
    if count != 1:
        raise ValueError("docs/benchmarks.md lacks the marks between which the losses are written")
    return changed


def page(results: Results) -> str:
    """docs/generated/benchmarks.md: the table, when and where each row was measured, the curves."""
    found = list(lines(results))
    measured = [(name, results[name]) for name in BOUNDS if name in results]
    charts = {name: chart for _, result in measured for name, chart in result.charts.items()}
    pictures = "\n\n".join(
        f"![{chart.title}](../images/{name})\n\n{chart.told()}" for name, chart in sorted(charts.items())
    )
    where = "\n".join(
        f"| {what} | {value} |"
        for what in ("machine", "versions", "histories")
        for value in dict.fromkeys(getattr(result, what) for _, result in measured)
    )
    when = "\n".join(f"| `{name}` | {_when(result)} |" for name, result in measured)
    return f"""# Speed, memory and disk: all figures

Written by `make bench`; what it measures and how: [benchmarks](../benchmarks.md). {summary(found)}

{table(found)}

## When and where

`python benchmarks/bench.py --only ROW` measures a row again and leaves the others as they are. "Others" is how many
processors were busy with other work meanwhile: where it is not near 0, figures by the clock say little.

| | |
|---|---|
{where}

| row | measured (UTC) | others | rounds | minutes | program at |
|---|---|---:|---:|---:|---|
{when}

## Growth

{pictures}
"""


def _when(result: Result) -> str:
    others = "–" if result.others is None else f"{result.others:.1f}"
    return f"{result.at} | {others} | {result.rounds} | {result.seconds / 60:.1f} | `{result.program}`"
