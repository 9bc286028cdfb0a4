"""Writes one block's text piece by piece and remembers where in the document each piece came from."""

from __future__ import annotations

from monitor.model import Block, BlockKind, Link

CELL = " | "  # between the cells of a row, in every format


class Pen:
    """Collects pieces of text with their offsets in the document; `block` gives what was written, and starts anew."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._origin: list[tuple[int, int]] = []
        self._links: list[Link] = []
        self.length = 0  # characters written so far
        self.last = ""  # the last character written
        self._written = self._end = 0  # where the last written piece ends, here and in the document

    def write(self, piece: str, at: int) -> None:
        """Append `piece`, whose first character stands at offset `at` of the document."""
        if not piece:
            return
        if not self._origin or at - self._origin[-1][1] != self.length - self._origin[-1][0]:
            self._origin.append((self.length, at))
        self.fill(piece)
        self._written, self._end = self.length, at + len(piece)

    def fill(self, piece: str) -> None:
        """Append a separator that stands nowhere in the document; offsets in it run on from the piece before."""
        if not piece:
            return
        self._pieces.append(piece)
        self.length += len(piece)
        self.last = piece[-1]

    def link(self, start: int, target: str) -> None:
        """Note that everything from offset `start` of the block to here links to `target`."""
        self._links.append(Link(start, self.length, target))

    def text(self) -> str:
        """What was written so far."""
        return "".join(self._pieces)

    def tail(self, length: int) -> str:
        """The last characters of it, `length` at most."""
        return "".join(self._pieces[-length:])[-length:]

    def block(self, kind: BlockKind, level: int = 0) -> Block | None:
        """The block that was written, None where that is white space alone; the pen is empty afterwards."""
        # Separators at the end (of empty cells) have nothing to run on into: they stand at the last character.
        self._origin += [(offset, self._end - 1) for offset in range(self._written, self.length) if self._origin]
        text, links, origin = "".join(self._pieces), tuple(self._links), tuple(self._origin)
        self.__init__()  # type: ignore[misc]
        return Block(kind, text, level, links, origin) if origin and not text.isspace() else None
