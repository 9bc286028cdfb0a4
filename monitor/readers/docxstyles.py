"""What a DOCX paragraph is by its style: a heading, a list item, a caption; styles inherit from each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from monitor.readers.xml import Element, attribute, child, children

_HEADING: Final = re.compile(r"heading (\d)")
_BODY: Final = 9  # the outline level that means none
_DEEPEST: Final = 64  # styles in one chain: a longer one is a ring


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


class Styles:
    """The styles of one document; `root` is its styles part, None where it has none."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
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
            )

    def role(self, properties: Element | None) -> Role:
        """What a paragraph with these properties (its `pPr`) is."""
        named = child(properties, "pStyle") if properties is not None else None
        chain = self._chain(attribute(named, "val") if named is not None else None)
        heading = self._heading(chain, _outline(properties))
        if heading:
            return Role((f"h{heading}",))
        if any(style.name == "caption" for style in chain):
            return Role(("figcaption",))
        level = _list_level(properties)
        if level is None:
            level = next((style.list_level for style in chain if style.list_level is not None), -1)
        return Role((*["ul"] * (level + 1), "li")) if level >= 0 else Role()

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
