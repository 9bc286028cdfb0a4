"""The table of formats, and which reader reads which file.

Other readers are added by the entry point group `monitor.extractors`. A change of what a reader gives out must raise
its version here. The table is separate from the readers, so that an idle run can compute the fingerprint without
importing them. Optional libraries are imported on use; their installed versions are part of the fingerprint.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from monitor.core.tracking import ids
from monitor.errors import ExtractError
from monitor.model import Block, Extraction
from monitor.ports import Reader
from monitor.readers.encoding import is_marked
from monitor.readers.recognition import is_marked_binary, recognised, recognised_text

_INSTALLED = re.compile(r"([A-Za-z0-9._]+)-([^-]+)\.(?:dist|egg)-info$")


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import a library inside: where it is missing, the document's failure says what brings it."""
    try:
        yield
    except ImportError as error:
        module = (error.name or "").partition(".")[0] or "a library"
        advice = f"install `monitor[{name}]`" if name in EXTRAS else "install `monitor` again"
        raise ExtractError(f"{module} is not installed: {advice} to read this format") from None


EXTRAS = frozenset({"xls", "msg", "rst", "article"})
"""The formats whose libraries an installation has only where it was asked for them."""


def versions(libraries: Sequence[str]) -> str:
    """`name version` of each library, `name -` where it is missing.

    What they give out depends on these as it does on our own rules, so they belong into the fingerprint; installing a
    missing one reads its documents again.
    """
    found = _installed()
    return ", ".join(f"{name} {found.get(name, '-')}" for name in libraries)


@cache
def _installed() -> dict[str, str]:
    """Names and versions by the folders' names: every idle run asks, and importlib.metadata takes 20 times as long."""
    # the first place wins, as it does for an import
    return {name: version for name, version, _ in reversed(_distributions())}


def offers(group: str) -> bool:
    """Whether any distribution has entry points of this group."""
    heading = f"[{group}]"
    return any(heading in _entry_points(folder) for _, _, folder in _distributions())


def _entry_points(folder: str) -> str:
    try:
        with open(f"{folder}/entry_points.txt", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""


@cache
def _distributions() -> list[tuple[str, str, str]]:
    """(name, version, folder) of all that is installed, in the order of the search path."""
    found = []
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208 - pathlib is not loaded by an idle run
        except OSError:
            continue
        for name in sorted(names):
            match = _INSTALLED.match(name)
            if match:
                found.append((match[1].lower().replace("_", "-"), match[2], f"{folder or '.'}/{name}"))
    return found


class Pieces(NamedTuple):
    """A source in pieces, in their order; each says the same wherever it stands, and may return in other versions.

    `blocks` gives the blocks of a piece; `reader` names what cut them; `notes` are the reader's.
    """

    reader: str
    pieces: Sequence[Hashable]
    blocks: Callable[[Hashable], Sequence[Block]]
    notes: tuple[str, ...] = ()


OFFICE = "soffice"  # the program of LibreOffice
_OFFICE_PARTS = {"Writer": "libswlo", "Impress": "libsdlo"}


def office_version(part: str | None = None) -> str:
    """What tells LibreOffice's version without a start of it; empty where it, or this part of it, is not installed."""
    program = office_program()
    if not program:
        return ""
    folder = os.path.dirname(os.path.realpath(program))  # noqa: PTH120 - pathlib is not loaded by an idle run
    library = _OFFICE_PARTS.get(part or "")
    places = (f"{folder}/{library}.so", f"{folder}/../Frameworks/{library}.dylib")
    if library and not any(map(os.path.exists, places)):
        return ""
    try:
        with open(f"{folder}/versionrc", encoding="utf-8") as file:  # noqa: PTH123
            build = next((line.partition("=")[2].strip() for line in file if line.startswith("buildid=")), "")
        return f"{build} {int(os.stat(f'{folder}/soffice.bin').st_mtime)}"  # noqa: PTH116
    except OSError:
        return "of an unknown version"


def office_program() -> str | None:
    """The path of LibreOffice's program; None where it is not on the search path."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return next((f"{one}/{OFFICE}" for one in folders if os.access(f"{one}/{OFFICE}", os.X_OK)), None)


def temporary_prefix(process: int) -> str:
    """How the folders are named in which a process that reads documents lets LibreOffice work."""
    return f"monitor-office-{process}-"


class Format(NamedTuple):
    """A built-in reader that is loaded when its first document comes.

    `libraries` are the distributions that decide on what it gives out; `location` is `module:class` below this package.
    `office` is the part of LibreOffice that it needs: without it, its documents are not read.
    """

    name: str
    version: int
    suffixes: frozenset[str]
    libraries: tuple[str, ...]
    location: str
    in_process: bool = False  # safe and quick enough to need no process apart, as long as the document is small
    office: str | None = None

    def extract(self, data: bytes) -> Extraction:
        """The blocks of one document; ExtractError where the bytes are not of the format, or a library is missing."""
        extraction: Extraction = self.reader().extract(data)
        return extraction

    def extract_with_comments(self, data: bytes) -> Extraction:
        """The same with the comments of reviewers, where the reader knows them."""
        reader = self.reader()
        extraction: Extraction = getattr(reader, "extract_with_comments", reader.extract)(data)
        return extraction

    def reader(self) -> Any:
        """The reader itself."""
        module, _, name = self.location.partition(":")
        return getattr(import_module(f"monitor.readers.{module}"), name)()


def _pieces_of(reader: Any, name: str, data: bytes) -> Pieces:
    """A source in the reader's own pieces, or else in its blocks."""
    cut = getattr(reader, "source_pieces", None)
    if cut is not None:
        return Pieces(name, cut(data), reader.piece_blocks)
    return _pieces_of_extraction(reader.extract(data))


def _pieces_of_extraction(found: Extraction) -> Pieces:
    blocks = [replace(one, origin=((0, 0),)) for one in found.blocks]
    return Pieces("", blocks, _itself, found.notes)


def _itself(block: Any) -> Sequence[Block]:
    return (block,)


def _suffixes(names: str) -> frozenset[str]:
    return frozenset("." + name for name in names.split())


_DATA = "toml ini cfg conf sql"
_SOURCE = "log diff patch py js ts sh c h cpp java go rs rb css"

TEXT = Format("text", 5, _suffixes("txt text"), ("chardet",), "text:TextReader", in_process=True)
MARKDOWN = Format(
    "markdown",
    4,
    _suffixes("md markdown mdown mkd mdx"),
    ("markdown-it-py",),
    "markdown:MarkdownReader",
    in_process=True,
)
CSV = Format("csv", 2, _suffixes("csv tsv"), (), "csv:DelimitedReader", in_process=True)
LINES = Format("lines", 2, _suffixes(f"{_DATA} {_SOURCE}"), (), "text:LinesReader", in_process=True)
JSON = Format("json", 2, _suffixes("json geojson jsonld webmanifest"), (), "data:JsonReader", in_process=True)
JSON_LINES = Format("jsonl", 2, _suffixes("jsonl ndjson"), (), "data:JsonLinesReader", in_process=True)
YAML = Format("yaml", 2, _suffixes("yaml yml"), ("pyyaml",), "data:YamlReader")
XML = Format("xml", 4, _suffixes("xml rss atom rdf"), ("lxml", "selectolax"), "xml_documents:XmlReader")
HTML = Format("html", 6, _suffixes("html htm xhtml"), ("selectolax",), "html:HtmlReader", in_process=True)
ARTICLE = Format("article", 2, frozenset(), ("trafilatura", "lxml"), "html:ArticleReader")  # of HTML, where asked
ARCHIVE = Format("archive", 1, _suffixes("zip tar tgz tbz2 txz gz bz2 xz"), (), "archive:ArchiveReader")
DOC = Format("doc", 3, _suffixes("doc dot"), ("lxml",), "libreoffice:DocReader", office="Writer")
PPT = Format("ppt", 3, _suffixes("ppt pps pot"), ("lxml",), "libreoffice:PptReader", office="Impress")
XLS = Format("xls", 2, _suffixes("xls xlt xlsb"), ("python-calamine",), "xls:XlsReader")

BUILT_IN = (
    TEXT,
    MARKDOWN,
    HTML,
    CSV,
    LINES,
    JSON,
    JSON_LINES,
    YAML,
    XML,
    Format("docx", 4, _suffixes("docx docm dotx dotm"), ("lxml",), "docx:DocxReader"),
    Format("odt", 4, _suffixes("odt ott fodt ods ots fods odp otp fodp"), ("lxml",), "odt:OdtReader"),
    Format("rtf", 4, _suffixes("rtf"), (), "rtf:RtfReader"),
    Format("pdf", 4, _suffixes("pdf"), ("pypdfium2",), "pdf:PdfReader"),
    Format("epub", 5, _suffixes("epub"), ("lxml", "selectolax"), "epub:EpubReader"),
    Format("pptx", 4, _suffixes("pptx pptm ppsx ppsm potx"), ("lxml",), "pptx:PptxReader"),
    Format("xlsx", 4, _suffixes("xlsx xlsm xltx xltm"), ("lxml",), "xlsx:XlsxReader"),
    Format("mail", 5, _suffixes("eml mht mhtml"), ("selectolax", "chardet"), "mail:MailReader"),
    Format("mbox", 3, _suffixes("mbox mbx"), ("selectolax", "chardet"), "mailbox:MailboxReader"),
    Format("msg", 3, _suffixes("msg"), ("olefile", "selectolax", "chardet"), "mailbox:OutlookReader"),
    Format("calendar", 1, _suffixes("ics ical ifb"), ("chardet",), "calendar:CalendarReader"),
    Format("contacts", 1, _suffixes("vcf vcard"), ("chardet",), "calendar:ContactsReader"),
    Format("subtitles", 1, _suffixes("srt vtt"), ("chardet",), "subtitles:SubtitlesReader"),
    Format("rst", 2, _suffixes("rst"), ("docutils",), "rst:RstReader"),
    XLS,
    DOC,
    PPT,
    ARCHIVE,
)
_BY_NAME = {one.name: one for one in BUILT_IN}
_TEXTS = frozenset({TEXT, MARKDOWN, CSV, LINES, HTML, XML, JSON, JSON_LINES, YAML})
# Older names, whose programs open pages, messages and tables in text as well
_LEGACY = {DOC: TEXT, XLS: CSV, PPT: TEXT}

_COMMENTED = frozenset({"docx", "odt", "pdf", "pptx", "rtf", "xlsx"})  # readers that know comments of reviewers

ENTRY_POINTS = "monitor.extractors"
_SNIFFED = 8_192  # bytes looked at to tell text from binary data

# formats that hold documents or media but have no reader: never read as text by chance
_BINARY = frozenset(
    {".pages", ".numbers", ".key", ".mobi", ".azw3", ".djvu", ".ps", ".one"}
    | {".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".ico", ".psd", ".heic", ".woff", ".woff2"}
    | {".mp3", ".mp4", ".m4a", ".wav", ".ogg", ".flac", ".avi", ".mov", ".mkv", ".webm", ".ttf", ".otf", ".eot"}
    | {".zst", ".7z", ".rar", ".jar", ".iso", ".dmg", ".exe", ".dll"}
    | {".so", ".dylib", ".o", ".a", ".class", ".pyc", ".wasm", ".sqlite", ".db", ".parquet", ".pkl", ".npy", ".npz"}
)  # fmt: skip


@cache
def readers() -> tuple[Reader, ...]:
    """All that are known, the built-in ones first; an entry point may take over a suffix by coming later."""
    if not offers(ENTRY_POINTS):
        return BUILT_IN

    from importlib.metadata import entry_points  # it takes 15 ms, and few installations have such readers

    return (*BUILT_IN, *(point.load()() for point in entry_points(group=ENTRY_POINTS)))


@cache
def _by_suffix() -> dict[str, Reader]:
    return {suffix: reader for reader in readers() for suffix in reader.suffixes}


def suffix_of(path: str) -> str:
    """What tells a file's format: the end of its name, lower case, with the dot; empty for `README` and `.profile`."""
    name = path.rpartition("/")[2]
    at = name.rfind(".")
    return name[at:].lower() if 0 < at < len(name) - 1 else ""


def reader_for(path: str, data: bytes, *, article: bool = False) -> Reader | None:
    """The reader of a file; None where there is none, or where its reader needs a program that is not installed.

    Its suffix tells which, but where its bytes are plainly of another format, that one's reader: RTF or a page named
    `.doc`, a table in text named `.xls`, a package of Office under another name. A file of an unknown suffix is plain
    text, where the bytes look like it.
    """
    found = _chosen(path, data)
    if found is None or _lacks_office(found):
        return None
    return ARTICLE if article and found is HTML else found


def _lacks_office(reader: Reader) -> bool:
    return isinstance(reader, Format) and reader.office is not None and not office_version(reader.office)


def why_not_read(path: str, data: bytes) -> str:
    """In words, why `reader_for` gives no reader."""
    found = _chosen(path, data)
    if isinstance(found, Format) and found.office:
        program = f"LibreOffice {found.office}" if office_version() else "LibreOffice"
        return f"not read, no reader for .{found.name} ({program} is not installed)"
    suffix = suffix_of(path).encode("utf-8", "replace").decode()
    return f"not read, no reader for {suffix or 'what its bytes hold'}"


def _chosen(path: str, data: bytes) -> Reader | None:
    suffix = suffix_of(path)
    named = _by_suffix().get(suffix)
    return named if _decides(named, data) else _by_content(named, suffix, data)


def _decides(named: Reader | None, data: bytes) -> bool:
    """Whether the suffix alone tells the reader: an added one is asked for by it, and texts are what they are named."""
    return named is not None and (
        _BY_NAME.get(named.name) is not named or (named in _TEXTS and not is_marked_binary(data))
    )


def _by_content(named: Reader | None, suffix: str, data: bytes) -> Reader | None:
    binary = recognised(data, named.name if named else None)
    if binary == "archive" and named is not ARCHIVE:
        return named  # a damaged document, or an archive of parts that are no documents
    if binary is not None:
        return _BY_NAME[binary]
    legacy = isinstance(named, Format) and named in _LEGACY
    if suffix in _BINARY or is_marked_binary(data) or not (named is None or legacy or _is_page_of_office(named)):
        return named
    text = recognised_text(data, loosely=legacy)
    if text is not None and (text == "html" or named is None or legacy):
        return _BY_NAME[text]
    if named is None:
        return TEXT if _is_text(data) else None
    return _LEGACY[_BY_NAME[named.name]] if legacy and is_plain(data) else named


def _is_page_of_office(named: Reader | None) -> bool:
    """Whether web applications send pages under names of this format."""
    return named is not None and named.name in ("docx", "xlsx", "pptx", "rtf")


def _is_text(data: bytes) -> bool:
    if is_marked(data):
        return True
    head = data[:_SNIFFED]
    if b"\0" in head:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_in_process(path: str, data: bytes, *, article: bool = False) -> bool:
    """Whether a small file of this format may be read without a process apart; also where nothing reads it."""
    reader = reader_for(path, data, article=article)
    return reader is None or getattr(reader, "in_process", False)


def is_plain(data: bytes) -> bool:
    """Whether the beginning has no byte that no text has, whatever its encoding."""
    head = data[:_SNIFFED]
    return bool(head) and (is_marked(data) or not head.translate(None, _PRINTABLE))


_PRINTABLE = bytes({*b"\t\n\v\f\r", *range(0x20, 0x7F), *range(0x80, 0x100)})


def extract(path: str, data: bytes, *, article: bool = False) -> Extraction | None:
    """The blocks of one file; None where no reader reads it. ExtractError where its bytes are not of its format."""
    reader = reader_for(path, data, article=article)
    return None if reader is None else reader.extract(data)


def source_pieces(path: str, data: bytes, *, article: bool = False, comments: bool = False) -> Pieces | None:
    """What `extract` gives, for who needs no places: in pieces that versions may share.

    With `comments` those of reviewers are read as well.
    """
    reader = reader_for(path, data, article=article)
    if reader is None:
        return None
    suffix = suffix_of(path)
    if comments and isinstance(reader, Format) and reader.name in _COMMENTED:
        found = _pieces_of_extraction(reader.extract_with_comments(data))
    else:
        found = _pieces_of(_loaded(reader), reader.name, data)
    if suffix in _by_suffix() and suffix not in reader.suffixes and reader is not ARTICLE:
        found = found._replace(notes=(*found.notes, f"read as {reader.name}, by its content"))
    return found


def _loaded(reader: Any) -> Any:
    return reader.reader() if isinstance(reader, Format) else reader


def readers_fingerprint(*, article: bool = False) -> str:
    """Names and versions of all readers and of their libraries: what a rebuilt ledger depends on."""
    return " ".join(map(_describe_reader, (*readers(), ARTICLE) if article else readers()))


def _describe_reader(reader: Reader) -> str:
    libraries = versions(getattr(reader, "libraries", ()))
    office = getattr(reader, "office", None)
    if office:
        libraries = f"{libraries}, LibreOffice {office} {office_version(office) or '-'}"
    return f"{reader.name}={reader.version}" + (f"({libraries})" if libraries else "")


# What the core cuts and compares with: another version of these may draw other lines.
LIBRARIES = ("sentencex", "rapidfuzz")


def fingerprint(article: Sequence[str], *, comments: bool = False, announcements: Sequence[str] = ()) -> str:
    """The pipeline's fingerprint: a ledger that was folded with another one is folded again.

    `article`, `comments` and `announcements` are the settings of these names: which web pages are read for their main
    text, whether comments are read, and patterns of lines that give a document's date.
    """
    own = f"{ids.fingerprint()}, {versions(LIBRARIES)}; {readers_fingerprint(article=bool(article))}"
    own += "; comments" if comments else ""
    own += f"; article {' '.join(article)}" if article else ""
    return own + (f"; announcements {' '.join(announcements)}" if announcements else "")
