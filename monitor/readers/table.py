"""Every format in sight: its version, its suffixes, what it is read with.

Whoever changes what a format gives out raises its version here. The table stands apart from the extractors so that an
idle run can ask for the fingerprint without loading any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from monitor.core.text.segment import Passage
    from monitor.model import Extraction


class Format(NamedTuple):
    """A built-in extractor that is loaded when its first document comes.

    `libraries` are the distributions that decide on what it gives out; `place` is `module:class` below this package.
    """

    name: str
    version: int
    suffixes: frozenset[str]
    libraries: tuple[str, ...]
    place: str
    in_process: bool = False  # safe and quick enough to need no process apart, as long as the document is small

    def extract(self, data: bytes) -> Extraction:
        """The blocks of one document; ExtractError where the bytes are not of the format, or a library is missing."""
        extraction: Extraction = self._extractor().extract(data)
        return extraction

    def passages(self, data: bytes) -> Sequence[Passage]:
        """The blocks without their places; those that the extractor found in another document too may be the same."""
        return passages_of(self._extractor(), data)

    def _extractor(self) -> Any:
        module, _, name = self.place.partition(":")
        return getattr(import_module(f"monitor.readers.{module}"), name)()


def passages_of(extractor: Any, data: bytes) -> Sequence[Passage]:
    """What an extractor finds in one document, in the passages that it shares, or in one where it shares none."""
    from monitor.core.text.segment import Passage

    shared: Callable[[bytes], Sequence[Passage]] | None = getattr(extractor, "passages", None)
    return shared(data) if shared else (Passage(extractor.extract(data).blocks),)


def _suffixes(names: str) -> frozenset[str]:
    return frozenset("." + name for name in names.split())


_DATA = "json jsonl ndjson yaml yml toml ini cfg conf xml sql"
_SOURCE = "log diff patch py js ts sh c h cpp java go rs rb css"

TEXT = Format("text", 1, _suffixes("txt text"), ("chardet",), "text:TextExtractor", in_process=True)
MARKDOWN = Format(
    "markdown",
    1,
    _suffixes("md markdown mdown mkd mdx"),
    ("markdown-it-py",),
    "markdown:MarkdownExtractor",
    in_process=True,
)
CSV = Format("csv", 1, _suffixes("csv tsv"), (), "csv:DelimitedExtractor", in_process=True)
LINES = Format("lines", 1, _suffixes(f"{_DATA} {_SOURCE}"), (), "lines:LinesExtractor", in_process=True)
HTML = Format("html", 1, _suffixes("html htm xhtml"), ("selectolax",), "html:HtmlExtractor", in_process=True)
ARTICLE = Format("article", 1, frozenset(), ("trafilatura", "lxml"), "article:ArticleExtractor")  # of HTML, where asked

BUILT_IN = (
    TEXT,
    MARKDOWN,
    HTML,
    CSV,
    LINES,
    Format("docx", 1, _suffixes("docx docm dotx dotm"), ("lxml",), "docx:DocxExtractor"),
    Format("odt", 1, _suffixes("odt ott fodt ods ots fods odp otp fodp"), ("lxml",), "odt:OdtExtractor"),
    Format("rtf", 1, _suffixes("rtf"), (), "rtf:RtfExtractor"),
    Format("pdf", 1, _suffixes("pdf"), ("pypdfium2",), "pdf:PdfExtractor"),
    Format("epub", 1, _suffixes("epub"), ("lxml", "selectolax"), "epub:EpubExtractor"),
    Format("pptx", 1, _suffixes("pptx pptm ppsx ppsm potx"), ("lxml",), "pptx:PptxExtractor"),
    Format("xlsx", 1, _suffixes("xlsx xlsm xltx xltm"), ("lxml",), "xlsx:XlsxExtractor"),
    Format("mail", 1, _suffixes("eml mht mhtml"), ("selectolax", "chardet"), "mail:MailExtractor"),
)
