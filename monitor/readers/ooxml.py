"""Office Open XML packages (DOCX, PPTX): parts that name each other by relationships."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.errors import ExtractError
from monitor.readers.archive import Archive
from monitor.readers.xml import Element, each, local, parse

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

    def main(self) -> str:
        """The part that the document begins with; ExtractError where there is none."""
        for relation in self._relations(_ROOT, "").values():
            if relation.kind == "officeDocument":
                return relation.target
        raise ExtractError("not a document of its format: the package names no main part")

    def part(self, name: str) -> Element:
        """The root element of a part; ExtractError where it cannot be read."""
        return parse(self._archive.read(name), name, self._of)

    def each(self, name: str, element: str) -> Iterator[Element]:
        """The elements of this local name, one by one, for parts that are too large to hold as a whole."""
        return each(self._archive.read(name), element, name, self._of)

    def has(self, name: str) -> bool:
        """Whether the part is there: a relationship may lead to nothing."""
        return name in self._archive

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of a part by their ids."""
        folder, _, leaf = part.rpartition("/")
        return self._relations(posixpath.join(folder, "_rels", leaf + ".rels"), folder)

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
