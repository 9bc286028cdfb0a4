"""XML of a document's parts -> elements, within bounds: no entities of its own, no network, 256 levels at most."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from monitor.errors import ExtractError
from monitor.readers.extras import extra

Element = Any  # lxml tells no types


def parse(data: bytes, part: str, of: str) -> Element:
    """The root element of an XML part; `of` is the extra that brings the parser.

    ExtractError where it is no well-formed XML, is nested too deep, or declares entities.
    """
    with extra(of):
        from lxml import etree
    # without `huge_tree` libxml2 refuses more than 256 levels and texts above 10 MB
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ExtractError(f"damaged: {part} is no well-formed XML ({_one_line(error)})") from None
    _refuse_entities(root.getroottree(), part)
    return root


def each(data: bytes, name: str, part: str, of: str) -> Iterator[Element]:
    """The elements of this local name, in order, each forgotten when the next is asked for; errors as of `parse`."""
    with extra(of):
        from lxml import etree
    events = etree.iterparse(
        io.BytesIO(data),
        tag=f"{{*}}{name}",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            _refuse_entities(element.getroottree(), part)
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise ExtractError(f"damaged: {part} is no well-formed XML ({_one_line(error)})") from None


def _refuse_entities(tree: Element, part: str) -> None:
    dtd = tree.docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise ExtractError(f"refused: {part} declares XML entities")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def local(element: Element) -> str:
    """The name without its namespace: the strict and the transitional variants of a format differ in that alone."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The attribute of this local name, whatever its namespace."""
    for key, value in element.items():
        if key == name or key.endswith("}" + name):
            return str(value)
    return None


def child(element: Element, name: str) -> Element | None:
    """The first child of this local name."""
    return next((one for one in element if local(one) == name), None)


def children(element: Element, name: str) -> Iterator[Element]:
    """All children of this local name."""
    return (one for one in element if local(one) == name)
