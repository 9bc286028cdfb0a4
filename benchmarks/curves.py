"""Charts as small SVG files: lines over axes of powers of ten, readable on white and on black."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 72, 170, 40, 56  # margins, in pixels; the names of the lines stand in the right one
COLOURS = 4  # lines with a colour of their own; further ones begin anew

_STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.axis { stroke: #59636e; fill: none }
.grid { stroke: #d1d9e0; fill: none }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round }
.c0 { stroke: #0969da } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }
.p0 { fill: #0969da } .p1 { fill: #bc4c00 } .p2 { fill: #1a7f37 } .p3 { fill: #8250df }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .axis { stroke: #9198a1 } .grid { stroke: #3d444d }
.c0 { stroke: #4493f8 } .c1 { stroke: #f0883e } .c2 { stroke: #3fb950 } .c3 { stroke: #ab7df8 }
.p0 { fill: #4493f8 } .p1 { fill: #f0883e } .p2 { fill: #3fb950 } .p3 { fill: #ab7df8 }
}
"""

Point = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """Lines by their names, each with its points (x, y), all of them above zero; both axes are logarithmic."""

    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[Point]]

    def told(self) -> str:
        """The same in words and numbers, for who does not see the picture."""
        lines = (
            f"{name}: {', '.join(f'{number(y)} at {number(x)}' for x, y in points)}"
            for name, points in self.lines.items()
        )
        return f"{self.title} ({self.y}; {self.x}). {'; '.join(lines)}."


def number(value: float) -> str:
    """As an axis or a text shows it: 0.01, 1, 10,000, and three digits of what is between."""
    return f"{value:,.0f}" if value >= 100 else f"{float(f'{value:.3g}'):g}"


def decades(values: Sequence[float]) -> list[int]:
    """The powers of ten that an axis must show so that all the values lie within."""
    logs = [math.log10(value) for value in values]
    first, last = math.floor(min(logs) + 1e-9), math.ceil(max(logs) - 1e-9)
    return list(range(first, max(last, first + 1) + 1))


def svg(chart: Chart) -> str:
    """The chart as the text of an SVG file."""
    points = [point for line in chart.lines.values() for point in line]
    across, up = decades([x for x, _ in points]), decades([y for _, y in points])
    right, base = WIDTH - RIGHT, HEIGHT - BOTTOM

    def place(point: Point) -> Point:
        x, y = (math.log10(value) for value in point)
        return (
            LEFT + (x - across[0]) / (across[-1] - across[0]) * (right - LEFT),
            base - (y - up[0]) / (up[-1] - up[0]) * (base - TOP),
        )

    turned = f'transform="translate(16 {(TOP + base) / 2:.0f}) rotate(-90)"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(chart.title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="22">{escape(chart.title)}</text>',
        *(_vertical(place((10.0**power, 1.0))[0], base, number(10.0**power)) for power in across),
        *(_horizontal(place((1.0, 10.0**power))[1], right, number(10.0**power)) for power in up),
        f'<path class="axis" d="M{LEFT} {TOP}V{base}H{right}"/>',
        f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(chart.x)}</text>',
        f'<text {turned} text-anchor="middle">{escape(chart.y)}</text>',
    ]
    placed = [[place(point) for point in line] for line in chart.lines.values()]
    labels = _apart([line[-1][1] for line in placed])
    for at, (name, line, label) in enumerate(zip(chart.lines, placed, labels, strict=True)):
        parts += _line(at % COLOURS, line)
        parts.append(f'<text x="{line[-1][0] + 8:.1f}" y="{label + 4:.1f}">{escape(name)}</text>')
    return "\n".join((*parts, "</svg>", ""))


def _vertical(x: float, base: int, label: str) -> str:
    text = f'<text x="{x:.1f}" y="{base + 18}" text-anchor="middle">{label}</text>'
    return f'<path class="grid" d="M{x:.1f} {TOP}V{base}"/>{text}'


def _horizontal(y: float, right: int, label: str) -> str:
    text = f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
    return f'<path class="grid" d="M{LEFT} {y:.1f}H{right}"/>{text}'


def _line(colour: int, line: Sequence[Point]) -> Iterator[str]:
    yield f'<path class="line c{colour}" d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in line)}"/>'
    yield from (f'<circle class="p{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in line)


def _apart(wanted: Sequence[float], gap: float = 16) -> list[float]:
    """The same places, moved down where two texts would lie on each other."""
    found = list(wanted)
    for before, at in pairwise(sorted(range(len(wanted)), key=lambda at: wanted[at])):
        found[at] = max(found[at], found[before] + gap)
    return found
