"""Documents of the kinds that make a careless step slow: (suffix, before, after) with n statements or so."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache

Pair = tuple[str, str, str]
WORDS = [
    "offer", "stands", "until", "talks", "resume", "both", "sides", "may", "inspect", "every", "port", "where", "ships",
    "wait", "for", "grain",
]  # fmt: skip
RTL = "قال المتحدث باسم الحكومة إن الاجتماع سيعقد في القاهرة"
HAN = "中国外交部发言人表示双方将继续就停火问题进行谈判并检查所有港口"


@cache
def sentences(n: int, seed: int, vocabulary: int = 3_000) -> tuple[str, ...]:
    """Sentences of chance words, 6 to 18 each."""
    chance = random.Random(seed)
    words = [f"{chance.choice(WORDS)}{number}" for number in range(vocabulary)]
    return tuple(" ".join(chance.choices(words, k=chance.randint(6, 18))).capitalize() + "." for _ in range(n))


def _revised(n: int) -> list[str]:
    return [one if at % 10 else one.replace(".", " again.") for at, one in enumerate(sentences(n, 1))]


def _shuffled(n: int) -> list[str]:
    found = list(sentences(n, 1))
    random.Random(7).shuffle(found)
    return found


def _rotated(n: int) -> list[str]:
    found = sentences(n, 1)
    return [*found[n // 2 :], *found[: n // 2]]


def _lines(parts: list[str] | tuple[str, ...]) -> str:
    return "\n\n".join(parts) + "\n"


def _text(before: list[str] | tuple[str, ...], after: list[str] | tuple[str, ...], suffix: str = "txt") -> Pair:
    return suffix, _lines(before), _lines(after)


def _repeated(suffix: str, piece: str, tail: str = "end") -> Callable[[int], Pair]:
    return lambda n: (suffix, piece * n + tail, "new " + piece * n + tail)


def _page(piece: str) -> Callable[[int], Pair]:
    return lambda n: ("html", f"<body>{piece * n}<p>Old.</p>", f"<body>{piece * n}<p>New.</p>")


def _count_by(suffix: str, piece: str, head: str = "") -> Callable[[int], Pair]:
    """Numbered pieces, which count from 0 before and from 1 after."""
    return lambda n: (suffix, *(head + "".join(_pieces(piece, n, by)) for by in (0, 1)))


def _pieces(piece: str, n: int, by: int) -> Iterator[str]:
    return (piece.format(at=at, no=at + by, in60="  " * (at % 60), gt60="> " * (at % 60)) for at in range(n))


def _each(before: str, after: str) -> Callable[[int], Pair]:
    """Paragraphs that say where they stand."""
    return lambda n: _text(*([line.format(at=at, next=at + 7) for at in range(n)] for line in (before, after)))


KINDS: dict[str, Callable[[int], Pair]] = {
    "one in ten revised": lambda n: _text(sentences(n, 1), _revised(n)),
    "identical lines": lambda n: _text(["The same line."] * n, ["Something new.", *["The same line."] * (n - n // 9)]),
    "two lines in turn": lambda n: _text(["One.", "Other."] * (n // 2), ["Other.", "One."] * (n // 2)),
    "nothing in common": lambda n: _text(sentences(n, 1), sentences(n, 2)),
    "nothing in common, few words": lambda n: _text(sentences(n, 1, 60), sentences(n, 2, 60)),
    "everything moved": lambda n: _text(sentences(n, 1), _rotated(n)),
    "everything reversed": lambda n: _text(sentences(n, 1), sentences(n, 1)[::-1]),
    "everything shuffled": lambda n: _text(sentences(n, 1), _shuffled(n)),
    "template lines": _each("Founder of company {at}.", "Founder of company {next}."),
    "statements of one word": lambda n: _text([f"w{at}" for at in range(n)], [f"w{at * 3 % n}" for at in range(n)]),
    "one endless statement": _repeated("txt", "and then he said that it was "),
    "one line of sentences": lambda n: ("txt", " ".join(sentences(n, 1)), " ".join(_revised(n))),
    "no sentence ends": _count_by("txt", "they went on {no} and on\n"),
    "one long word": _repeated("txt", "word"),
    "headings alone": _count_by("md", "# Part {no}\n\n"),
    "deep lists": _count_by("md", "{in60}- item {no}\n"),
    "nested quotes": _count_by("md", "{gt60}quote {no}\n\n"),
    "a huge table in Markdown": _count_by("md", "| row {no} | {at} |\n", "| a | b |\n|---|---|\n"),
    "a huge table in HTML": _count_by("html", "<tr><td>row {no}<td>{at}", "<table>"),
    "a huge table in CSV": _count_by("csv", "row {no},{at}\n"),
    "quotes in CSV": _count_by("csv", '"row {no}""","\n{at}"\n'),
    "quotes in CSV that nothing closes": _count_by("csv", 'x","{no}\n', "a,b\n"),
    "right to left": _each(f"{RTL} {{at}}.", f"{RTL} {{next}}."),
    "scripts mixed": _each(f"{RTL} {HAN} {{at}} word", f"word {HAN} {{next}} {RTL}"),
    "Chinese without spaces": _each(f"{HAN}{{at}}。", f"{HAN[3:]}{{next}}。"),
    "one Chinese line": _repeated("txt", HAN),
    "zero-width and combining": _each("a\u200bb e\u0301\u0302\u0303 {at}\u200d.", "ab e\u0301 {next}\u200d."),
    "links alone, Markdown": _count_by("md", "[a](http://x/{no}) "),
    "links alone, HTML": _count_by("html", "<a href=/{no}>a</a> "),
    "references, Markdown": lambda n: _count_by("md", "[a{at}]\n\n[a{at}]: /{no}\n\n")(n // 2),
    "tags that are never closed": _page("</p><b><i>text "),
    "tags that close nothing": _page("</p></b></div>text "),
    "attributes without end": lambda n: ("html", *(f"<p {'a=b ' * n}>{word}</p>" for word in ("old", "new"))),
    "entities": _page("&amp;&lt;&nosuch;&#x41; "),
    "emphasis, Markdown": _repeated("md", "*a **b _c "),
    "brackets, Markdown": _repeated("md", "[a]( "),
    "open brackets, Markdown": _repeated("md", "["),
    "backticks, Markdown": _count_by("md", "`{in60}` ``{gt60}` "),
    "open tags, Markdown": _repeated("md", "<a <!-- "),
    "quotation marks": _repeated("txt", "“a ‘b "),
    "stops": _repeated("txt", ". "),
    "abbreviations": _repeated("txt", "e.g. Mr. A. B. "),
    "white space": _repeated("txt", " \t "),
    "blank lines": _repeated("txt", "\n \n"),
    "RTF groups side by side": _count_by("rtf", "{{\\b a{no}}}\\par ", "{\\rtf1 "),
    "header lines of mail": _count_by("eml", "X-A: {no}\n", "Subject: x\n"),
    "quoted mail": _count_by("eml", "> line {no}\n", "Subject: x\n\n"),
}
