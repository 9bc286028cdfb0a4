"""Safe XML and zip packages for Office, OpenDocument and EPUB files.

XML without entities of its own or network access, at most 256 levels deep. Zip entries are checked for size before
they are inflated. Parts of Office Open XML packages refer to each other by relationships.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitor.errors import ExtractError
from monitor.readers import extra

Element = Any  # lxml tells no types
_NO_MEMORY: Final = 2  # libxml2's XML_ERR_NO_MEMORY, which lxml tells as an error of syntax


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
        if error.code == _NO_MEMORY:
            raise MemoryError from None
        raise ExtractError(f"damaged: {part} is no well-formed XML ({_one_line(error)})") from None
    _refuse_entities(root.getroottree(), part)
    return root


def each(data: bytes, names: Sequence[str], part: str, of: str) -> Iterator[Element]:
    """The elements of these local names, in order, each forgotten when the next is asked for; errors as of `parse`."""
    with extra(of):
        from lxml import etree
    events = etree.iterparse(
        io.BytesIO(data),
        tag=[f"{{*}}{name}" for name in names],
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
    return next(element.iterchildren(f"{{*}}{name}"), None)


def children(element: Element, name: str) -> Iterator[Element]:
    """All children of this local name."""
    found: Iterator[Element] = element.iterchildren(f"{{*}}{name}")
    return found


MOST_PARTS: Final = 20_000
MOST_INFLATED: Final = 256 << 20  # bytes, over all parts that are read
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office writes around an encrypted document
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
# what zipfile raises over bytes that are none of its own
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """The parts of one document by their names; what is read of them all together is bounded."""

    def __init__(self, data: bytes) -> None:
        """ExtractError where the bytes are no zip file, or one with too many parts."""
        if data.startswith(_OLE):
            raise ExtractError(
                "encrypted: save it without a password"
                if _ENCRYPTED in data
                else "an older binary format under a new suffix: save it anew"
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._parts = {info.filename: info for info in self._zip.infolist()}
        except _DAMAGED as error:
            raise ExtractError(f"not a document of its format: {error}") from None
        if len(self._parts) > MOST_PARTS:
            raise ExtractError(f"refused: {len(self._parts):,} parts are more than {MOST_PARTS:,}")
        self._left = MOST_INFLATED

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def names(self, beginning: str) -> list[str]:
        """The parts whose names begin so, but for those that only name relationships."""
        return [name for name in self._parts if name.startswith(beginning) and "/_rels/" not in name]

    def read(self, name: str) -> bytes:
        """The bytes of a part; ExtractError where it is missing, damaged, encrypted or too large."""
        if name not in self._parts:
            raise ExtractError(f"not a document of its format: it has no {name}")
        if self._parts[name].flag_bits & 1:
            raise ExtractError("encrypted: save it without a password")
        size = self._parts[name].file_size
        self._left -= size
        if self._left < 0:
            raise ExtractError(f"refused: its parts inflate to more than {MOST_INFLATED >> 20} MB")
        try:
            with self._zip.open(name) as part:
                # told how much, zipfile inflates no more than that, whatever the entry holds
                return part.read(size)
        except _DAMAGED as error:
            raise ExtractError(f"damaged: {name} cannot be read ({error})") from None


_ROOT: Final = "_rels/.rels"


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a relationship leads: `kind` is the last word of its type, `target` a part or, `external`, an address."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of a package as XML, each with its relationships."""

    def __init__(self, data: bytes, of: str) -> None:
        self._archive = Archive(data)
        self._of = of
        self._known: dict[str, dict[str, Relation]] = {}

    def main(self) -> str:
        """The part that the document begins with; ExtractError where there is none."""
        for relation in self._relations(_ROOT, "").values():
            if relation.kind == "officeDocument":
                return relation.target
        raise ExtractError("not a document of its format: the package names no main part")

    def part(self, name: str) -> Element:
        """The root element of a part; ExtractError where it cannot be read."""
        return parse(self._archive.read(name), name, self._of)

    def read(self, name: str) -> bytes:
        """The bytes of a part, which may be no XML; ExtractError where it cannot be read."""
        return self._archive.read(name)

    def each(self, name: str, *elements: str) -> Iterator[Element]:
        """The elements of these local names, one by one, for parts that are too large to hold as a whole."""
        return each(self._archive.read(name), elements, name, self._of)

    def has(self, name: str) -> bool:
        """Whether the part is there: a relationship may lead to nothing."""
        return name in self._archive

    def count(self, beginning: str, element: str = "") -> int:
        """How many elements of this local name the parts hold whose names begin so; of the parts, where none is given.

        A part that cannot be read counts as one.
        """
        found = 0
        for name in self._archive.names(beginning):
            try:
                found += sum(1 for _ in self.part(name).iter(f"{{*}}{element}")) if element else name.endswith(".xml")
            except ExtractError:
                found += 1
        return found

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of a part by their ids."""
        found = self._known.get(part)
        if found is None:
            folder, _, leaf = part.rpartition("/")
            found = self._known[part] = self._relations(posixpath.join(folder, "_rels", leaf + ".rels"), folder)
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that a part is related to in this way, as far as they are there."""
        found = self.relations(part).values()
        return [one.target for one in found if one.kind == kind and not one.external and self.has(one.target)]

    def _relations(self, name: str, folder: str) -> dict[str, Relation]:
        if name not in self._archive:
            return {}
        found = {}
        for element in self.part(name):
            if local(element) == "Relationship":
                external = element.get("TargetMode") == "External"
                target = element.get("Target") or ""
                if not external:
                    target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                kind = (element.get("Type") or "").rpartition("/")[2]
                found[element.get("Id") or ""] = Relation(kind, target, external)
        return found
