"""Every form that a change is told in: how to make it, and how to see that a text in it is text and nothing else.

Each check reads the output with that format's own parser and holds it against the output for a harmless text.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC
from email import message_from_string, policy
from email.mime.text import MIMEText
from typing import NamedTuple
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser
from unidiff import PatchSet

from monitor.app.notify import NoticeLine, notice_body, notice_title
from monitor.core.diff.unified import DiffSide as Lines
from monitor.core.diff.unified import unified
from monitor.core.text.normalize import visible
from monitor.model import Change, ChangeKind, Report
from monitor.reports import feed
from monitor.reports.evidence import ArchivedVersion, Chain, Evidence, write_evidence
from monitor.reports.export import export_changes, guarded
from monitor.reports.formats import render
from tests.support.injection_payloads import HARMLESS
from tests.support.report_builders import TUESDAY, change, edits, event, report, side, snapshot
from tests.support.unified import parse

ORDINARY = HARMLESS.replace("nobody", "somebody")  # a revision of it has reasons
ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
HIDDEN = re.compile("[\u200b\u2060-\u2064\ufeff]")  # stand as they are where a text must come back exactly
ANCHOR = re.compile("[0-9a-f]{8,}")
NAME = "a" * 40


class Sink(NamedTuple):
    """`write` makes the output for a text in every place that may hold one; `check` raises where more came of it."""

    write: Callable[[str], str]
    check: Callable[[str, str], None]  # text, output


def told(text: str) -> list[Change]:
    """A text as a statement that came, went, was revised; as a path, a link, a term and a reason."""
    return [
        change(ChangeKind.REVISED, HARMLESS, text, edits=edits((HARMLESS, text))),
        change(ChangeKind.ADDED, None, text, ordinal=1),
        change(ChangeKind.REMOVED, text, None, ordinal=2),
        change(ChangeKind.ADDED, None, HARMLESS, ordinal=3, document=text),
        change(before=(side(HARMLESS, 4),), after=(side(HARMLESS, 4, links=(text,)),), ordinal=4),
        event(ChangeKind.RENAMED, document=text, document_before=f"{text}.old"),
        event(ChangeKind.FAILED, document="broken.pdf", message=text),
    ]


def made(text: str) -> Report:
    return report(told(text), [snapshot(author=text)])


# --- HTML, and what becomes HTML ------------------------------------------------------------------


def _pieces(page: LexborHTMLParser) -> set[tuple[str, str]]:
    """Every element with each of its attributes; of an address what it begins with."""
    found = set()
    for node in page.css("*"):
        found.add((str(node.tag), ""))
        for name, value in node.attributes.items():
            found.add((str(node.tag), f"{name}={(value or '')[:1]}" if name in ("href", "src") else name))
    return found


def _same_elements(page: LexborHTMLParser, harmless: LexborHTMLParser) -> None:
    foreign = _pieces(page) - _pieces(harmless)
    assert not foreign, foreign


def _one_space(text: str) -> str:
    return " ".join(text.split())


def check_html(text: str, output: str) -> None:
    assert not ACTING.search(output)
    page = LexborHTMLParser(output)
    _same_elements(page, LexborHTMLParser(render(made(ORDINARY), "html")))
    assert _one_space(visible(text)) in {_one_space(node.text()) for node in page.css(".words ins")}
    assert "49" not in _one_space(page.body.text()).split() if page.body else False


def _from_markdown(text: str) -> LexborHTMLParser:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return LexborHTMLParser(parser.render(text))


def check_markdown(text: str, output: str) -> None:
    assert not ACTING.search(output)
    page = _from_markdown(output)
    _same_elements(page, _from_markdown(render(made(ORDINARY), "markdown")))
    assert _one_space(visible(text)) in {_one_space(node.text()) for node in page.css("ins")}


def write_feed(text: str) -> str:
    own = feed.Feed("x", text, "monitor.invalid", TUESDAY, "http://127.0.0.1:8000")
    return feed.render(own, [feed.FeedItem(one, f"n{at}") for at, one in enumerate(told(text))], UTC).decode()


def check_feed(text: str, output: str) -> None:
    root, harmless = (ElementTree.fromstring(one) for one in (output, write_feed(ORDINARY)))
    shape = [[(one.tag, sorted(one.attrib)) for one in each.iter()] for each in (root, harmless)]
    assert shape[0] == shape[1]
    content = f"{{{feed.ATOM}}}entry/{{{feed.ATOM}}}content"
    shown = [LexborHTMLParser(one.text or "") for one in root.iterfind(content)]
    plain = [LexborHTMLParser(one.text or "") for one in harmless.iterfind(content)]
    for one, other in zip(shown, plain, strict=True):
        _same_elements(one, other)
    assert _one_space(_storable(visible(text))) in {_one_space(node.text()) for one in shown for node in one.css("ins")}


def _storable(text: str) -> str:
    return re.sub("[\ufffe\uffff]", "\ufffd", text)


# --- plain text ------------------------------------------------------------------------------------


def write_text(text: str) -> str:
    from monitor.reports.text import render as plain

    return plain(made(text), width=1_000_000)


def check_text(text: str, output: str) -> None:
    assert not ACTING.search(output)
    assert output.count("\n") == write_text(ORDINARY).count("\n")
    assert f"{{+{_spaces(visible(text))}+}}" in _spaces(output)


def _spaces(text: str) -> str:
    return re.sub(" +", " ", text)


def write_notice(text: str) -> str:
    return notice_body([NoticeLine(one, 2, (text,)) for one in told(text)], 10, None)


def check_notice(text: str, output: str) -> None:
    assert not ACTING.search(output)
    assert output.count("\n") == write_notice(ORDINARY).count("\n")
    assert f"{{+{visible(text)}+}}" in output


def _mail_html(text: str) -> str:
    lines = [NoticeLine(one, 2, (text,)) for one in told(text)]
    return notice_body(
        lines,
        10,
        "http://desk:8321",
        address=lambda change: f"http://desk:8321/changes/{change.id}",
        as_html=True,
    )


def write_mail(text: str) -> str:
    """As a channel for mail would send it: the body as HTML, the title in the header."""
    mail = MIMEText(_mail_html(text), "html", "utf-8")
    mail["Subject"] = notice_title([NoticeLine(one) for one in told(text)])
    mail["To"] = "desk@example.org"
    return mail.as_string()


def check_mail(text: str, output: str) -> None:
    mail = message_from_string(output, policy=policy.default)
    assert {name for name, _ in mail.items()} == {
        "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "To",
    }  # fmt: skip
    assert not re.search(r"[\x00-\x1f\x7f]", mail["Subject"])
    assert "documents changed: " in mail["Subject"]
    assert mail.get_content() == _mail_html(text)
    pages = [LexborHTMLParser(html) for html in (_mail_html(text), _mail_html(ORDINARY))]
    assert _pieces(pages[0]) <= _pieces(pages[1])
    assert not ACTING.search(_mail_html(text))
    assert f"{{+{_spaces(visible(text))}+}}" in _spaces(pages[0].text())


# --- for programs -----------------------------------------------------------------------------------


def check_json(text: str, output: str) -> None:
    assert not ACTING.search(HIDDEN.sub("", output))
    found = json.loads(output)["changes"]
    assert len(found) == len(told(ORDINARY))
    one = next(one for one in found if one["kind"] == "removed" and one["level"] == "statement")
    assert one["before"][0]["text"] == text


def write_lines(text: str) -> str:
    return _exported(text, "jsonl")


def check_lines(text: str, output: str) -> None:
    assert not ACTING.search(HIDDEN.sub("", output))
    found = [json.loads(line) for line in output.splitlines()]
    assert len(found) == len(told(ORDINARY))
    assert found[2]["before"][0]["text"] == found[3]["document"] == found[4]["after"][0]["links"][0] == text


def write_csv(text: str) -> str:
    return _exported(text, "csv")


def check_csv(text: str, output: str) -> None:
    assert not ACTING.search(output)
    rows = list(csv.DictReader(io.StringIO(output), strict=True))
    assert len(rows) == len(told(ORDINARY))
    assert all(None not in row and None not in row.values() for row in rows)
    assert not [cell for row in rows for cell in row.values() if re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", cell)]
    assert rows[2]["before_texts"] == rows[3]["document"] == guarded(visible(text))


def _exported(text: str, form: str) -> str:
    stream = io.BytesIO()
    export_changes(told(text), form, stream)
    return stream.getvalue().decode()


def write_patch(text: str) -> str:
    before, after = Lines(text, [HARMLESS, text, "same"]), Lines(text, [text, HARMLESS, "same", text])
    return unified([(before, after), (None, Lines("new.txt", [text])), (Lines("old.txt", [text]), None)])


def check_patch(text: str, output: str) -> None:
    assert not ACTING.search(re.sub("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", output))
    assert len(PatchSet(output)) == 3
    first, new, old = parse(output)
    assert (first.before, first.after, new.before, new.after, old.after) == (text, text, None, "new.txt", None)
    assert new.hunks[0].after == old.hunks[0].before == (text,)
    assert text in first.hunks[0].before
    assert text in first.hunks[0].after


def write_evidence_of(text: str) -> str:
    """The archive's README, names and sums; what is in it is checked here, as it is bytes."""
    one = told(text)[3]
    versions = [
        ArchivedVersion("after", text, snapshot(author=text), (NAME, NAME, NAME), text.encode("utf-8", "replace"))
    ]
    stream = io.BytesIO()
    write_evidence(Evidence(one, versions, [Chain("refs/heads/main", (NAME,), None)], {NAME: ("blob", b"x")}), stream)
    with zipfile.ZipFile(stream) as archive:
        assert json.loads(archive.read("change.json"))["change"]["document"] == text
        assert set(archive.namelist()) == {
            "README.txt", "SHA256SUMS", "after.bin", "change.json", f"objects/{NAME}.blob",
        }  # fmt: skip
        return archive.read("README.txt").decode()


def check_evidence(text: str, output: str) -> None:
    """Nobody is asked to run anything else than where the text is harmless."""
    assert not ACTING.search(output)
    commands = [
        [ANCHOR.sub("id", line) for line in one.splitlines() if line.startswith((" ", "\t"))]
        for one in (output, write_evidence_of(ORDINARY))
    ]
    assert commands[0] == commands[1]
    assert json.loads(next(line for line in output.splitlines() if line.startswith("document"))[8:]) == text


SINKS: dict[str, Sink] = {
    "the HTML report": Sink(lambda text: render(made(text), "html"), check_html),
    "the Markdown report": Sink(lambda text: render(made(text), "markdown"), check_markdown),
    "the text report": Sink(write_text, check_text),
    "the JSON report": Sink(lambda text: render(made(text), "json"), check_json),
    "the feed": Sink(write_feed, check_feed),
    "a notice": Sink(write_notice, check_notice),
    "a notice by mail": Sink(write_mail, check_mail),
    "exported JSON lines": Sink(write_lines, check_lines),
    "exported CSV": Sink(write_csv, check_csv),
    "a unified diff": Sink(write_patch, check_patch),
    "an archive of evidence": Sink(write_evidence_of, check_evidence),
}
