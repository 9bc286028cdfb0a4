"""Styles of a Word document: what a paragraph is, and how a run of text is shown.

Styles inherit from each other. What a run says of itself goes before its own style, and this before the paragraph's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

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

    def over(self, below: RunFormat) -> RunFormat:
        """This format where it says something, else what `below` says."""
        return RunFormat(
            below.hidden if self.hidden is None else self.hidden,
            below.struck if self.struck is None else self.struck,
            below.shift if self.shift is None else self.shift,
            below.symbols if self.symbols is None else self.symbols,
        )


PLAIN: Final = RunFormat()


def run_format(properties: Element | None) -> RunFormat:
    """What run properties (`rPr`) say themselves."""
    hidden: bool | None = None
    struck: bool | None = None
    shift: str | None = None
    symbols: str | None = None
    for one in () if properties is None else properties:
        name = local(one)
        if name == "vanish":
            hidden = is_on(one)
        elif name in ("strike", "dstrike"):
            struck = is_on(one) or bool(struck)
        elif name == "vertAlign":
            shift = {"superscript": "sup", "subscript": "sub"}.get(attribute(one, "val") or "", "")
        elif name == "position":
            height = _half_points(one)
            shift = "sup" if height >= _LOWEST else "sub" if height <= -_LOWEST else shift or ""
        elif name == "rFonts":
            font = attribute(one, "ascii") or attribute(one, "hAnsi")
            symbols = None if font is None else font if is_symbol_font(font) else ""
    return RunFormat(hidden, struck, shift, symbols)


def is_on(switch: Element | None) -> bool:
    """Whether a property that is switched on or off is there, and on."""
    return switch is not None and attribute(switch, "val") not in ("0", "false", "off")


def _half_points(element: Element) -> int:
    value = attribute(element, "val") or ""
    return int(value) if value.isdecimal() and len(value) < 6 else 0


@dataclass(frozen=True, slots=True)
class Role:
    """`tags` are the elements of a page that the paragraph stands in, outermost first."""

    tags: tuple[str, ...] = ("p",)


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str | None
    outline: int | None
    list_level: int | None  # None: not listed
    runs: RunFormat


class Styles:
    """The styles of one document; `root` is its styles part, None where it has none."""

    def __init__(self, root: Element | None) -> None:
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
                run_format(child(style, "rPr")),
            )
            if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true"):
                self.default = identity

    def role(self, properties: Element | None) -> Role:
        """What a paragraph with these properties (its `pPr`) is."""
        chain = self._chain(self.named(properties))
        heading = self._heading(chain, _outline(properties))
        if heading:
            return Role((f"h{heading}",))
        if any(style.name == "caption" for style in chain):
            return Role(("figcaption",))
        level = _list_level(properties)
        if level is None:
            level = next((style.list_level for style in chain if style.list_level is not None), -1)
        return Role((*["ul"] * (level + 1), "li")) if level >= 0 else Role()

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
    return None if found is None else _number(found)


def _list_level(properties: Element | None) -> int | None:
    """The depth from 0 of a listed paragraph; -1 where the list of the style is switched off; None: not said."""
    numbering = child(properties, "numPr") if properties is not None else None
    if numbering is None:
        return None
    identity, level = child(numbering, "numId"), child(numbering, "ilvl")
    if identity is not None and attribute(identity, "val") == "0":
        return -1
    return min(8, _number(level)) if level is not None else 0


def _number(element: Element) -> int:
    value = attribute(element, "val") or ""
    return int(value) if value.isdecimal() and len(value) < 4 else 0
