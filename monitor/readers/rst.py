"""Read reStructuredText with docutils: titles are headings; list items, rows and lines of code their own blocks.

Directives and roles that docutils does not know, such as those of Sphinx, are read as what stands in them. Nothing is
included from other files. Comments, targets of links and the marks of footnotes are layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from monitor.core.text.layout import CONTINUED, HEAD, merged
from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Emphasis, Extraction, Link
from monitor.readers import extra
from monitor.readers.block_writer import placed
from monitor.readers.encoding import decode
from monitor.readers.page import number_text
from monitor.readers.tables import row_of_texts

Node = Any  # docutils tells no types

_DIRECTIVE: Final = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([A-Za-z][\w.+:-]*?)::(?:\s|$)", re.MULTILINE)
_ROLE: Final = re.compile(r":([A-Za-z][\w.+-]*(?::[\w.+-]+)*):`|`:([A-Za-z][\w.+-]*(?::[\w.+-]+)*):")
_TITLED: Final = re.compile(r"(.*?)\s*<[^<>]+>", re.DOTALL)  # `a title <its target>`, as Sphinx writes links
_LONGEST_LINE: Final = 100_000  # characters
_SETTINGS: Final = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 2,  # what is left out of the tree, warnings hold
    "halt_level": 5,
    "warning_stream": False,
    "line_length_limit": _LONGEST_LINE,
    "smart_quotes": False,
    "syntax_highlight": "none",
    "sectnum_xform": False,
    "doctitle_xform": False,  # a title is a section's, the first one's too
    "docinfo_xform": False,
    "language_code": "en",
}
_CODE: Final = ("code", "code-block", "sourcecode")
_SKIPPED: Final = frozenset(
    {"comment", "target", "substitution_definition", "pending", "label", "image", "meta", "footnote_reference"}
    | {"citation_reference", "generated"}
)
_PROSE: Final = frozenset({"paragraph", "line", "attribution", "term", "classifier", "math_block"})
_LINES: Final = frozenset({"literal_block", "doctest_block", "raw"})
_TITLES: Final = frozenset({"title", "subtitle", "rubric"})


class RstReader:
    """Documents in reStructuredText."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks in the order of the document; ExtractError where a line is too long."""
        text, notes = decode(data)
        if any(len(line) > _LONGEST_LINE for line in text.splitlines()):
            raise ExtractError(f"refused: a line is longer than {_LONGEST_LINE:,} characters")
        return placed(_blocks(_parsed(text), 1, 0), notes)


def _parsed(text: str) -> Node:
    """The tree of the document."""
    with extra("rst"):
        from docutils import core, nodes, utils
        from docutils.parsers import rst
        from docutils.parsers.rst import directives, languages, roles
    nothing, english = utils.new_document("names"), languages.get_language("en")
    unknown = _unknown_directive(rst, nodes)
    for name in sorted({found.lower() for found in _DIRECTIVE.findall(text)}):
        if name in _CODE or directives.directive(name, english, nothing)[0] is None:
            directives.register_directive(name, unknown)
    for name in sorted({(before or behind).lower() for before, behind in _ROLE.findall(text)}):
        if roles.role(name, english, 0, nothing.reporter)[0] is None:
            roles.register_local_role(name, _unknown_role(nodes))
    return core.publish_doctree(text, settings_overrides=dict(_SETTINGS))


def _unknown_directive(rst: Any, nodes: Any) -> type:
    class AnyOption(dict[str, Callable[[str], str]]):
        def __missing__(self, name: str) -> Callable[[str | None], str]:
            return lambda value: value or ""

    class Unknown(rst.Directive):  # type: ignore[misc]
        """A directive that is read as its argument, its options and its content."""

        optional_arguments = 1
        final_argument_whitespace = True
        has_content = True
        option_spec = AnyOption(name=lambda value: value)

        def run(self) -> list[Node]:
            made = nodes.container()
            texts = [f"{name}: {value}" for name, value in self.options.items() if value]
            code = self.name.lower() in _CODE
            for text in [*([] if code else self.arguments), *texts]:
                made += nodes.paragraph(text, "", *self.state.inline_text(text, self.lineno)[0])
            if code:
                made += nodes.literal_block("", "\n".join(self.content))
            else:
                self.state.nested_parse(self.content, self.content_offset, made)
            return [made]

    return Unknown


def _unknown_role(nodes: Any) -> Callable[..., Any]:
    def role(_name: str, raw: str, text: str, *_: object, **__: object) -> tuple[list[Node], list[Node]]:
        titled = _TITLED.fullmatch(text.replace("\0", ""))
        return [nodes.inline(raw, titled[1] if titled and titled[1] else text.replace("\0", ""))], []

    return role


def _blocks(node: Node, level: int, depth: int) -> Iterator[Block]:
    """The blocks below a node: `level` is that of the next title, `depth` that of the list around."""
    kind = node.tagname
    if kind in _SKIPPED:
        return
    if kind in _TITLES:
        yield from _text(node, BlockKind.HEADING, min(max(level - (kind == "title"), 1), 6))
    elif kind in _PROSE:
        label = _label(node) if depth else ""
        found = _text(node, BlockKind.ITEM if depth else BlockKind.PARAGRAPH, depth)
        yield from (replace(block, label=label) if label else block for block in found)
    elif kind == "caption":
        yield from _text(node, BlockKind.CAPTION, 0)
    elif kind in _LINES:
        yield Block(BlockKind.CODE, node.astext())
    elif kind in ("row", "option_list_item", "field"):
        is_head = node.parent.tagname == "thead"
        yield from (replace(block, label=HEAD) if is_head else block for block in _row(node))
    elif kind == "system_message":  # a warning holds what it left out of the tree
        yield from (Block(BlockKind.CODE, one.astext()) for one in node.children if one.tagname == "literal_block")
    else:
        deeper = level + (kind == "section"), depth + (kind in ("bullet_list", "enumerated_list"))
        for one in getattr(node, "children", ()):
            yield from _blocks(one, *deeper)


_FORMS = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}


def _label(paragraph: Node) -> str:
    """What stands before a paragraph in a list: the number of its item, CONTINUED behind the first one."""
    item = paragraph.parent
    if item.tagname != "list_item":
        return ""
    if item.children[0] is not paragraph:
        return CONTINUED
    numbered = item.parent.tagname == "enumerated_list"
    if not numbered:
        return ""
    place = item.parent.children.index(item) + int(item.parent.get("start", 1))
    number = number_text(place, _FORMS.get(item.parent.get("enumtype"), "1"))
    return f"{item.parent.get('prefix', '')}{number}{item.parent.get('suffix', '')}"


def _row(node: Node) -> Iterator[Block]:
    cells = [_plain(cell) for cell in node.children]
    yield from row_of_texts([": ".join(filter(None, cells))] if node.tagname == "field" else cells)


def _text(node: Node, kind: BlockKind, level: int) -> Iterator[Block]:
    pieces: list[str] = []
    links: list[Link] = []
    emphasis: list[Emphasis] = []
    _gather(node, pieces, links, emphasis)
    text = "".join(pieces)
    if text.strip():
        yield Block(kind, text.replace("\n", " "), level, tuple(links), emphasis=merged(emphasis))


_EMPHASIS = {"strong": "b", "emphasis": "i", "literal": "c"}


def _gather(node: Node, pieces: list[str], links: list[Link], emphasis: list[Emphasis]) -> None:
    """The text of a node, without marks of footnotes, its links to other documents, and what is set apart."""
    for one in node.children:
        if one.tagname == "#text":
            pieces.append(one.astext())
        elif one.tagname in _SKIPPED:
            if pieces and one.tagname in ("footnote_reference", "citation_reference"):
                pieces[-1] = pieces[-1].rstrip()
        else:
            start = sum(map(len, pieces))
            _gather(one, pieces, links, emphasis)
            end = sum(map(len, pieces))
            if one.tagname in _EMPHASIS:
                emphasis.append((start, end, _EMPHASIS[one.tagname]))
            if one.tagname == "reference" and one.get("refuri") and end > start:
                links.append(Link(start, end, one["refuri"]))


def _plain(node: Node) -> str:
    """The text of a cell on one line."""
    blocks = (
        _blocks(node, 1, 0) if node.tagname not in ("field_name", "option_group") else _text(node, BlockKind.ROW, 0)
    )
    return " ".join(" ".join(block.text.split()) for block in blocks)
