"""Styles of an OpenDocument file, which inherit from each other, and the controls of its forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from monitor.readers.inline_marks import check_box
from monitor.readers.page import ListNumbers
from monitor.readers.symbol_fonts import is_symbol_font
from monitor.readers.xml import Element, attribute, child, local

_CAPTIONS: Final = frozenset({"Caption", "Illustration", "Figure", "Drawing"})
_DEEPEST: Final = 64  # styles in one chain: a longer one is a ring


@dataclass(frozen=True, slots=True)
class _Style:
    parent: str | None
    shift: str  # `sup` or `sub`, empty on the line
    hidden: bool
    struck: bool
    symbols: str  # the name of the symbol font; empty for one of letters
    emphasis: str = ""  # `b`, `i` or both


class Styles:
    """All styles of one document; `roots` are the roots that hold them, the later ones going before."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._styles: dict[str, _Style] = {}
        self._plain: dict[str | None, bool] = {None: True}
        self._lists: dict[str | None, dict[str | None, Element]] = {}  # their levels that are numbered
        for root in roots:
            fonts = {
                attribute(one, "name") or "": attribute(one, "font-family") or "" for one in root.iter("{*}font-face")
            }
            for style in root.iter("{*}style"):
                name = attribute(style, "name")
                if name:
                    self._styles[name] = _style(style, fonts)
            for one in root.iter("{*}list-style"):
                numbered = (level for level in one if local(level) == "list-level-style-number")
                self._lists[attribute(one, "name")] = {attribute(level, "level"): level for level in numbered}

    def list_numbers(self, name: str | None, depth: int) -> ListNumbers | None:
        """What counts the items of a list of this style at this depth, from 1; None where they have no numbers."""
        level = self._lists.get(name, {}).get(str(depth))
        form = attribute(level, "num-format") if level is not None else None
        if level is None or not form:
            return None
        start = attribute(level, "start-value") or "1"
        before, behind = ((attribute(level, f"num-{one}") or "")[:8] for one in ("prefix", "suffix"))
        number = int(start) if start.isdecimal() and len(start) < 9 else 1
        return ListNumbers(number, form, before, behind)

    def emphasis(self, name: str | None) -> str:
        """`b` where text of this style is bold, `i` where it is italic, in one text."""
        found = "".join(self._styles[one].emphasis for one in self._chain(name) if one in self._styles)
        return "".join(sorted(set(found)))

    def is_title(self, name: str | None) -> bool:
        """Whether a paragraph of this style is the document's title."""
        return "Title" in self._chain(name)

    def is_caption(self, name: str | None) -> bool:
        """Whether a paragraph of this style belongs to a picture or a table."""
        return any(one in _CAPTIONS for one in self._chain(name))

    def shift(self, name: str | None) -> str:
        """Whether text of this style is superscript, `sup`, or subscript, `sub`."""
        chain = [self._styles[one].shift for one in self._chain(name) if one in self._styles]
        return next(filter(None, chain), "")

    def is_hidden(self, name: str | None) -> bool:
        """Whether text of this style is not shown."""
        return any(self._styles[one].hidden for one in self._chain(name) if one in self._styles)

    def is_struck(self, name: str | None) -> bool:
        """Whether text of this style is drawn with a line through it."""
        return any(self._styles[one].struck for one in self._chain(name) if one in self._styles)

    def symbols(self, name: str | None) -> str:
        """The symbol font of this style; empty where it is written in letters."""
        chain = [self._styles[one].symbols for one in self._chain(name) if one in self._styles]
        return next((font for font in chain if font), "")

    def is_bare(self, name: str | None) -> bool:
        """Whether a paragraph of this style is plain, and neither a title nor a caption."""
        return name is None or (self.is_plain(name) and not self.is_title(name) and not self.is_caption(name))

    def is_plain(self, name: str | None) -> bool:
        """Whether text of this style is shown as its characters say."""
        if name not in self._plain:
            self._plain[name] = not (
                self.shift(name) or self.is_hidden(name) or self.is_struck(name) or self.symbols(name)
            )
        return self._plain[name]

    def _chain(self, name: str | None) -> Iterator[str]:
        for _ in range(_DEEPEST):
            if name is None:
                return
            yield name
            style = self._styles.get(name)
            name = style.parent if style else None


def _style(element: Element, fonts: Mapping[str, str]) -> _Style:
    properties = child(element, "text-properties")
    parent = attribute(element, "parent-style-name")
    if properties is None:
        return _Style(parent, shift="", hidden=False, struck=False, symbols="")
    font = attribute(properties, "font-name") or attribute(properties, "font-family") or ""
    font = fonts.get(font, font).strip("'")
    line = attribute(properties, "text-line-through-style") or attribute(properties, "text-line-through-type")
    return _Style(
        parent,
        shift=_shift(attribute(properties, "text-position") or ""),
        hidden=attribute(properties, "display") == "none",
        struck=line not in (None, "none"),
        symbols=font if is_symbol_font(font) else "",
        emphasis="b" * (attribute(properties, "font-weight") in ("bold", "700", "800", "900"))
        + "i" * (attribute(properties, "font-style") in ("italic", "oblique")),
    )


def _shift(position: str) -> str:
    """`sup` for `super 58%` and `33% 58%`, `sub` for `sub 58%` and `-33% 58%`."""
    height = position.partition(" ")[0]
    if height.endswith("%") and height.strip("-%").isdecimal() and int(height.strip("-%")):
        return "sub" if height[0] == "-" else "sup"
    return {"super": "sup", "sub": "sub"}.get(height, "")


class Controls:
    """The controls of the forms in a document, by their ids: what a person entered or chose."""

    def __init__(self, body: Element) -> None:
        self._controls: dict[str, Element] = {}
        for forms in body.iter("{*}forms"):
            for control in forms.iter():
                identity = attribute(control, "id")
                if identity:
                    self._controls[identity] = control

    def shown(self, identity: str | None) -> str:
        """What the control of this id shows, its label behind a box; empty where it is no field."""
        control = self._controls.get(identity or "")
        if control is None:
            return ""
        kind = local(control)
        if kind in ("checkbox", "radio"):
            states = [attribute(control, name) for name in ("current-state", "current-selected", "state", "selected")]
            state = next((one for one in states if one is not None), "")
            sign = check_box(checked=state in ("checked", "true"), radio=kind == "radio")
            return f"{sign} {attribute(control, 'label') or ''}"
        if kind in ("listbox", "combobox"):
            options = [one for one in control if local(one) in ("option", "item")]
            chosen = [one for one in options if attribute(one, "current-selected") == "true"]
            chosen = chosen or [one for one in options if attribute(one, "selected") == "true"]
            entered = attribute(control, "current-value") or attribute(control, "value") or ""
            return ", ".join(attribute(one, "label") or "" for one in chosen) or entered
        if kind in _ENTERED:
            value = attribute(control, "current-value") or attribute(control, "value")
            return value if value is not None else "".join(control.itertext()).strip()
        return ""


_ENTERED: Final = frozenset({"text", "textarea", "formatted-text", "number", "date", "time", "file"})
