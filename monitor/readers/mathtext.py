"""Equations of Office documents -> one line of text, as one would type them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from monitor.readers.xml import Element, child, local


def equation(element: Element) -> str:
    """The text of an `oMath` element: `a/b`, `x^2`, `x_1`, `√(x)`; the rest is written as it stands."""
    return "".join(_parts(element))


def _parts(element: Element) -> list[str]:
    return [_one(one) for one in element]


def _one(element: Element) -> str:
    name = local(element)
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    written = _FORMS.get(name)
    return written(element) if written else equation(element)


def _of(element: Element, name: str) -> str:
    found = child(element, name)
    return equation(found) if found is not None else ""


def _grouped(text: str) -> str:
    whole = len(text) < 2 or text.isalnum() or (text[0] == "(" and text.find(")") == len(text) - 1)
    return text if whole else f"({text})"


def _fraction(element: Element) -> str:
    return f"{_grouped(_of(element, 'num'))}/{_grouped(_of(element, 'den'))}"


def _scripts(element: Element) -> str:
    below, above = _of(element, "sub"), _of(element, "sup")
    written = _grouped(_of(element, "e"))
    if below:
        written += f"_{_grouped(below)}"
    return written + (f"^{_grouped(above)}" if above else "")


def _root(element: Element) -> str:
    return f"√({_of(element, 'e')})"


def _delimited(element: Element) -> str:
    return f"({', '.join(equation(one) for one in element if local(one) == 'e')})"


_FORMS: Final[dict[str, Callable[[Element], str]]] = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "rad": _root,
    "d": _delimited,
}
