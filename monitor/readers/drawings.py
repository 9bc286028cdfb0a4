"""Read what drawings say: the texts and values of charts, the texts of diagrams (SmartArt), shapes in their order.

A chart is read as a table: its title, a row with the names of its series, a row for each category. The values are those
that the document keeps with the picture (ISO/IEC 29500-1, 21.2 and 21.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from monitor.model import Block, BlockKind
from monitor.readers.number_formats import shown
from monitor.readers.tables import row_of_texts
from monitor.readers.xml import Element, Package, attribute, child, children, local

_MOST_POINTS: Final = 20_000  # of a series
_ENDS: Final = frozenset({"pres", "parTrans", "sibTrans", "doc"})  # points of a diagram that hold no text of it


def drawing_blocks(package: Package, part: str, graphic: Element) -> list[Block]:
    """What a `graphicData` element of this part shows, if it is a chart or a diagram; else nothing."""
    found: list[Block] = []
    for element in graphic:
        name = local(element)
        if name not in ("chart", "relIds"):
            continue
        relations = package.relations(part)
        relation = relations.get(attribute(element, "dm" if name == "relIds" else "id") or "")
        if relation is None or relation.external or not package.has(relation.target):
            continue
        if name == "chart":
            found += _chart(package.part(relation.target))
        else:
            found += _diagram(package.part(relation.target))
    return found


def _diagram(root: Element) -> Iterator[Block]:
    for point in root.iter("{*}pt"):
        if attribute(point, "type") not in _ENDS:
            for paragraph in point.iterfind("{*}t/{*}p"):
                text = _text(paragraph)
                if text:
                    yield Block(BlockKind.PARAGRAPH, text)


def _chart(root: Element) -> Iterator[Block]:
    for title in root.iter("{*}title"):
        text = " ".join(filter(None, map(_text, title.iter("{*}p"))))
        if text:
            yield Block(BlockKind.CAPTION, text)
    for plot in root.iter("{*}plotArea"):
        for group in plot:
            series = list(children(group, "ser"))
            if series:
                yield from _series(series)
    for data in root.iter("{*}data"):  # of the kinds of charts that are new since 2016
        columns = [_values_of(one) for one in data if local(one) in ("strDim", "numDim")]
        for place in sorted({place for column in columns for place in column}):
            yield from row_of_texts([column.get(place, "") for column in columns])


def _values_of(dimension: Element) -> dict[int, str]:
    points = next(children(dimension, "lvl"), ())
    return {place: " ".join((one.text or "").split()) for place, one in enumerate(points) if place < _MOST_POINTS}


def _series(series: list[Element]) -> Iterator[Block]:
    columns = [_values(one, "val", "yVal") for one in series]
    names = [next(iter(_values(one, "tx").values()), "") for one in series]
    labels: dict[int, str] = {}
    for one in series:
        labels = _values(one, "cat", "xVal") | labels
    yield from row_of_texts(["", *names])
    for place in sorted({place for column in (labels, *columns) for place in column}):
        yield from row_of_texts([labels.get(place, ""), *(column.get(place, "") for column in columns)])


def _values(series: Element, *names: str) -> dict[int, str]:
    """The kept values of a series by their places."""
    found: dict[int, str] = {}
    holder = next((one for one in series if local(one) in names), None)
    if holder is None:
        return found
    code = next((one.text or "" for one in holder.iter("{*}formatCode")), "")
    for place, point in enumerate(holder.iter("{*}pt")):
        value = child(point, "v")
        number = attribute(point, "idx") or ""
        if place >= _MOST_POINTS:
            break
        if value is not None and value.text:
            at = int(number) if number.isdecimal() and len(number) < 9 else place
            found.setdefault(at, _shown(value.text, attribute(point, "formatCode") or code))
    if not found and (written := child(holder, "v")) is not None and written.text:
        found[0] = " ".join(written.text.split())
    return found


def _shown(value: str, code: str) -> str:
    try:
        return shown(float(value), code) if code else " ".join(value.split())
    except (ValueError, OverflowError):
        return " ".join(value.split())


def _text(paragraph: Element) -> str:
    return " ".join("".join(one.text or "" for one in paragraph.iter("{*}t")).split())


# --- the order of shapes: by place, which bringing one to the front does not change -------------------

_T = TypeVar("_T")
Position = tuple[float, float, float]
"""The left, the top and the height of a shape, in any unit."""


def by_place(shapes: Sequence[_T], place: Callable[[_T], Position | None]) -> list[_T]:
    """The shapes from the top, those beside each other from the left; one without a place follows the one before it.

    Shapes are beside each other where the middle of one lies between the top and the bottom of the other.
    """
    runs: list[tuple[Position, list[_T]]] = []
    for shape in shapes:
        at = place(shape)
        if at is not None or not runs:
            runs.append((at or (0, 0, 0), [shape]))
        else:
            runs[-1][1].append(shape)
    runs.sort(key=lambda run: (run[0][1], run[0][0]))
    found: list[_T] = []
    first = 0
    while first < len(runs):
        _, top, height = runs[first][0]
        last = first + 1
        while last < len(runs) and runs[last][0][1] + runs[last][0][2] / 2 <= top + height:
            last += 1
        for _, run in sorted(runs[first:last], key=lambda run: run[0][:2]):
            found += run
        first = last
    return found
