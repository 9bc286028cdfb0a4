"""What a benchmark came to: rows of a table, curves, and the page that shows both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curves import Chart, number
from measuring import Spread

HEAD = ("| work | against | measured (least – most) | at most | held |", "|---|---|---:|---:|---|")


@dataclass(frozen=True)
class Figure:
    """One row: `measured` in `unit`, a ratio where that is empty. Without it `note` says why it was not measured."""

    work: str
    against: str
    measured: Spread | None
    most: float
    unit: str = ""
    note: str = ""

    @property
    def held(self) -> bool | None:
        """Whether it keeps its bound; None where it was not measured."""
        return None if self.measured is None else self.measured.median <= self.most


def row(figure: Figure) -> str:
    """A line of the table; a bar within a text would end its cell."""
    unit = f" {figure.unit}" if figure.unit else ""
    if figure.measured is None:
        measured, held = "not measured", "–"
    else:
        median, least, most = (number(value) for value in figure.measured)
        measured, held = f"{median}{unit} ({least} – {most})", "yes" if figure.held else "**no**"
    work = f"{figure.work}; {figure.note}" if figure.note else figure.work
    cells = (work, figure.against, measured, f"{number(figure.most)}{unit}", held)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def table(figures: Sequence[Figure]) -> str:
    return "\n".join((*HEAD, *map(row, figures)))


def page(facts: Mapping[str, str], figures: Sequence[Figure], charts: Mapping[str, Chart]) -> str:
    """docs/generated/benchmarks.md: what was measured on what, the table, the curves (file name -> chart)."""
    held = [figure.held for figure in figures]
    summary = f"{held.count(True)} of {len(held)} rows keep their bound, {held.count(False)} do not"
    if unmeasured := held.count(None):
        summary += f", {unmeasured} could not be measured"
    machine = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    pictures = "\n\n".join(
        f"![{chart.title}](../images/{name})\n\n{chart.told()}" for name, chart in sorted(charts.items())
    )
    return f"""# Speed, memory and disk: all rows

Written by `make bench`, all of it in one run; what the rows mean: [benchmarks](../benchmarks.md). {summary}.

| measured | on |
|---|---|
{machine}

## Ratios

{table(figures)}

## Growth

{pictures}
"""
