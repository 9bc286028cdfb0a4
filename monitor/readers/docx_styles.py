"""Styles of a Word document: what a paragraph is, and how a run of text is shown.

Styles inherit from each other. What a run says of itself goes before its own style, and this before the paragraph's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from monitor.core.text.layout import LONGEST_LABEL
from monitor.readers.page import number_text
from monitor.readers.symbol_fonts import is_symbol_font
from monitor.readers.xml import Element, attribute, child, children, local

_HEADING: Final = re.compile(r"heading (\d)")
_INDEX: Final = re.compile(r"(?:toc|contents) \d|table of figures|table of authorities")
_BODY: Final = 9  # the outline level that means none
_DEEPEST: Final = 64  # styles in one chain: a longer one is a ring
_LOWEST: Final = 4  # half-points by which a raised run stands above the line: 2 points


class RunFormat(NamedTuple):
    """How text is shown; None where nothing is said of it.

    `shift` is `sup` or `sub`, empty on the line; `symbols` is the symbol font, empty for one of letters.
    """

    hidden: bool | None = None
    struck: bool | None = None
    shift: str | None = None
    symbols: str | None = None
    bold: bool | None = None
    italic: bool | None = None

    def over(self, below: RunFormat) -> RunFormat:
        """This format where it says something, else what `below` says."""
        return RunFormat._make(under if own is None else own for own, under in zip(self, below, strict=True))


PLAIN: Final = RunFormat()


def run_format(properties: Element | None) -> RunFormat:
    """What run properties (`rPr`) say themselves."""
    hidden: bool | None = None
    struck: bool | None = None
    shift: str | None = None
    symbols: str | None = None
    weight: dict[str, bool] = {}
    for one in () if properties is None else properties:
        name = local(one)
        if name == "vanish":
            hidden = is_on(one)
        elif name in ("strike", "dstrike"):
            struck = is_on(one) or bool(struck)
        elif name in ("b", "i"):
            weight[name] = is_on(one)
        elif name == "vertAlign":
            shift = {"superscript": "sup", "subscript": "sub"}.get(attribute(one, "val") or "", "")
        elif name == "position":
            height = _integer(one, digits=5)
            shift = "sup" if height >= _LOWEST else "sub" if height <= -_LOWEST else shift or ""
        elif name == "rFonts":
            font = attribute(one, "ascii") or attribute(one, "hAnsi")
            symbols = None if font is None else font if is_symbol_font(font) else ""
    return RunFormat(hidden, struck, shift, symbols, weight.get("b"), weight.get("i"))


def is_on(switch: Element | None) -> bool:
    """Whether a property that is switched on or off is there, and on."""
    return switch is not None and attribute(switch, "val") not in ("0", "false", "off")


class Role(NamedTuple):
    """`tags` are the elements of a page that the paragraph stands in, outermost first; `label` is its number."""

    tags: tuple[str, ...] = ("p",)
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str | None
    outline: int | None
    list_level: int | None  # None: not listed
    numbering: str | None  # the list that numbers it
    runs: RunFormat


class Styles:
    """The styles of one document; `root` is its styles part, None where it has none, `numbering` that of its lists."""

    def __init__(self, root: Element | None, numbering: Element | None = None) -> None:
        self._numbers = _Numbering(numbering)
        self._styles: dict[str, _Style] = {}
        self._formats: dict[str, RunFormat] = {}
        self._indexes: dict[str | None, bool] = {}
        self.default: str | None = None
        for style in () if root is None else children(root, "style"):
            name = child(style, "name")
            based_on = child(style, "basedOn")
            properties = child(style, "pPr")
            identity = attribute(style, "styleId") or ""
            self._styles[identity] = _Style(
                (attribute(name, "val") or "").lower() if name is not None else "",
                attribute(based_on, "val") if based_on is not None else None,
                _outline(properties),
                _list_level(properties),
                _list_of(properties),
                run_format(child(style, "rPr")),
            )
            if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true"):
                self.default = identity

    def role(self, properties: Element | None) -> Role:
        """What a paragraph with these properties (its `pPr`) is."""
        chain = self._chain(self.named(properties))
        heading = self._heading(chain, _outline(properties))
        level, numbers = _list_level(properties), _list_of(properties)
        if level is None:
            level = next((style.list_level for style in chain if style.list_level is not None), -1)
        if numbers is None:
            numbers = next((style.numbering for style in chain if style.numbering is not None), None)
        label = self._numbers.next(numbers, level) if level >= 0 and numbers is not None else ""
        if heading:
            return Role((f"h{heading}",), label)
        if any(style.name == "caption" for style in chain):
            return Role(("figcaption",))
        return Role((*["ul"] * (level + 1), "li"), label) if level >= 0 else Role()

    def is_index(self, identity: str | None) -> bool:
        """Whether paragraphs of this style are entries of a table of contents or of figures."""
        if identity not in self._indexes:
            self._indexes[identity] = any(_INDEX.fullmatch(style.name) for style in self._chain(identity))
        return self._indexes[identity]

    def named(self, properties: Element | None) -> str | None:
        """The style that a paragraph with these properties names, or the one of all that name none."""
        found = child(properties, "pStyle") if properties is not None else None
        return self.default if found is None else attribute(found, "val")

    def format(self, identity: str | None) -> RunFormat:
        """How text of this style is shown."""
        if identity is None:
            return PLAIN
        found = self._formats.get(identity)
        if found is None:
            found = PLAIN
            for style in reversed(self._chain(identity)):
                found = style.runs.over(found)
            self._formats[identity] = found
        return found

    def _chain(self, identity: str | None) -> list[_Style]:
        found: list[_Style] = []
        while identity in self._styles and len(found) < _DEEPEST:
            found.append(self._styles[identity])
            identity = found[-1].based_on
        return found

    def _heading(self, chain: list[_Style], direct: int | None) -> int:
        if direct is not None:
            return 0 if direct >= _BODY else min(6, direct + 1)
        for style in chain:
            if style.name == "title":
                return 1
            numbered = _HEADING.fullmatch(style.name)
            if numbered:
                return max(1, min(6, int(numbered[1])))
            if style.outline is not None:
                return 0 if style.outline >= _BODY else min(6, style.outline + 1)
        return 0


def _outline(properties: Element | None) -> int | None:
    found = child(properties, "outlineLvl") if properties is not None else None
    return None if found is None else _integer(found, digits=3)


def _list_level(properties: Element | None) -> int | None:
    """The depth from 0 of a listed paragraph; -1 where the list of the style is switched off; None: not said."""
    numbering = child(properties, "numPr") if properties is not None else None
    if numbering is None:
        return None
    identity, level = child(numbering, "numId"), child(numbering, "ilvl")
    if identity is not None and attribute(identity, "val") == "0":
        return -1
    return min(8, _integer(level, digits=3)) if level is not None else 0


def _list_of(properties: Element | None) -> str | None:
    numbering = child(properties, "numPr") if properties is not None else None
    found = child(numbering, "numId") if numbering is not None else None
    return None if found is None else attribute(found, "val")


_FORMS: Final = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_SILENT_FORMS: Final = frozenset({"bullet", "none"})
_PLACE: Final = re.compile(r"%([1-9])")


class _Level(NamedTuple):
    """A level of a list: its first number, the form of its numbers, and its text with `%1` for that of level 1."""

    start: int = 1
    form: str = "decimal"
    text: str = ""


class _Numbering:
    """The numbers of the listed paragraphs, which count on in the order in which they are asked for."""

    def __init__(self, root: Element | None) -> None:
        abstract = {
            attribute(one, "abstractNumId"): {_integer(level, "ilvl"): _level(level) for level in children(one, "lvl")}
            for one in (() if root is None else children(root, "abstractNum"))
        }
        self._levels: dict[str, dict[int, _Level]] = {}
        self._series: dict[str, str] = {}  # lists of one definition count on together
        for one in () if root is None else children(root, "num"):
            identity, definition = attribute(one, "numId") or "", child(one, "abstractNumId")
            name = attribute(definition, "val") or "" if definition is not None else ""
            self._levels[identity] = dict(abstract.get(name, {}))
            self._series[identity] = name
            for override in children(one, "lvlOverride"):
                at, start, own = _integer(override, "ilvl"), child(override, "startOverride"), child(override, "lvl")
                level = _level(own) if own is not None else self._levels[identity].get(at, _Level())
                level = level if start is None else level._replace(start=_integer(start))
                self._levels[identity][at], self._series[identity] = level, f"{name} {identity}"
        self._counts: dict[str, dict[int, int]] = {}

    def next(self, identity: str, at: int) -> str:
        """The label of the next paragraph of a list at a level; empty for a bullet."""
        levels = self._levels.get(identity, {})
        level = levels.get(at)
        if level is None:
            return ""
        series = self._series[identity]
        counts = self._counts.setdefault(series, {})
        counts[at] = counts.get(at, level.start - 1) + 1
        for deeper in [one for one in counts if one > at]:
            del counts[deeper]
        if level.form in _SILENT_FORMS:
            return ""

        def shown(place: re.Match[str]) -> str:
            own = levels.get(int(place[1]) - 1, _Level())
            return number_text(counts.get(int(place[1]) - 1, own.start), _FORMS.get(own.form, "1"))

        return _PLACE.sub(shown, level.text)[:LONGEST_LABEL]


def _level(element: Element) -> _Level:
    start, form, text = (child(element, name) for name in ("start", "numFmt", "lvlText"))
    return _Level(
        _integer(start) if start is not None else 1,
        attribute(form, "val") or "decimal" if form is not None else "decimal",
        attribute(text, "val") or "" if text is not None else "",
    )


def _integer(element: Element, name: str = "val", *, digits: int = 8) -> int:
    """A number of so many digits at most; 0 where it is none."""
    value = attribute(element, name) or ""
    return int(value) if value.isdecimal() and len(value) <= digits else 0
