"""A redline as HTML: both columns are the two texts, and every change has a sign, a word and its reason."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Literal

import pytest
from lxml import html

from monitor.app.compare import Content, DocumentDiff, blocks_of, compared_contents
from monitor.model import BlockKind
from monitor.reports.html import environment, render_redline
from monitor.reports.redline import FoldedRows, RedlineFacts, events_of, redline_view, remarks_of
from tests.reports.test_redline_docx import AFTER, BEFORE, PARAGRAPH, Blocks, content, marked_up, random_blocks

FACTS = RedlineFacts("brief.md", datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC))
View = Literal["side", "inline"]
VIEWS: tuple[View, View] = ("side", "inline")


def compared(before: Blocks, after: Blocks) -> DocumentDiff:
    return compared_contents(content("old.md", before), content("new.md", after))


def drawn(before: Blocks, after: Blocks, view: View, *, whole: bool = True) -> Any:
    """The view as an element tree."""
    return drawn_comparison(compared(before, after), view, whole=whole)


def drawn_comparison(comparison: DocumentDiff, view: View, *, whole: bool = True) -> Any:
    found = redline_view(comparison.redline(), view, whole=whole)
    macros = environment().get_template("redline.html").module
    page = macros.side(found.rows, None, ("a", "b")) if view == "side" else macros.inline(found.rows, None)  # type: ignore[attr-defined]
    return html.fromstring(f"<div>{page}</div>")


def statements(root: Any) -> list[str]:
    return ["".join(one.itertext()) for one in root.xpath("descendant-or-self::*[@data-statement]")]


def without(root: Any, tag: str) -> list[str]:
    """The statements without what one of the two word marks holds; those of which nothing is left are not in it."""
    found = []
    for one in root.xpath(".//*[@data-statement]"):
        texts = one.xpath(f".//text()[not(ancestor::{tag})]")
        if texts or not one.xpath(f".//{tag}"):
            found.append("".join(texts))
    return found


def texts(blocks: Blocks) -> list[str]:
    return [one for _, own in blocks for one in own]


PAIRS = [(BEFORE, AFTER), (AFTER, BEFORE), (BEFORE, BEFORE), ([], AFTER), (BEFORE, [])]
for seed in range(40):
    random = Random(seed)
    names = ["treaty", "grain", "convoy", "winter", "minister", "ceasefire", "ferry"]
    PAIRS.append(tuple(random_blocks(random, random.sample(names, random.randrange(7))) for _ in range(2)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_each_column_is_its_version(before: Blocks, after: Blocks) -> None:
    root = drawn(before, after, "side")
    for side, blocks in (("before", before), ("after", after)):
        found = [one for cell in root.xpath(f".//*[@data-side='{side}']") for one in statements(cell)]
        assert found == texts(blocks)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_inline_without_deletions_is_the_version_after(before: Blocks, after: Blocks) -> None:
    assert without(drawn(before, after, "inline"), "del") == texts(after)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_every_statement_has_one_address(before: Blocks, after: Blocks) -> None:
    for view in VIEWS:
        names = drawn(before, after, view).xpath(".//@id")
        assert len(names) == len(set(names))
        there = {one for one in names if one.startswith("s-")}
        line = compared(before, after).redline()
        assert {f"s-{name}" for name in line.after.ids} <= there
        if view == "side":
            assert there == {f"s-{name}" for name in (*line.before.ids, *line.after.ids)}


@pytest.mark.parametrize("view", VIEWS)
def test_a_change_holds_its_label_and_its_reason(view: View) -> None:
    (found,) = drawn(BEFORE, AFTER, view).xpath(".//*[@data-change and contains(., '90')]")
    assert (found.get("data-kind"), found.get("role")) == ("revised", "group")
    assert found.get("aria-label") == (
        "Revised, number, modality: 60 days → 90 days; may → will (stronger). Statement 4"
    )
    shown = re.sub(r"\s+", " ", found.text_content())
    assert "~ Revised" in shown
    assert "60 days → 90 days; may → will (stronger)" in shown


def test_a_change_says_its_event_and_that_it_was_not_announced() -> None:
    line = compared(BEFORE, AFTER).redline()
    (number,) = (at for at, mark in enumerate(line.marks) if "90" in "".join(side.text for side in mark.change.after))
    change = line.marks[number].change._replace(cause="renumbering", announced=False)
    marks = (*line.marks[:number], line.marks[number]._replace(change=change), *line.marks[number + 1 :])
    page = html.fromstring(render_redline(line._replace(marks=marks), FACTS))
    (item,) = page.xpath("//ol[@class='change-list']/li[contains(., '90 days')]")
    (place,) = page.xpath("//*[@data-kind='revised' and @aria-label and contains(., '90 days')]")
    for shown in (item, place):
        assert [one.text for one in shown.xpath(".//*[@class='remark']")] == ["Renumbered", "not announced"]
    assert "may → will (stronger); Renumbered; not announced. Statement 4" in place.get("aria-label")


@pytest.mark.parametrize(
    ("cause", "remark"), [("suspect", "Suspect version"), ("recovered", "Version recovered"), ("document", "")]
)
def test_a_change_of_a_suspect_version_says_so(cause: str, remark: str) -> None:
    change = compared(BEFORE, AFTER).redline().marks[0].change._replace(cause=cause)
    assert remarks_of(change) == ((remark,) if remark else ())


def test_a_time_without_a_look_is_said_once() -> None:
    changes = [mark.change for mark in compared(BEFORE, AFTER).redline().marks]
    late = [one._replace(seen_before=one.taken_at - timedelta(days=9)) for one in changes]
    assert events_of(changes, UTC) == ()
    (said,) = events_of(late, UTC)
    assert said.startswith("Not watched: ")
    assert "9 days" in said


def test_labels_are_outside_the_statements() -> None:
    for view in VIEWS:
        root = drawn(BEFORE, AFTER, view)
        assert not root.xpath(".//*[@data-statement]//*[contains(@class, 'note')]")


def test_a_move_is_linked_both_ways() -> None:
    for view in VIEWS:
        root = drawn(BEFORE, AFTER, view)
        (moved,) = {one.get("data-change") for one in root.xpath(".//*[@data-kind='moved']")}
        links = root.xpath(f".//*[@data-change='{moved}']//a/@href")
        assert sorted(links) == [f"#m-{moved}", f"#s-{moved}"]
        assert all(root.xpath(f".//*[@id='{link[1:]}']") for link in links)


def test_sentences_of_one_paragraph_stay_in_it() -> None:
    (paragraph,) = drawn(BEFORE, AFTER, "inline").xpath(".//p[contains(., 'Nobody else knows')]")
    assert len(paragraph.xpath(".//*[@data-statement]")) == 3


def test_blocks_have_the_elements_of_their_kind() -> None:
    root = drawn(BEFORE, AFTER, "inline")
    assert root.xpath("string(.//h2//*[@data-statement])") == "Terms of the offer"
    cells = [
        [cell.text_content() for cell in row.xpath("td[not(@class)]")] for row in root.xpath(".//tr[@data-statement]")
    ]
    assert cells == [["Boat", "1012"], ["Car", "20"], ["Lorry", "40"]]
    root = drawn([(BlockKind.ITEM, ["apples"]), (BlockKind.CODE, ["x = 1"])], [(BlockKind.ITEM, ["pears"])], "inline")
    assert root.xpath(".//ul/li") and root.xpath(".//pre")  # noqa: PT018 - one fact


def long_blocks(many: int) -> Blocks:
    found: Blocks = [(PARAGRAPH, [f"Sentence number {word} of the treaty stays."]) for word in range(many)]
    found[many // 2] = (BlockKind.HEADING, ["Of the middle"])
    return found


def test_unchanged_runs_are_folded_beyond_two_statements() -> None:
    before = long_blocks(40)
    after = [*before[:30], (PARAGRAPH, ["A new sentence came here."]), *before[30:]]
    line = compared(before, after).redline()
    for view in VIEWS:
        rows = redline_view(line, view).rows
        folds = [row for row in rows if isinstance(row, FoldedRows)]
        assert [fold.label for fold in folds] == [
            *("20 unchanged statements", "7 unchanged statements", "8 unchanged statements")
        ]
        shown = [block for row in rows if not isinstance(row, FoldedRows) for block in row.after]
        assert sum(len(block.pieces) for block in shown) == 1 + 2 + 1 + 2
        assert [block.pieces[0].segments[0].text for block in shown if block.kind == "heading"] == ["Of the middle"]


def test_many_changes_have_one_statement_of_context() -> None:
    before = long_blocks(2_000)
    after = [
        (kind, [one.replace("stays", "goes") for one in own]) if not at % 7 else (kind, own)
        for at, (kind, own) in enumerate(before)
    ]
    rows = redline_view(compared(before, after).redline(), "side", lazy=True).rows
    folds = [row for row in rows if isinstance(row, FoldedRows)]
    assert {fold.label for fold in folds[1:9]} == {"4 unchanged statements"}
    assert all(fold.rows == () for fold in folds)


def test_the_fold_of_a_named_statement_is_open() -> None:
    before = long_blocks(20)
    line = compared(before, [*before, (PARAGRAPH, ["A new sentence came here."])]).redline()
    folds = [row for row in redline_view(line, "side", opened=line.after.ids[3]).rows if isinstance(row, FoldedRows)]
    assert [fold.open for fold in folds] == [True, False]


def test_the_list_begins_with_the_most_important() -> None:
    page = html.fromstring(render_redline(compared(BEFORE, AFTER).redline(), FACTS))
    levels = [one.get("class") for one in page.xpath(".//ol[@class='change-list']/li")]
    ranks = [next(at for at, level in enumerate(("high", "medium", "low")) if f"is-{level}" in one) for one in levels]
    editorial = ["is-editorial" in one for one in levels]
    assert all(one <= other for one, other in pairwise(zip(editorial, ranks, strict=True)))


def test_the_saved_file_has_no_script_and_loads_nothing() -> None:
    page = html.fromstring(render_redline(compared(BEFORE, AFTER).redline(), FACTS))
    assert not page.xpath("//script | //link | //img | //iframe | //@src")
    assert "default-src 'none'" in page.xpath("string(//meta[@http-equiv]/@content)")
    assert all(link.startswith("#") for link in page.xpath("//a/@href"))


ROW = BlockKind.ROW
ONE_LONG = "Engineers clear the roads, and medics staff two hospitals, and pilots fly three old planes."
IN_PARTS = ["Engineers clear the roads.", "Medics staff two hospitals.", "Pilots fly three old planes."]
REPORT = "The committee shall publish its report within 60 days of the vote."
OTHERS: Blocks = [(PARAGRAPH, ["Alpha beta gamma."]), (PARAGRAPH, ["Delta epsilon zeta."])]
ODD: dict[str, tuple[Blocks, Blocks]] = {
    "both empty": ([], []),
    "one statement": ([(PARAGRAPH, ["One."])], [(PARAGRAPH, ["Two things."])]),
    "a table alone": ([(ROW, ["a | 1"]), (ROW, ["b | 2"])], [(ROW, ["b | 2"]), (ROW, ["c | 3"])]),
    "from right to left": (
        [(PARAGRAPH, ["يستغرق التصويت 60 يوما."]), (ROW, ["קול | 60"])],
        [(PARAGRAPH, ["يستغرق التصويت 90 يوما."]), (ROW, ["קול | 90"])],
    ),
    "a very long statement": ([(PARAGRAPH, ["x" * 99_999])], [(PARAGRAPH, [f"{'x' * 99_998}y"])]),
    "a split in three": ([(PARAGRAPH, [ONE_LONG])], [(PARAGRAPH, IN_PARTS)]),
    "a merger of three": ([(PARAGRAPH, IN_PARTS)], [(PARAGRAPH, [ONE_LONG])]),
    "a move with a revision": (
        [(PARAGRAPH, [REPORT]), *OTHERS],
        [*OTHERS, (PARAGRAPH, [REPORT.replace("60", "90")])],
    ),
    "fewer copies": ([(PARAGRAPH, ["Same words here."])] * 5, [(PARAGRAPH, ["Same words here."])] * 3),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_documents_are_shown_in_full(name: str) -> None:
    before, after = ODD[name]
    root = drawn(before, after, "side")
    for side, blocks in (("before", before), ("after", after)):
        found = [one for cell in root.xpath(f".//*[@data-side='{side}']") for one in statements(cell)]
        assert found == texts(blocks)
    assert without(drawn(before, after, "inline"), "del") == texts(after)
    assert render_redline(compared(before, after).redline(), FACTS).startswith("<!doctype html>")


@pytest.mark.parametrize("view", VIEWS)
def test_text_from_right_to_left_has_its_direction(view: View) -> None:
    root = drawn(*ODD["from right to left"], view)
    for one in root.xpath(".//*[@data-statement]"):
        assert one.xpath("ancestor-or-self::*[@dir='auto'] | td[@dir='auto']")


@pytest.mark.parametrize("text", ['<b>x</b> & "y" {{ 1 }}', "A \x1b[31mred\u202e one."])
def test_hostile_words_stay_words(text: str) -> None:
    page = render_redline(compared([(PARAGRAPH, ["One."])], [(PARAGRAPH, ["One.", text])]).redline(), FACTS)
    assert not html.fromstring(page).xpath("//*[@data-statement]//b")
    assert "\x1b" not in page
    assert "\u202e" not in page


OLD = """# Terms of *use*

You pay **30 days** after it. It is *not* late.

1. Read it.
2. Sign `form-7` here.
   - by hand
3. Send it.

   The post counts.

| Fee | **Amount** |
|---|---|
| Entry | 5 euros |

(a) One is *open*.
"""
NEW = OLD.replace("**30 days**", "**60 days**").replace("1. Read it.", "1. Begin.\n2. Read it.").replace("5 e", "*6* e")


def laid_out(before: str, after: str, view: View, path: str = "a.md") -> Any:
    """A view of two versions of a document, Markdown unless the path says something else."""
    old, new = (Content(path, blocks_of(path, text.encode())) for text in (before, after))
    return drawn_comparison(compared_contents(old, new), view)


def column(root: Any, view: View) -> Any:
    """What shows the version after."""
    return root.xpath("//*[@data-side='after']") if view == "side" else [root]


def words(column: Any, path: str) -> list[str]:
    return ["".join(one.itertext()) for part in column for one in part.xpath(f".//{path}")]


@pytest.mark.parametrize("view", VIEWS)
def test_numbered_items_have_their_numbers(view: View) -> None:
    shown = column(laid_out(OLD, NEW, view), view)
    items = [one for part in shown for one in part.xpath(".//ol/li[@value]")]
    assert [one.get("value") for one in items] == ["1", "2", "3", "4"]
    assert [one.get("data-label") for part in shown for one in part.xpath(".//ol/li[@data-label]")] == ["(a)"]
    assert words(shown, "ul/li[contains(@class, 'd2')]//*[@data-statement]") == ["by hand"]
    assert words(shown, "li[contains(@class, 'continued')]//*[@data-statement]") == ["The post counts."]


@pytest.mark.parametrize("view", VIEWS)
def test_a_head_of_a_table_has_cells_of_headings(view: View) -> None:
    shown = column(laid_out(OLD, NEW, view), view)
    assert words(shown, "th[@scope='col']") == ["Fee", "Amount"]
    assert words(shown, "td[not(@class)]")[:1] == ["Entry"]


@pytest.mark.parametrize("view", VIEWS)
def test_words_are_set_apart_inside_of_what_changed(view: View) -> None:
    shown = column(laid_out(OLD, NEW, view), view)
    assert words(shown, "ins/strong") == ["60 days"]
    assert words(shown, "ins/em") == ["6"]
    assert "use" in words(shown, "em")
    assert words(shown, "code") == ["form-7"]


def test_the_column_before_has_its_own_layout() -> None:
    root = laid_out(OLD, NEW, "side")
    before = root.xpath("//*[@data-side='before']")
    assert [one.get("value") for part in before for one in part.xpath(".//ol/li[@value]")] == ["1", "2", "3"]
    assert words(before, "del/strong") == ["30 days"]


@pytest.mark.parametrize("view", VIEWS)
def test_layout_alone_is_no_change(view: View) -> None:
    after = OLD.replace("**30 days**", "30 days").replace("Sign", "*Sign*").replace("1. ", "5. ")
    root = laid_out(OLD, after, view)
    assert root.xpath("//ins | //del | //*[@data-change]") == []
    shown = column(root, view)
    assert "Sign" in words(shown, "em")
    assert [one.get("value") for part in shown for one in part.xpath(".//ol/li[@value]")][:1] == ["5"]


def test_labels_and_emphasis_of_hostile_text_are_escaped() -> None:
    page = html.tostring(laid_out("**<b>x</b>** a\n", "**<script>y</script>** a\n", "inline")).decode()
    assert "<script>" not in page


@pytest.mark.parametrize("seed", range(40))
def test_columns_with_layout_are_their_versions(seed: int) -> None:
    random = Random(seed)
    sides = [marked_up(random) for _ in range(2)]
    root = laid_out(sides[0], sides[1], "side")
    for side, source in zip(("before", "after"), sides, strict=True):
        expected = [one.text for block in blocks_of("a.md", source.encode()) or () for one in block.statements]
        shown = [text for part in root.xpath(f"//*[@data-side='{side}']") for text in statements(part)]
        assert shown == expected


@pytest.mark.parametrize("view", VIEWS)
def test_the_first_cell_of_a_row_may_be_its_heading(view: View) -> None:
    rows = "<table><tr><th>Fee<td>5</table>"
    shown = column(laid_out(rows, rows.replace("5", "6"), view, "a.html"), view)
    assert words(shown, "th[@scope='row']") == ["Fee"]
