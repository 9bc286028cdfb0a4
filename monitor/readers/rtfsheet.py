"""RTF's style sheet and fields: what a paragraph's style makes of it, and what a field's result is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from monitor.readers.rtf_text import COUNTED

_HEADING: Final = re.compile(r"heading (\d)")


@dataclass(slots=True)
class Stylesheet:
    """The styles by their numbers, filled while the group of the style sheet is read."""

    styles: dict[int, tuple[int, int]] = field(default_factory=dict)  # level of a heading, depth of an item
    number: int = -1  # of the style that is being described
    name: list[str] = field(default_factory=list)

    def end(self) -> None:
        """The description of a style ends."""
        name = "".join(self.name).strip(" ;").lower()
        found = _HEADING.match(name)
        level = max(1, int(found[1])) if found else 1 if name == "title" else 0
        self.styles[self.number] = (level, 1 if name.startswith("list bullet") else 0)
        self.name.clear()

    def of(self, number: int) -> tuple[int, int]:
        """The level of the heading and the depth of the item that a paragraph of this style is; 0 for neither."""
        return self.styles.get(number, (0, 0))


@dataclass(slots=True)
class Field:
    """A field that is open: what it says of itself, and whether its result is a link."""

    instruction: str = ""
    linked: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether the result changes with the layout alone."""
        words = self.instruction.split(maxsplit=1)
        return bool(words) and words[0].upper() in COUNTED

    @property
    def target(self) -> str:
        """What a HYPERLINK field links to."""
        parts = self.instruction.split('"')
        return parts[1] if len(parts) > 2 and parts[0].strip() == "HYPERLINK" else ""
