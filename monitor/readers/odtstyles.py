"""What OpenDocument's styles say of a paragraph or a run of text; styles inherit from each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from monitor.readers.xml import Element, attribute, child

_CAPTIONS: Final = frozenset({"Caption", "Illustration", "Figure", "Drawing"})
_DEEPEST: Final = 64  # styles in one chain: a longer one is a ring


@dataclass(frozen=True, slots=True)
class _Style:
    parent: str | None
    raised: bool
    hidden: bool


class Styles:
    """All styles of one document; `roots` are the roots that hold them, the later ones going before."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._styles: dict[str, _Style] = {}
        for root in roots:
            for style in root.iter("{*}style"):
                name = attribute(style, "name")
                if name:
                    self._styles[name] = _style(style)

    def is_title(self, name: str | None) -> bool:
        """Whether a paragraph of this style is the document's title."""
        return "Title" in self._chain(name)

    def is_caption(self, name: str | None) -> bool:
        """Whether a paragraph of this style belongs to a picture or a table."""
        return any(one in _CAPTIONS for one in self._chain(name))

    def is_raised(self, name: str | None) -> bool:
        """Whether text of this style is superscript."""
        return any(self._styles[one].raised for one in self._chain(name) if one in self._styles)

    def is_hidden(self, name: str | None) -> bool:
        """Whether text of this style is not shown."""
        return any(self._styles[one].hidden for one in self._chain(name) if one in self._styles)

    def _chain(self, name: str | None) -> Iterator[str]:
        for _ in range(_DEEPEST):
            if name is None:
                return
            yield name
            style = self._styles.get(name)
            name = style.parent if style else None


def _style(element: Element) -> _Style:
    properties = child(element, "text-properties")
    if properties is None:
        return _Style(attribute(element, "parent-style-name"), raised=False, hidden=False)
    return _Style(
        attribute(element, "parent-style-name"),
        raised=(attribute(properties, "text-position") or "").startswith("super"),
        hidden=attribute(properties, "display") == "none",
    )
