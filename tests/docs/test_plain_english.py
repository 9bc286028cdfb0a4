"""The documentation is plain English: short sentences, no private words, and links that lead somewhere.

Sentences are checked in README.md, CHANGELOG.md, docs/*.md and docs/decisions, without code, tables, headings and
comments. Of docs/generated only the links are checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
PROSE = [ROOT / "README.md", ROOT / "CHANGELOG.md", *PAGES, *sorted((ROOT / "docs/decisions").glob("*.md"))]
ALL = [*PROSE, *sorted((ROOT / "docs/generated").glob("*.md"))]
LONGEST = 30  # words in a sentence; 25 is what to aim at
# Each of these has a standard word: reported, again, rarely, prefetch, reader, similarity, history of a statement, ...
PRIVATE = re.compile(
    r"\b(told|anew|seldom|foresee\w*|foresight|doors?|pens?|scouts?|scouting|sketch(?:es)?|lexicon|likeness|doubts|overlay"
    r"|upkeep|ruling|wholes|pieces|furniture|stances|extractors?|mended|weightiest|notwithstanding|"
    r"spots?|desks?|deeds?|unfolded|at one stroke|come to naught)\b",
    re.IGNORECASE,
)

FENCE = re.compile(r"^( *)```.*?^\1```[^\n]*$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
NEW_BLOCK = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+|^\s*>\s?")
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]*_]*\s+(?=[\"'(\[*_`A-Z0-9…])")


def without_code(text: str) -> str:
    """The text without fenced code and comments; code within a line becomes one word."""
    return CODE.sub("Code", COMMENT.sub("", FENCE.sub("", text)))


def paragraphs(text: str) -> Iterator[str]:
    """Paragraphs and list items, each on one line; headings and tables are left out."""
    lines: list[str] = []
    for line in [*without_code(text).splitlines(), ""]:
        outside = not line.strip() or line.lstrip().startswith(("#", "|"))
        if (outside or NEW_BLOCK.match(line)) and lines:
            yield " ".join(lines)
            lines = []
        if not outside:
            lines.append(NEW_BLOCK.sub("", line).strip())


def sentences(text: str) -> Iterator[str]:
    for paragraph in paragraphs(text):
        plain = LINK.sub(r"\1", IMAGE.sub("", paragraph))
        yield from (sentence for sentence in SENTENCE_END.split(plain) if sentence.strip())


def words(sentence: str) -> int:
    return sum(any(character.isalnum() for character in word) for word in sentence.split())


def anchors(path: Path) -> set[str]:
    """What GitHub names the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(path: Path, text: str) -> list[str]:
    broken = []
    for _, target in LINK.findall(without_code(text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    return broken


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PROSE, ids=named)
def test_sentences_are_short(path: Path) -> None:
    long = [f"{words(one)} words: {one}" for one in sentences(path.read_text("utf-8")) if words(one) > LONGEST]
    assert not long, "\n".join(long)


@pytest.mark.parametrize("path", PROSE, ids=named)
def test_private_words_do_not_occur(path: Path) -> None:
    text = without_code(path.read_text("utf-8"))
    found = [match[0] for match in PRIVATE.finditer(LINK.sub(r"\1", IMAGE.sub(r"\1", text)))]
    assert not found


@pytest.mark.parametrize("path", ALL, ids=named)
def test_relative_links_lead_to_files(path: Path) -> None:
    assert not broken_links(path, path.read_text("utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_page_is_linked_from_the_readme(path: Path) -> None:
    assert f"]({named(path)})" in (ROOT / "README.md").read_text("utf-8")


def test_the_glossary_explains_each_word_once() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE)
    terms = [term for term, _ in rows[1:]]
    assert len(terms) > 30
    assert len(terms) == len(set(terms))
    assert terms == sorted(terms, key=str.casefold)


def test_the_check_sees_long_sentences() -> None:
    long = " ".join(["word"] * (LONGEST + 1))
    page = f"# {long}\n\n| {long} |\n|---|\n\n```\n{long}\n```\n\nShort `{long}`. One more,\nand its end.\n\n- {long}\n"
    assert [words(one) for one in sentences(page)] == [2, 5, LONGEST + 1]


def test_the_check_sees_broken_links() -> None:
    page = "[a](how-it-works.md) [b](gone.md) `[c](gone.md)` [d](https://example.org/x) [e](glossary.md#gone)"
    assert broken_links(ROOT / "docs/review.md", page) == ["gone.md", "glossary.md#gone"]


def test_the_check_sees_private_words() -> None:
    assert PRIVATE.search("A run is told anew.")
    assert not PRIVATE.search("The reader reports it again.")
