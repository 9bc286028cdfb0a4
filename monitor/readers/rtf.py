"""RTF -> blocks: the text as it reads with all tracked changes accepted (Rich Text Format 1.9.1)."""

from __future__ import annotations

from monitor.errors import ExtractError
from monitor.model import Extraction
from monitor.readers.placing import placed
from monitor.readers.rtfreader import Reader

_BEGINS = b"{\\rtf"


class RtfExtractor:
    """Rich Text Format."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the page headers, the text, the footnotes and the page footers."""
        if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_BEGINS):
            raise ExtractError("not a document of its format: it does not begin as RTF does")
        return placed(Reader().read(data.decode("latin-1")))
