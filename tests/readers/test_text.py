"""Plain text: which lines belong together, and what stands alone."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text.segment import segment_spans
from monitor.model import BlockKind
from monitor.readers.text import plain_blocks

SENTENCES = [
    "The ministers met on Tuesday in order to discuss the mandate of the force.",
    "They agreed that Mr. Lee would draft it before the United Nations General Assembly opens in September.",
    "Nobody expected the talks to last, but the last delegation left the building at half past two in the morning.",
]
PROSE = " ".join(SENTENCES)


def kinds(text: str) -> list[tuple[str, str, int]]:
    return [
        (statement.text, statement.kind.value, statement.level) for statement, _ in segment_spans(plain_blocks(text))
    ]


def texts(text: str) -> list[str]:
    return [statement for statement, _, _ in kinds(text)]


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100, 1000])
def test_rewrapped_paragraph_gives_the_same_statements(width: int) -> None:
    assert texts(textwrap.fill(PROSE, width)) == SENTENCES


def test_edited_wrapped_paragraph_stays_one_paragraph() -> None:
    wrapped = (
        textwrap.fill(PROSE, 72)
        .replace("in order to discuss", "to discuss")
        .replace("expected the talks", "expected talks")
    )
    assert len(texts(wrapped)) == len(SENTENCES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it was argued again that every self-\ndriving car must stop", "every self-driving car"),
        ("the museum holds many things of the pre-\nand post-war years", "the pre- and post-war years"),
        ("the measures were taken because of COVID-\n19 in the capital", "of COVID-19 in"),
        ("the ministers met again in the capital -\nnobody knows why", "the capital - nobody knows"),
    ],
)
def test_line_ending_with_a_hyphen_is_joined_without_a_space(text: str, expected: str) -> None:
    assert expected in texts(text)[0]


@pytest.mark.parametrize("begin", ["– as one of them said – ", "- as one of them said - ", "12. The second one is "])
def test_a_wrapped_line_that_begins_like_an_item_is_none(begin: str) -> None:
    full = "The ministers met in order to discuss the mandate of the force in section"
    text = f"{textwrap.fill(PROSE, 72)}\n\n{full}\n{begin}less."
    assert len(texts(text)) == len(SENTENCES) + 1 + begin.count(". The")


def test_indented_continuation_lines_are_joined_by_one_space() -> None:
    assert texts(textwrap.fill(PROSE, 70, subsequent_indent="    ")) == SENTENCES


def test_long_lines_are_paragraphs_of_their_own() -> None:
    lines = [
        PROSE,
        "Another paragraph that is long ends with an abbreviation, namely Inc.",
        "Third one by Mr. X.",
        PROSE,
    ]
    assert texts("\n".join(lines)) == [*SENTENCES, lines[1], lines[2], *SENTENCES]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- one\n- two\n", [("one", "item", 1), ("two", "item", 1)]),
        ("* one\n  goes on\n* two", [("one goes on", "item", 1), ("two", "item", 1)]),
        ("• one\n• two", [("one", "item", 1), ("two", "item", 1)]),
        ("- one\n  - inner\n- two", [("one", "item", 1), ("inner", "item", 2), ("two", "item", 1)]),
        ("1. First.\n2. Second.", [("First.", "item", 1), ("Second.", "item", 1)]),
        ("1) First.\n2) Second.", [("First.", "item", 1), ("Second.", "item", 1)]),
        ("(a) first;\n(b) second.", [("first;", "item", 1), ("second.", "item", 1)]),
        ("1.1\tFirst.\n1.2\tSecond.", [("First.", "item", 1), ("Second.", "item", 1)]),
        ("3. Oktober ist frei.", [("3. Oktober ist frei.", "paragraph", 0)]),
        ("(c) 2026 by the desk.", [("(c) 2026 by the desk.", "paragraph", 0)]),
        ("(H) 555-1234", [("(H) 555-1234", "paragraph", 0)]),
        ("It holds:\n- one\n- two", [("It holds:", "paragraph", 0), ("one", "item", 1), ("two", "item", 1)]),
    ],
)
def test_list_items_have_no_bullets_and_numbers(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Title\n=====\n\nSome text.", 1),
        ("Part one\n--------\n\nSome text.", 2),
        ("GENERAL PROVISIONS\n\nSome text.", 1),
        ("4.2 Scope of the mandate\n\nSome text.", 2),
        ("Article 5\n\nSome text.", 2),
        ("Scope and Mandate\n\nSome text.", 2),
    ],
)
def test_headings_have_underlines_capitals_or_numbers(text: str, level: int) -> None:
    assert kinds(text)[0][1:] == (BlockKind.HEADING, level)


@pytest.mark.parametrize("line", ["He left.", "Nobody knew him at all", "and so on", "NATO, the UN and others,"])
def test_short_line_alone_is_not_a_heading(line: str) -> None:
    assert kinds(f"{line}\n\nSome text follows.")[0][1] == BlockKind.PARAGRAPH


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| a | b |\n|---|---|\n| c | d |", ["a | b", "c | d"]),
        ("name\tage\nAnn\t41", ["name | age", "Ann | 41"]),
        (
            "Country    Troops   Since\nPakistan   3,000    2025",
            ["Country | Troops | Since", "Pakistan | 3,000 | 2025"],
        ),
    ],
)
def test_rows_of_a_table_are_statements_with_their_cells_apart(text: str, expected: list[str]) -> None:
    assert [(statement, kind) for statement, kind, _ in kinds(text)] == [(row, "row") for row in expected]


def test_indented_paragraph_belongs_to_the_item() -> None:
    text = "- one\n\n  its second paragraph\n\n    - inner\n\nA paragraph after it.\n\n (1) first\n\n  Another one."
    assert [level for _, _, level in kinds(text)] == [1, 1, 2, 0, 1, 0]


def test_centred_lines_are_not_one_sentence() -> None:
    text = f"{'GENERAL PUBLIC LICENSE':^72}\n{'Version 3, 29 June 2007':^72}\n\n{textwrap.fill(PROSE, 72)}"
    assert texts(text)[:2] == ["GENERAL PUBLIC LICENSE", "Version 3, 29 June 2007"]


def test_short_lines_of_many_lengths_are_not_wrapped_text() -> None:
    lines = ["Main Street 1", "Springfield", "United Kingdom", "Attn: The Officer of the Day", "Phone 5", "Room 12"]
    assert texts("\n".join(lines)) == lines


def test_white_space_inside_a_line_stays() -> None:
    assert texts("Two  spaces and a no-break\u00a0space.") == ["Two  spaces and a no-break\u00a0space."]


def test_chinese_lines_are_joined_without_a_space() -> None:
    line = "会谈还没有结束因此部长们决定在下个月继续讨论这个问题并且邀请其他国家参加这次"
    assert texts(f"{line}\n{line[::-1]}\n结束。") == [f"{line}{line[::-1]}结束。"]


def test_identical_lines_are_not_one_sentence() -> None:
    assert (
        texts("the very same line without any end that goes on for a while\n" * 5)
        == ["the very same line without any end that goes on for a while"] * 5
    )


TEXT = st.text(alphabet=st.sampled_from("aB. -*1)|\t\n\r\u2028\u00a0=!。ا"), max_size=200)


@given(TEXT)
def test_a_statement_has_no_line_break(text: str) -> None:
    assert all(len(statement.splitlines()) == 1 for statement in texts(text))


@given(TEXT)
def test_spans_ascend_without_overlap(text: str) -> None:
    at = 0
    for _, span in segment_spans(plain_blocks(text)):
        assert at <= span.start < span.end <= len(text)
        at = span.end


@given(st.lists(st.sampled_from(["One two.", "a b", "Is it?", "B c d", "\n", " ", "\r\n", "\n\n", "“x”"]), max_size=30))
def test_a_span_covers_the_statement(pieces: list[str]) -> None:
    text = "".join(pieces)
    for statement, span in segment_spans(plain_blocks(text)):
        assert text[span.start : span.end].split() == statement.text.split()


@pytest.mark.parametrize(
    "lines",
    [
        ("Present: Adler, Brandt, Costa, Dietz", "Absent: Eklund"),
        ("Present: Adler, Brandt, Costa, Dietz", "Absent: Eklund", "Chair: Okafor"),
        ("Agenda of the meeting of the council:", "Budget of the library"),
        ("Minutes of the ordinary meeting of the parish council of Lower Wick", "The chair opened the meeting."),
        ("Protokoll der ordentlichen Sitzung des Gemeinderats von Unterwald", "Die Sitzung beginnt um 19 Uhr."),
        ("1a. A keeper must mark each dog that is kept in the town.", "1b. The mark is a chip."),
    ],
)
def test_lines_of_minutes_are_not_joined(lines: tuple[str, ...]) -> None:
    found = [block.text for block in plain_blocks("\n".join(lines))]
    assert found == list(lines)


def test_values_that_are_wrapped_behind_a_label_are_joined() -> None:
    text = (
        "Present: Adler, Brandt, Costa, Dietz, Eklund, Fischer, Gruber, Haas and\n"
        "all of the other members who had been invited to the meeting of May, as\n"
        "well as the guests from the neighbouring towns and the regional office.\n"
        "Absent: Ibsen, who had told the chair beforehand that she was not able\n"
        "to come.\n"
    )
    assert [block.text.split()[0] for block in plain_blocks(text)] == ["Present:", "Absent:"]
