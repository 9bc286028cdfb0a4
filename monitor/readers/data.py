"""Read JSON, JSON lines and YAML by key path: each value is a statement, as `fees[late].amount: 12`.

The keys of an object say nothing by their order, so they are read in the order of their names. The elements of a list
keep theirs; they are named by an identifier that nearly all of them have (`id`, `name`), never by their number, so that
a new one does not rename the others. Numbers stay as they are written. What is neither is read by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from monitor.core.text.language import detect
from monitor.core.text.segment import UNKNOWN
from monitor.core.text.sentences import sentence_ranges
from monitor.errors import ExtractError
from monitor.model import FIELD_SEPARATOR, Block, BlockKind, Extraction
from monitor.readers import extra
from monitor.readers.block_writer import placed
from monitor.readers.encoding import decode
from monitor.readers.text import LinesReader, TextReader

_IDENTIFIERS: Final = ("id", "@id", "_id", "guid", "uuid", "key", "code", "slug", "name", "link", "url", "href")
_NEARLY_ALL: Final = 0.8  # of the elements have the identifier, and as many different ones
_LONGEST_IDENTIFIER: Final = 100  # characters
_DEEPEST: Final = 100  # levels
_LONGEST_PATH: Final = 1000  # characters
_VALUE: Final = 60  # characters: a longer text may be several sentences
_SENTENCE_END: Final = re.compile(r"[.!?…؟।][\"'”’»)\]]*\s+\S|[。！？]\S")
_PLAIN_KEY: Final = re.compile(r"[\w$@/+<*-](?:[\w$@/ +<*-]*[\w$@/+<*-])?")
_LITERAL: Final = re.compile(
    r"[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:e[-+]?\d+)?|[-+]?\.?(?:inf|infinity|nan)|true|false|null|~|", re.IGNORECASE
)
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#.*")
_LINE_END: Final = re.compile(r"\r\n?|[\n\x85\u2028\u2029]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ITEM: Final = "[]"


class _Literal(str):
    """A number or another value that is no text, as it is written."""

    __slots__ = ()


@dataclass(slots=True)
class _Entry:
    """A value with its key in an object, or without one in a list; and the comments that belong to it."""

    value: Any  # str, _Object, _List; None where there are comments alone
    key: str = ""
    comments: list[str] = field(default_factory=list)


class _Container(list[_Entry]):
    """The entries of an object or a list; `marks` are what YAML says of it: an anchor, a tag."""

    marks = ""


class _Object(_Container):
    pass


class _List(_Container):
    pass


class JsonReader:
    """JSON, and a JSON value on each line."""

    def extract(self, data: bytes) -> Extraction:
        """A block a value. What is no JSON, or is nested too deep, is read by line, and a note says why."""
        text, notes = decode(data)
        if not text.strip():
            return LinesReader().extract(data)
        try:
            found = _json(text)
        except (ValueError, RecursionError) as error:
            try:
                found = _json_lines(text)
            except (ValueError, RecursionError):
                return _as_lines(data, "no JSON", error)
        return _read(_Entry(found), data, notes)


class JsonLinesReader:
    """A JSON value on each line: the elements of one list."""

    def extract(self, data: bytes) -> Extraction:
        """A block a value; a line that is no JSON is one block, and a note says so."""
        text, notes = decode(data)
        found, wrong = _List(), list[int]()
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                found.append(_Entry(_json(line)))
            except (ValueError, RecursionError):
                found.append(_Entry(None, comments=[line.strip()]))
                wrong.append(number)
        if wrong:
            notes = (*notes, f"read as text where it is no JSON (first line {wrong[0]:,})")
        return _read(_Entry(found or None), data, notes)


class YamlReader:
    """YAML: its values, and its comments. An alias is read as it is written, never as what it stands for."""

    def extract(self, data: bytes) -> Extraction:
        """A block a value. What is no YAML, or is nested too deep, is read by line, and a note says why."""
        text, notes = decode(data)
        with extra("yaml"):
            import yaml
        try:
            found, rest = _Yaml(text).read()
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            return _as_lines(data, "no YAML", error)
        return _read(found, data, notes, rest)


def _as_lines(data: bytes, what: str, error: Exception) -> Extraction:
    found = LinesReader().extract(data)
    why = "nested too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())[:200]
    return replace(found, notes=(*found.notes, f"read as lines of text ({what}: {why})"))


def _read(root: _Entry, data: bytes, notes: tuple[str, ...], rest: Iterable[str] = ()) -> Extraction:
    try:
        found = [*_blocks("", root, 0), *(Block(BlockKind.CODE, comment) for comment in rest)]
    except RecursionError as error:
        return _as_lines(data, "not read by key", error)
    try:
        return placed(found, notes)
    except ExtractError:
        # paths may be longer than the text that they are made from
        return _as_lines(data, "not read by key", ValueError("the paths are too long"))


def _json(text: str) -> Any:
    return _value_of(
        json.loads(
            text,
            strict=False,
            object_pairs_hook=_pairs,
            parse_int=_Literal,
            parse_float=_Literal,
            parse_constant=_Literal,
        )
    )


def _json_lines(text: str) -> _List:
    """Several values, one a line; ValueError where one is none."""
    return _List(_Entry(_json(line)) for line in text.split("\n") if line.strip())


def _pairs(pairs: Sequence[tuple[str, Any]]) -> _Object:
    """All pairs, also those that have the same key."""
    return _Object(_Entry(_value_of(value), key) for key, value in pairs)


def _value_of(value: Any) -> Any:
    if isinstance(value, (str, _Object)):
        return value
    if isinstance(value, list):
        return _List(_Entry(_value_of(one)) for one in value)
    return _Literal(json.dumps(value))


# --- values to blocks ---------------------------------------------------------------------------


def _blocks(path: str, entry: _Entry, depth: int) -> Iterator[Block]:
    if depth > _DEEPEST:
        raise RecursionError
    yield from (Block(BlockKind.CODE, comment) for comment in entry.comments)
    value = entry.value
    if value is None:
        return
    if isinstance(value, str):
        yield from _scalar(path, value)
        return
    if value.marks:
        yield _field(path, value.marks)
    if not value:
        yield _field(path, "{}" if isinstance(value, _Object) else _ITEM)
    elif isinstance(value, _Object):
        for one in sorted(value, key=lambda one: one.key):
            yield from _blocks(_below(path, one.key), one, depth + 1)
    else:
        name = _identifier(value)
        for one in value:
            element, named = one, ""
            if name and isinstance(one.value, _Object):
                named, element = _without(one, name)
            yield from _blocks(f"{path}[{named}]"[:_LONGEST_PATH], element, depth + 1)


def _below(path: str, key: str) -> str:
    plain = key if _PLAIN_KEY.fullmatch(key) else json.dumps(_CONTROL.sub(_escaped, key), ensure_ascii=False)
    return f"{path}.{plain}"[:_LONGEST_PATH] if path else plain


def _identifier(elements: Iterable[_Entry]) -> str:
    """The key whose values tell the elements of a list apart; `""` where there is none."""
    objects = [
        {one.key.casefold(): one.value for one in element.value}
        for element in elements
        if isinstance(element.value, _Object)
    ]
    for name in _IDENTIFIERS:
        values = [one[name] for one in objects if isinstance(one.get(name), str)]
        short = {str(value) for value in values if 0 < len(value) <= _LONGEST_IDENTIFIER and "\n" not in value}
        if objects and len(short) >= _NEARLY_ALL * len(objects):
            return name
    return ""


def _without(element: _Entry, name: str) -> tuple[str, _Entry]:
    """The identifier of an element, and the element without it, but for one that has nothing else."""
    at = next((at for at, one in enumerate(element.value) if one.key.casefold() == name), None)
    value = None if at is None else element.value[at].value
    if at is None or not isinstance(value, str) or not 0 < len(value) <= _LONGEST_IDENTIFIER or "\n" in value:
        return "", element
    own = element.value[at]
    rest = _Object(one for one in element.value if one is not own)
    return _shown(value), replace(element, value=rest or element.value, comments=[*element.comments, *own.comments])


def _scalar(path: str, value: str) -> Iterator[Block]:
    """A value with its path. A text of several sentences is cut as text is, and its path stands before the first."""
    if isinstance(value, _Literal):
        yield _field(path, _shown(value))
    elif "\n" in value.strip():
        first, *others = TextReader().extract(_CONTROL.sub(_escaped, value).encode()).blocks or (None,)
        if first is not None:
            yield from _sentences(path, first.text)
        for block in others:
            yield Block(block.kind, block.text, block.level, cells=block.cells)
    elif len(value) > _VALUE and _SENTENCE_END.search(value):
        yield from _sentences(path, _shown(value))
    else:
        yield _field(path, f'"{value}"' if _LITERAL.fullmatch(value) else _shown(value))


def _sentences(path: str, text: str) -> Iterator[Block]:
    """The first sentence of a text with its path, which it is known by, and the others without."""
    end = next((stop for _, stop in sentence_ranges(text, detect([text]) or UNKNOWN)), len(text))
    yield _field(path, text[:end])
    if text[end:].strip():
        yield Block(BlockKind.PARAGRAPH, text[end:].strip())


def _field(path: str, value: str) -> Block:
    return Block(BlockKind.FIELD, f"{path}{FIELD_SEPARATOR}{value}" if path else value)


def _shown(value: str) -> str:
    """The value on one line; characters that no text has are written as JSON does."""
    return " ".join(_CONTROL.sub(_escaped, value).split()) or json.dumps(value)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


# --- YAML ---------------------------------------------------------------------------------------


class _Yaml:
    """The values of a stream, from its events; documents that follow each other are the elements of a list."""

    def __init__(self, text: str) -> None:
        import yaml

        self._yaml = yaml
        events = list(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        scalars = [event for event in events if isinstance(event, yaml.ScalarEvent)]
        self._comments = list(_comments(text, scalars))[::-1] if "#" in text else []
        outside = yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent
        self._events = iter([event for event in events if not isinstance(event, outside)])

    def read(self) -> tuple[_Entry, list[str]]:
        """The value of the stream, and the comments behind it."""
        documents = _List(self._entry(event, 0) for event in self._events)
        rest = [comment for _, comment in reversed(self._comments)]
        return documents[0] if len(documents) == 1 else _Entry(documents or None), rest

    def _entry(self, event: Any, depth: int, key: str = "", line: int | None = None) -> _Entry:
        """The value that begins with `event`, and the comments before it; and behind it, if it is one line."""
        entry = _Entry("", key, self._taken(event.start_mark.line if line is None else line))
        entry.value = self._value(event, depth)
        if isinstance(event, self._yaml.ScalarEvent):
            entry.comments += self._taken(event.end_mark.line + (event.end_mark.column > 0))
        return entry

    def _taken(self, line: int) -> list[str]:
        """The comments above a line."""
        found = []
        while self._comments and self._comments[-1][0] < line:
            found.append(self._comments.pop()[1])
        return found

    def _value(self, event: Any, depth: int) -> Any:
        if depth > _DEEPEST:
            raise RecursionError
        yaml = self._yaml
        if isinstance(event, yaml.AliasEvent):
            return _Literal(f"*{event.anchor}")
        tag = "" if event.tag is None or event.implicit is True else event.tag.replace("tag:yaml.org,2002:", "!!")
        marks = " ".join(filter(None, (f"&{event.anchor}" if event.anchor else "", tag)))
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "") and _LITERAL.fullmatch(event.value)
            if marks:
                return _Literal(f"{marks} {event.value}")
            return _Literal(event.value or "null") if plain else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            elements = _List(
                self._entry(one, depth + 1) for one in iter(lambda: self._next(yaml.SequenceEndEvent), None)
            )
            elements.marks = marks
            return elements
        found = _Object()
        for one in iter(lambda: self._next(yaml.MappingEndEvent), None):
            comments = self._taken(one.start_mark.line)
            key = self._value(one, depth + 1)
            name = key if isinstance(key, str) else ", ".join(block.text for block in _blocks("", _Entry(key), depth))
            found.append(self._entry(next(self._events), depth + 1, str(name)))
            found[-1].comments[:0] = comments
        found.marks = marks
        return found

    def _next(self, end: type) -> Any:
        event = next(self._events)
        return None if isinstance(event, end) else event


def _comments(text: str, scalars: Iterable[Any]) -> Iterator[tuple[int, str]]:
    """The line of each comment, from 0, and its text; a `#` within a scalar begins none."""
    free: dict[int, int] = {}  # the column up to which a line holds scalars
    inside = set[int]()  # lines that a scalar covers to their end
    for scalar in scalars:
        first, last = scalar.start_mark.line, scalar.end_mark.line
        inside.update(range(first, last))
        free[last] = scalar.end_mark.column
    for number, line in enumerate(_LINE_END.split(text)):
        found = _COMMENT.search(line, free.get(number, 0)) if number not in inside and "#" in line else None
        if found:
            yield number, found[0].strip()
