"""Write equations of Office Open XML and MathML on one line, as one types them: `(a+b)/2`, `x^2`, `x_1`, `√(x)`.

Both are turned into one tree first, so that the same equation reads the same in every format.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from monitor.readers.xml import Element, attribute, local

DEEPEST: Final = 100  # elements in each other: what is nested deeper is written as it stands


class Node(NamedTuple):
    """An element of MathML: its name, the text that it begins with, its children, and its attributes."""

    name: str
    text: str
    children: Sequence[Node]
    attributes: dict[str, str | None]


def equation(element: Element) -> str:
    """The text of an `oMath` element of Office Open XML (ECMA-376, 22.1)."""
    return "".join(_office(one) for one in element)


def mathml(node: Node) -> str:
    """The text of a `math` element (MathML 3); annotations are left out."""
    return " ".join(_math(node).split())


def mathml_of(element: Element, depth: int = 0) -> Node:
    """The tree of a MathML element."""
    inner = [mathml_of(one, depth + 1) for one in element] if depth < DEEPEST else []
    text = element.text or "" if depth < DEEPEST else "".join(element.itertext())
    return Node(local(element), text, inner, {name.rpartition("}")[2]: value for name, value in element.items()})


# --- how it is written ----------------------------------------------------------------------------


def _grouped(text: str) -> str:
    whole = len(text) < 2 or text.isalnum() or (text[0] == "(" and text.find(")") == len(text) - 1)
    return text if whole else f"({text})"


def _fraction(above: str, below: str) -> str:
    return f"{_grouped(above)}/{_grouped(below)}"


def _scripts(base: str, below: str = "", above: str = "") -> str:
    written = _grouped(base)
    if below:
        written += f"_{_grouped(below)}"
    return written + (f"^{_grouped(above)}" if above else "")


def _root(inner: str, degree: str = "") -> str:
    return f"{degree}√({inner})"


_BARS: Final = ("\u0305", "\u0332")  # above and below


# --- Office Open XML ------------------------------------------------------------------------------


def _office(element: Element) -> str:
    name = local(element)
    if name == "t":
        return element.text or ""
    if name.endswith("Pr") or name in ("del", "moveFrom"):
        return ""
    if name == "f":
        return _fraction(_of(element, "num"), _of(element, "den"))
    if name in ("sSup", "sSub", "sSubSup"):
        return _scripts(_of(element, "e"), _of(element, "sub"), _of(element, "sup"))
    if name == "rad":
        return _root(_of(element, "e"), _of(element, "deg"))
    if name == "d":
        opening, closing = _character(element, "begChr", "("), _character(element, "endChr", ")")
        return f"{opening}{', '.join(equation(one) for one in element if local(one) == 'e')}{closing}"
    if name == "nary":
        sign = _character(element, "chr", "∫")
        return f"{_scripts(sign, _of(element, 'sub'), _of(element, 'sup'))} {_of(element, 'e')}"
    if name in ("limLow", "limUpp"):
        limit = _of(element, "lim")
        return _scripts(_of(element, "e"), *((limit, "") if name == "limLow" else ("", limit)))
    if name in ("mr", "eqArr"):
        return " ".join(equation(one) for one in element if local(one) == "e") + " "
    return equation(element) + _accent(name, element)


def _accent(name: str, element: Element) -> str:
    """The sign above or below what the element holds."""
    if name == "acc":
        return _character(element, "chr", "\u0302")
    return _BARS[_character(element, "pos", "bot") == "bot"] if name == "bar" else ""


def _of(element: Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return equation(found) if found is not None else ""


def _character(element: Element, name: str, default: str) -> str:
    """A sign that the properties of an element name; an empty one is none."""
    properties = element.find(f"{{*}}{local(element)}Pr")
    found = properties.find(f"{{*}}{name}") if properties is not None else None
    return default if found is None else (attribute(found, "val") or "")


# --- MathML ---------------------------------------------------------------------------------------

_SKIPPED: Final = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts", "maligngroup"})
_ROWS: Final = frozenset({"mtr", "mlabeledtr", "mtable"})
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064"))  # a function is applied, a product


def _math(node: Node) -> str:
    name = node.name
    if name in _SKIPPED:
        return ""
    if not node.children:
        return " " if name == "mspace" else " ".join(node.text.translate(_INVISIBLE).split())
    parts = [_math(one) for one in node.children if one.name not in _SKIPPED]
    if name == "mfrac" and len(parts) == 2:
        return _fraction(*parts)
    if name in ("msup", "mover") and len(parts) == 2:
        return _scripts(parts[0], "", parts[1])
    if name in ("msub", "munder") and len(parts) == 2:
        return _scripts(*parts)
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return _scripts(*parts)
    if name == "msqrt":
        return _root("".join(parts))
    if name == "mroot" and len(parts) == 2:
        return _root(*parts)
    if name == "mfenced":
        opening, closing = node.attributes.get("open"), node.attributes.get("close")
        return f"{'(' if opening is None else opening}{', '.join(parts)}{')' if closing is None else closing}"
    between = " " if name in _ROWS else ""
    return node.text.strip() + between.join(parts)
