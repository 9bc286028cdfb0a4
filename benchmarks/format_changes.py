"""How many changes real Word documents give when one word is edited, when changes are accepted, and when they are saved
or typeset again; writes its table in docs/generated/formats.md.

The documents are not ours and are not kept here: name a folder of them, such as a copy of the test files of Apache POI
and pandoc. Documents are saved again and typeset by LibreOffice, whose program `soffice` has to be on the search path.

    python benchmarks/format_changes.py FOLDER
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from monitor.app.sandbox import read_in_this_process
from monitor.core.tracking.compare import compare
from monitor.model import ChangeKind, Statement

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "generated" / "formats.md"
BEGIN, END = "<!-- changes:begin -->", "<!-- changes:end -->"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STORIES = re.compile(r"word/(document\d*|header\d*|footer\d*|footnotes|endnotes)\.xml")
WORD = re.compile(r"[^\W\d_]{2,}")
TRACKED = re.compile(rb"<w:(del|ins|moveFrom|cellDel)\b")
LARGEST = 600_000  # bytes
SAVED_AGAIN = 45  # documents of a medium length
PLACES = ("txbxContent", "ins", "sdtContent", "hyperlink", "tc")
SHORT = 15  # statements: a shorter document says little when it is saved again


def statements(name: str, data: bytes) -> list[Statement]:
    return list(read_in_this_process(name, data).statements or ())


def changes(before: Sequence[Statement], after: Sequence[Statement]) -> list[ChangeKind]:
    return [change.kind for change in compare(before, after).changes]


def stories(data: bytes) -> dict[str, Any]:
    """The parts of a document that hold its text, parsed; empty where the package is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {name: etree.fromstring(package.read(name)) for name in package.namelist() if STORIES.match(name)}
    except (zipfile.BadZipFile, etree.XMLSyntaxError, ValueError):
        return {}


def packed(data: bytes, parts: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as again:
        for name in package.namelist():
            again.writestr(name, etree.tostring(parts[name]) if name in parts else package.read(name))
    return out.getvalue()


# --- one word ---------------------------------------------------------------------------------------


def places(parts: dict[str, Any]) -> dict[str, list[Any]]:
    """The texts of a document by the kind of their place."""
    found: dict[str, list[Any]] = defaultdict(list)
    for part, root in parts.items():
        for text in root.iter(f"{W}t"):
            around = [element.tag.rpartition("}")[2] for element in text.iterancestors()]
            if WORD.search(text.text or "") and not {"del", "moveFrom", "Fallback"}.intersection(around):
                story = re.match(r"word/(header|footer|.*note)", part)
                kind = story[1] if story else next((one for one in PLACES if one in around), "body")
                found[kind].append(text)
    return found


def edited(folder: Path) -> tuple[Counter[str], int]:
    """What one edited word in each kind of place of each document gives, and in how many documents."""
    results: Counter[str] = Counter()
    documents = 0
    for path in sorted(folder.rglob("*.docx")):
        data = path.read_bytes()
        parts = stories(data) if len(data) < LARGEST else {}
        before = statements(path.name, data) if parts else []
        documents += bool(before)
        for kind, texts in places(parts).items() if before else ():
            text = texts[zlib.crc32((path.name + kind).encode()) % len(texts)]
            holder = next((one for one in text.iterancestors() if one.tag.endswith("}AlternateContent")), text)
            same = [one for one in holder.iter(f"{W}t") if one.text == text.text]  # the copy for older programs
            old = text.text
            words = list(WORD.finditer(old))
            at = words[len(words) // 2].end()
            for one in same:
                one.text = f"{old[:at]}QX{old[at:]}"
            try:
                found = changes(before, statements(path.name, packed(data, parts)))
            except zipfile.BadZipFile:
                continue
            for one in same:
                one.text = old
            pair = sorted(found) == [ChangeKind.ADDED, ChangeKind.REMOVED]
            results[{0: "none", 1: "one"}.get(len(found), "removed and added" if pair else "more")] += 1
    return results, documents


# --- tracked changes --------------------------------------------------------------------------------


def accept(root: Any) -> None:
    """Accept all tracked changes of a part, as Word does."""
    for name in ("del", "moveFrom"):
        for element in [one for one in root.iter(W + name) if one.getparent().tag not in (W + "rPr", W + "trPr")]:
            element.getparent().remove(element)
    for row, mark in (("tr", "trPr/del"), ("tc", "tcPr/cellDel")):
        for element in list(root.iter(W + row)):
            if element.find("/".join(W + one for one in mark.split("/"))) is not None:
                element.getparent().remove(element)
    for element in [one for name in ("ins", "moveTo") for one in root.iter(W + name)]:
        parent, content = element.getparent(), list(element)
        parent[parent.index(element) : parent.index(element) + 1] = content
    for paragraph in list(root.iter(W + "p")):
        marks = [paragraph.find(f"{W}pPr/{W}rPr/{W}{name}") for name in ("del", "moveFrom")]
        following = paragraph.getnext()
        if any(mark is not None for mark in marks) and following is not None and following.tag == W + "p":
            _join(paragraph, following)


def _join(paragraph: Any, following: Any) -> None:
    """The second paragraph with the text of the first; with its properties too, unless all of its text is gone."""
    content = [one for one in paragraph if one.tag != W + "pPr"]
    own = following.find(W + "pPr")
    if any(text.text for text in paragraph.iter(W + "t")):
        properties = paragraph.find(W + "pPr")
        properties.remove(properties.find(W + "rPr"))
        if own is not None:
            properties.extend(own.findall(W + "rPr"))
            following.remove(own)
        following.insert(0, properties)
        own = properties
    at = 0 if own is None else 1
    following[at:at] = content
    paragraph.getparent().remove(paragraph)


def accepted(folder: Path) -> tuple[int, int]:
    """In how many documents the tracked and the accepted form have equal statements, and of how many."""
    same = found = 0
    for path in sorted(folder.rglob("*.docx")):
        data = path.read_bytes()
        parts = stories(data)
        if not any(TRACKED.search(etree.tostring(root)) for root in parts.values()):
            continue
        before = statements(path.name, data)
        for root in parts.values():
            accept(root)
        found += 1
        same += before == statements(path.name, packed(data, parts))
    return same, found


# --- saved again ------------------------------------------------------------------------------------


def saved_again(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    """(format, documents, statements, changes) of documents that LibreOffice saved again."""
    chosen: dict[tuple[str, ...], Path] = {}
    for path in sorted(folder.rglob("*.docx"), key=lambda one: zlib.crc32(one.name.encode())):
        texts = tuple(one.text for one in statements(path.name, path.read_bytes()))
        if SHORT <= len(texts) <= 400 and len(chosen) < SAVED_AGAIN and path.stat().st_size < LARGEST / 4:
            chosen.setdefault(texts[:8], path)
    for suffix in ("docx", "odt", "rtf"):
        with tempfile.TemporaryDirectory() as temporary:
            profile = f"-env:UserInstallation=file://{temporary}/profile"
            command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", temporary]
            subprocess.run([*command, *map(str, chosen.values())], check=True, capture_output=True)
            pairs = [(path, Path(temporary, f"{path.stem}.{suffix}")) for path in chosen.values()]
            sides = [(statements(one.name, one.read_bytes()), statements(two.name, two.read_bytes()))
                     for one, two in pairs if two.exists()]  # fmt: skip
        kept = [(before, after) for before, after in sides if after]  # it reads nothing of an `altChunk`
        yield suffix, len(kept), sum(len(before) for before, _ in kept), sum(len(changes(*side)) for side in kept)


def main() -> None:
    folder = Path(sys.argv[1])
    words, documents = edited(folder)
    same, tracked = accepted(folder)
    lines = ["| what was done | documents | of | result |", "|---|---:|---:|---|"]
    shown = ", ".join(f"{count} {what}" for what, count in words.most_common())
    lines.append(f"| one word edited, docx | {documents} | {words.total()} edits | changes: {shown} |")
    lines.append(f"| tracked changes accepted, docx | {tracked} | | {same} with equal statements |")
    for suffix, count, all_of_them, found in saved_again(folder):
        lines.append(
            f"| saved again by LibreOffice as {suffix} | {count} | {all_of_them:,} statements | {found} changes |"
        )
    made = "\n".join(lines)
    print(made)
    page = REPORT.read_text()
    REPORT.write_text(f"{page.partition(BEGIN)[0]}{BEGIN}\n{made}\n{END}{page.partition(END)[2]}")


if __name__ == "__main__":
    main()
