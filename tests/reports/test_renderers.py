"""The report in each format, as readable files beside this one, and what no document text may do in any.

`UPDATE_GOLDEN=1 pytest tests/reports/test_renderers.py` writes the files anew; read the difference before it is kept.
"""

from __future__ import annotations

import html
import json
import os
import re
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.core.text.normalize import cells, visible
from monitor.errors import UsageError
from monitor.model import REPORT_FORMATS, Aspect, ChangeKind, Report, Significance
from monitor.reports.formats import render
from monitor.reports.html import policy, stylesheet
from monitor.reports.markdown import escape_line
from monitor.reports.text import render as render_text
from monitor.reports.text import wrap
from tests.support.report_builders import (
    HOSTILE,
    HOSTILE_PATH,
    change,
    event,
    moved,
    report,
    revised,
    side,
    snapshot,
    week,
)

GOLDEN = Path(__file__).parent / "golden"
VIENNA = ZoneInfo("Europe/Vienna")
ANY = st.text(st.characters(exclude_categories=()), max_size=30)
MARKUP = st.text("<>&[]()!*_`#~|\\-+=.:@$^\"'/ \tw1a", max_size=20)
# What reacts where text is read raw: C0 and C1 controls, separators, and the twelve bidirectional controls.
ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _hostile() -> Report:
    """Hostile text wherever a document or its path can put some."""
    path, links = HOSTILE_PATH, {"links": ("javascript:alert(5)", HOSTILE)}
    return report(
        [
            event(ChangeKind.FAILED, path, message=HOSTILE),
            event(ChangeKind.RENAMED, path, document_before=HOSTILE),
            change(ChangeKind.ADDED, None, HOSTILE, document=path),
            revised("x ", (HOSTILE, HOSTILE[::-1]), document=path, ordinal=2),
            moved(HOSTILE, 3, 4, path, group=HOSTILE),
            moved(HOSTILE, 4, 5, path, group=HOSTILE, id=HOSTILE),
            change(before=(side("x", 6, path, **links),), after=(side("x", 6, path),), document=path, ordinal=6),
            revised(
                HOSTILE, ("a", "b"), document=path, significance=Significance.EDITORIAL, aspects=(Aspect.SPELLING,)
            ),
            change(ChangeKind.ADDED, None, "x", document=path, baseline=True),
        ],
        [snapshot(HOSTILE, source=HOSTILE, author=HOSTILE)],
    )


def _page(made: Report) -> LexborHTMLParser:
    return LexborHTMLParser(render(made, "html", zone=VIENNA))


@pytest.mark.parametrize(("form", "name"), [("text", "week.txt"), ("markdown", "week.md"), ("html", "week.html")])
def test_the_report_of_a_week_reads_as_kept(form: str, name: str) -> None:
    made = render(week(), form, zone=VIENNA).replace(stylesheet(), "/* style.css */")
    made = made.replace(html.escape(policy(stylesheet())).replace("&#x27;", "&#39;"), "…")  # it holds the style's hash
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / name).write_text(made, encoding="utf-8")
    assert made == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("form", REPORT_FORMATS)
def test_an_empty_report_is_whole(form: str) -> None:
    assert render(report([]), form).endswith("\n")


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="text, markdown, json, html"):
        render(report([]), "pdf")


# --- hostile text -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", REPORT_FORMATS)
def test_no_character_that_acts_reaches_the_output(form: str) -> None:
    assert not ACTING.search(render(_hostile(), form))


@pytest.mark.parametrize("form", REPORT_FORMATS)
def test_output_is_utf_8(form: str) -> None:
    render(_hostile(), form).encode("utf-8")


def test_hostile_text_comes_back_exactly_from_json() -> None:
    assert json.loads(render(_hostile(), "json"))["changes"][2]["after"][0]["text"] == HOSTILE


def test_hostile_text_makes_no_element_and_no_attribute_in_html() -> None:
    page = _page(_hostile())
    assert not page.css("script, img, iframe, object, embed, form, link, base, svg, audio, video")
    assert {node.attributes.get("href", "#")[:1] for node in page.css("a")} == {"#"}
    attributes = {name for node in page.css("*") for name in node.attributes}
    assert not {name for name in attributes if name.startswith("on") or name in {"style", "src"}}


def test_hostile_text_is_shown_as_text_in_html() -> None:
    shown = [node.text() for node in _page(_hostile()).css(".words ins")]
    assert visible(HOSTILE) in shown


def test_templates_do_not_run_in_document_text() -> None:
    assert "49" not in [node.text() for node in _page(report([change(ChangeKind.ADDED, None, "{{7*7}}")])).css("ins")]


def _markdown_of(made: Report) -> LexborHTMLParser:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return LexborHTMLParser(parser.render(render(made, "markdown")))


def test_hostile_text_makes_no_element_in_markdown() -> None:
    allowed = {
        "html", "head", "body", "h1", "h2", "h3", "p", "strong", "ul", "li", "blockquote",
        "ins", "del", "details", "summary", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert {node.tag for node in _markdown_of(_hostile()).css("*")} <= allowed


def test_hostile_text_is_shown_as_text_in_markdown() -> None:
    assert visible(HOSTILE) in [_folded(node.text()) for node in _markdown_of(_hostile()).css("ins")]


@given(MARKUP)
def test_any_markup_at_the_start_of_a_markdown_line_is_text(text: str) -> None:
    rendered = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(f"> {escape_line(text)}x")
    )
    page = LexborHTMLParser(rendered)
    assert {node.tag for node in page.css("body *")} == {"blockquote", "p"}
    assert _folded(page.css_first("p").text()).split() == f"{text}x".split()


@pytest.mark.parametrize(
    "text", ["http://evil.example", "www.evil.example", "WWW.evil.example", "a@evil.example", "@team", "#12"]
)
def test_markdown_renderers_find_no_address_and_no_mention(text: str) -> None:
    assert text not in escape_line(text)


def _folded(text: str | None) -> str:
    return re.sub(r"<!-- -->", "", text or "")


# --- HTML ---------------------------------------------------------------------------------------


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    page = render(week(), "html")
    assert "<script" not in page
    assert not re.search(r"""(src|href|action|poster|data)=["']?(?!["'#])""", page)
    assert not re.search(r"url\(|@import", page)


def test_the_policy_allows_the_pages_own_style_alone() -> None:
    page = _page(week())
    content = page.css_first('meta[http-equiv="Content-Security-Policy"]').attributes["content"]
    assert content == policy(page.css_first("style").text())
    assert content.startswith("default-src 'none'; style-src 'sha256-")


def test_headings_are_in_order() -> None:
    levels = [int(node.tag[1]) for node in _page(week()).css("h1, h2, h3, h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_landmarks_are_there_and_named() -> None:
    page = _page(week())
    assert [len(page.css(tag)) for tag in ("header", "nav[aria-label]", "main", "footer")] == [1, 1, 1, 1]
    assert all(page.css_first(f"#{node.attributes['aria-labelledby']}") for node in page.css("section"))


def test_every_change_has_an_anchor_that_is_its_id() -> None:
    made = week()
    anchors = [node.attributes["id"] for node in _page(made).css("[id^=c-]")]
    assert sorted(anchors) == sorted(f"c-{c.id}" for c in made.changes)


@pytest.mark.parametrize("made", [week(), _hostile()], ids=["week", "hostile"])
def test_ids_are_unique_and_links_lead_somewhere(made: Report) -> None:
    page = _page(made)
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids))
    assert {node.attributes["href"][1:] for node in page.css("a")} <= set(ids)


def test_editorial_changes_are_folded_away_with_their_count() -> None:
    folded = _page(week()).css("details.folded")
    assert "2 editorial changes" in [_summary(node) for node in folded]
    assert all("open" not in node.attributes for node in folded)


def test_times_are_in_the_readers_zone_with_utc_as_title() -> None:
    time = _page(week()).css_first("time")
    assert (time.text(), time.attributes["title"]) == ("3 Mar 2026, 07:00 CET", "2026-03-03 06:00:00 UTC")


def test_document_text_and_paths_are_isolated_in_their_direction() -> None:
    page = _page(week())
    assert all(node.attributes.get("dir") == "auto" for node in page.css(".words"))
    assert all(node.css_first("bdi") for node in page.css("section.document > h2"))


def _summary(node: LexborNode) -> str:
    return (node.css_first("summary").text() or "").strip()


# --- text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [30, 60, 100])
@pytest.mark.parametrize("made", [week(), _hostile()], ids=["week", "hostile"])
def test_lines_keep_to_the_width(made: Report, width: int) -> None:
    assert max(cells(line) for line in render_text(made, width=width).splitlines()) <= width


@given(st.lists(st.tuples(st.just(""), st.text(" ab漢", max_size=20))), st.integers(12, 30))
def test_wrapping_loses_no_word(pieces: list[tuple[str, str]], width: int) -> None:
    text = "".join(piece for _, piece in pieces)
    lines = list(wrap(pieces, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cells(line) <= width for line in lines)


def test_pieces_that_touch_stay_together() -> None:
    assert list(wrap([("", "within thirty "), ("insert", "{+days+}"), ("", ".")], 22)) == ["within thirty", "{+days+}."]


def test_a_word_that_is_wider_than_the_line_is_cut() -> None:
    assert list(wrap([("", "x" * 25)], 10)) == ["x" * 10, "x" * 10, "x" * 5]


def test_every_piece_passes_through_the_style_with_its_role() -> None:
    made = render_text(week(), style=lambda role, text: f"<{role}>{text}" if role in {"insert", "delete"} else text)
    assert "<delete>[-30-]<insert>{+45+}" in made
