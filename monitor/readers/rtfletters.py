"""How RTF writes characters beyond ASCII: bytes of a code page, and numbers with substitutes behind them."""

from __future__ import annotations


class Letters:
    """What has been read of a character that is not whole yet."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._skip = 0  # characters that stand in for one that was written as a number
        self._half = 0  # of a character beyond the first 65,536

    @property
    def waiting(self) -> bool:
        """Whether there are bytes to decode."""
        return bool(self._bytes)

    def byte(self, value: int) -> None:
        """One byte of a code page; a character may take several."""
        if self._skip:
            self._skip -= 1
        else:
            self._bytes.append(value)

    def decoded(self, codec: str) -> str:
        """The bytes so far as text; Windows-1252 where Python does not know the code page."""
        data = bytes(self._bytes)
        self._bytes.clear()
        try:
            return data.decode(codec, "replace")
        except LookupError:
            return data.decode("cp1252", "replace")

    def numbered(self, code: int, substitutes: int) -> str:
        """A UTF-16 code unit, with so many substitutes behind it; nothing for the first half of a pair."""
        self._skip = substitutes
        if 0xD800 <= code < 0xDC00:
            self._half = code
            return ""
        if 0xDC00 <= code < 0xE000:
            half, self._half = self._half, 0
            return chr(0x10000 + ((half - 0xD800) << 10) + code - 0xDC00) if half else "\ufffd"
        return chr(code)

    def plain(self, text: str) -> str:
        """Text as it stands, without what is a substitute."""
        if self._skip:
            self._skip, text = max(0, self._skip - len(text)), text[self._skip :]
        return text

    def end_group(self) -> None:
        """Substitutes do not go beyond the group that they are in."""
        self._skip = 0
