"""Short values are known by their place, rows of a table by their key, parts of a sentence by the whole."""

from __future__ import annotations

import random

import pytest

from monitor.core.alignment.align import align
from monitor.model import BlockKind, Statement
from tests.core.alignment.align_texts import aligned, document, links, moved_before

ABOVE = "The pool is open from May to September."
BELOW = "Children swim with an adult."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("$10.00", "$12.00"),
        ("12", "15"),
        ("Price10EUR", "Price110EUR"),
        ("3 May", "9 June"),
        ("Draft of 3 May", "Final of 9 June"),
        ('{"fee": 12},', '{"fee": 99},'),
        ("Open", "Closed"),
        ("Yes", "No"),
        ("Available", "Sold out"),
        ("Add to cart", "Sold out"),
        ("Ada Berg", "Leo Stein"),
        ("geöffnet", "zu"),
        ("开放", "关闭"),
    ],
)
@pytest.mark.parametrize("around", [([ABOVE], [BELOW]), ([ABOVE], []), ([], [BELOW])], ids=["both", "above", "below"])
def test_short_value_beside_the_same_is_revised(before: str, after: str, around: tuple[list[str], list[str]]) -> None:
    above, below = around
    assert (len(above), len(above)) in links(aligned([*above, before, *below], [*above, after, *below]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Parking is free.", "Smoking is banned."),
        ("The fee is 5 euros.", "The office is in Oslo."),
        ("Das Bad ist offen.", "Der Park ist gesperrt."),
        ("$10.00", "Sold out"),
        ("Bring a towel and some food", "Sold out"),
    ],
)
def test_what_is_no_value_of_one_kind_is_not_linked_by_place(before: str, after: str) -> None:
    assert links(aligned([ABOVE, before, BELOW], [ABOVE, after, BELOW])) == [(0, 0), (2, 2)]


def test_value_of_a_whole_document_has_no_place() -> None:
    assert links(aligned(["Open"], ["Closed"])) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The end.", "The ends."),
        ("Test", "Tests"),
        (" | Count | %", " | Counts | %"),
        ("Fee | ", "Fees | "),
        ("And so is this.", "And also is this."),
    ],
)
def test_short_text_with_one_word_spelt_otherwise_is_revised(before: str, after: str) -> None:
    assert links(aligned([before], [after])) == [(0, 0)]


@pytest.mark.parametrize(
    ("before", "after"),
    [("Open", "Closed"), ("The tunnel.", "The bridge."), ("Ann", "Ben")],
)
def test_short_text_with_another_word_alone_is_not_linked(before: str, after: str) -> None:
    assert links(aligned([before], [after])) == []


def test_short_sentences_alone_in_a_document_are_not_linked() -> None:
    assert links(aligned(["The bridge is open."], ["The tunnel is closed until further notice."])) == []


def test_heading_does_not_become_a_value() -> None:
    assert links(align(document("# A", "# Fees", "Paid."), document("# A", "12", "Paid."))) == [(0, 0), (2, 2)]


def test_person_replaced_in_a_list_of_persons_is_not_revised() -> None:
    before = ["Jane Doe", "Ada Berg", "Sam Hill"]
    assert links(aligned(before, ["Jane Doe", "Leo Stein", "Sam Hill"])) == [(0, 0), (2, 2)]


def test_reason_of_a_value_is_its_place() -> None:
    match = aligned([ABOVE, "Open", BELOW], [ABOVE, "Closed", BELOW]).matches[1]
    assert "alone between the same neighbours" in match.reasons


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("# Fee", "20 euros", "# Deposit", "50 euros"), ("# Fee", "25 euros", "# Deposit", "20 euros")),
        (("# Fee", "20", "# Deposit", "50"), ("# Fee", "25", "# Deposit", "20")),
        (
            ("Is parking free?", "No", "Are dogs allowed?", "Yes"),
            ("Is parking free?", "Yes", "Are dogs allowed?", "No"),
        ),
        (("fee", "20 euros", "deposit", "50 euros"), ("fee", "25 euros", "deposit", "20 euros")),
    ],
)
def test_values_stay_under_their_headings(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    alignment = align(document(*before), document(*after))
    assert links(alignment) == [(k, k) for k in range(4)]
    assert moved_before(alignment) == []


def rows(*lines: str) -> list[Statement]:
    return [Statement(line, BlockKind.ROW) for line in lines]


@pytest.mark.parametrize(
    ("what", "before", "after", "wanted"),
    [
        (
            "sorted by a figure that changed",
            ["Ana | 30", "Bo | 28", "Emil | 25", "Cleo | 20"],
            ["Ana | 30", "Bo | 28", "Cleo | 20", "Emil | 2"],
            [(0, 0), (1, 1), (2, 3), (3, 2)],
        ),
        (
            "a rank is no key",
            ["1 | Ana | 30", "2 | Bo | 28", "3 | Emil | 25"],
            ["1 | Emil | 44", "2 | Ana | 31", "3 | Bo | 29"],
            [(0, 1), (1, 2), (2, 0)],
        ),
        (
            "the key stands behind a column that groups",
            ["North | Ana | 30", "North | Bo | 28", "South | Emil | 25", "South | Cleo | 7"],
            ["South | Emil | 44", "North | Ana | 31", "North | Bo | 29", "South | Cleo | 9"],
            [(0, 1), (1, 2), (2, 0), (3, 3)],
        ),
        (
            "dates are the key where there is no name",
            ["3 May | 17", "4 May | 9"],
            ["4 May | 8", "3 May | 5"],
            [(0, 1), (1, 0)],
        ),
        ("a value gone", ["Fee |  | 10", "Deposit | 5 | 20"], ["Fee |  |", "Deposit | 5 | 20"], [(0, 0), (1, 1)]),
        ("a term and its value", ["Chair | Ada Berg", "Fee | 12"], ["Chair | Leo Stein", "Fee | 15"], [(0, 0), (1, 1)]),
        ("a column more", ["Ana | 3", "Bo | 5"], ["Ana | 3 | x", "Bo | 5 | y"], [(0, 0), (1, 1)]),
        ("a column in front", ["Ana | 3", "Bo | 5"], ["1 | Ana | 3", "2 | Bo | 5"], [(0, 0), (1, 1)]),
        (
            "another person",
            ["Ana | 3 | 5", "Bo | 4 | 7", "Cy | 5 | 9"],
            ["Ana | 3 | 5", "Dora | 8 | 6", "Cy | 5 | 9"],
            [(0, 0), (2, 2)],
        ),
        (
            "a cell that spans rows is repeated",
            ["Region | 10", "Region | 20", "Sum | 30"],
            ["Region | 10", "Region | 30", "Sum | 30"],
            [(0, 0), (1, 1), (2, 2)],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rows_follow_their_key(what: str, before: list[str], after: list[str], wanted: list[tuple[int, int]]) -> None:
    assert links(align(rows(*before), rows(*after))) == wanted


def test_reason_of_a_row_is_its_key() -> None:
    (match, _) = align(rows("Ana | 30", "Bo | 28"), rows("Ana | 12", "Bo | 28")).matches
    assert "the same first cell" in match.reasons


@pytest.mark.parametrize("cells", [2, 3, 5])
@pytest.mark.parametrize("count", [10, 30])
def test_all_rows_of_a_sorted_table_are_followed(cells: int, count: int) -> None:
    chance = random.Random(cells * count)
    for _ in range(10):
        before = [
            [f"Town {chr(65 + k % 26)}{k}", *(str(chance.randrange(2, 2000)) for _ in range(cells - 1))]
            for k in range(count)
        ]
        after = [list(row) for row in before]
        for row in chance.sample(after, count // 5):
            row[1] = str(chance.randrange(2, 2000))
        order = [sorted(range(count), key=lambda k, table=table: (-int(table[k][1]), k)) for table in (before, after)]
        versions = [
            rows(*(" | ".join(table[k]) for k in ranks)) for table, ranks in zip((before, after), order, strict=True)
        ]
        assert links(align(*versions)) == [(i, order[1].index(k)) for i, k in enumerate(order[0])]


SUPPLIER_LIST = [
    "The Supplier shall",
    "(a) deliver the goods on time,",
    "(b) insure the goods in transit,",
    "(c) issue a monthly invoice,",
    "(d) keep all records for six years and",
    "(e) report any defect at once.",
]
SUPPLIER = (
    "The Supplier shall deliver the goods on time, insure the goods in transit, issue a monthly invoice, "
    "keep all records for six years and report any defect at once."
)
COURT = (
    "The court met on Monday; it heard four cases; it adjourned at noon; it will meet again in June; "
    "no verdict was given."
)
COURT_PARTS = [
    "The court met on Monday.",
    "It heard four cases.",
    "It adjourned at noon.",
    "It will meet again in June.",
    "No verdict was given.",
]
FEES = "Der Mieter zahlt die Miete, heizt die Wohnung, reinigt das Treppenhaus und meldet jeden Schaden."
FEES_LIST = [
    "Der Mieter",
    "zahlt die Miete,",
    "heizt die Wohnung,",
    "reinigt das Treppenhaus und",
    "meldet jeden Schaden.",
]


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        pytest.param(SUPPLIER, SUPPLIER_LIST, id="a list of duties"),
        pytest.param(COURT, COURT_PARTS, id="sentences"),
        pytest.param(FEES, FEES_LIST, id="in German"),
        pytest.param(
            "You need a pen, a map, a lamp and a rope.",
            ["You need", "a pen", "a map", "a lamp", "a rope"],
            id="short items",
        ),
        pytest.param(
            "The tenant shall pay rent, keep the flat clean and report damage.",
            ["The tenant shall", "pay rent,", "keep the flat clean and", "report damage."],
            id="three items and what introduces them",
        ),
    ],
)
@pytest.mark.parametrize("merge", [False, True], ids=["split", "merged"])
def test_any_number_of_parts_makes_a_whole(whole: str, parts: list[str], merge: bool) -> None:
    one, many = [ABOVE, whole, BELOW], [ABOVE, *parts, BELOW]
    wanted = [(0, 0), *((1, k) for k in range(1, len(parts) + 1)), (2, len(parts) + 1)]
    if merge:
        assert links(aligned(many, one)) == [(j, i) for i, j in wanted]
    else:
        assert links(aligned(one, many)) == wanted


def test_new_sentence_beside_the_parts_is_added() -> None:
    after = [ABOVE, *COURT_PARTS, "The press was not admitted to the room.", BELOW]
    assert (1, 6) not in links(aligned([ABOVE, COURT, BELOW], after))


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(
            "Furthermore, Norway offered two field hospitals and, later, a whole logistics team.", id="revised"
        ),
        pytest.param("Norway offered two field hospitals and a logistics team.", id="unaltered"),
    ],
)
def test_sentence_moves_alone(after: str) -> None:
    others = [
        "The council will vote within 30 days.",
        "Officials in Cairo declined to comment on the proposal.",
        "No troops will be sent before the mandate is agreed.",
        "The next donor conference is planned for early spring.",
    ]
    alignment = aligned(["Norway offered two field hospitals and a logistics team.", *others], [*others, after])
    assert (0, 4) in links(alignment)
    assert moved_before(alignment) == [0]


def test_heading_outweighs_a_longer_text_that_is_the_same() -> None:
    before = document("# Fee", "Tenant pays", "# Fine", "Owner pays")
    after = document("# Fee", "Owner pays", "# Fine", "Nobody pays")
    assert moved_before(align(before, after)) == []


def test_little_alike_is_not_believed_without_other_links() -> None:
    one, other = "The council of Oslo will vote within 30 days.", "The council of Oslo meets after the vote on ferries."
    before, after = ([f"{side}{k} {side}{k}x {side}{k}y" for k in range(12)] for side in "ab")
    assert (1, 1) in links(aligned([ABOVE, one, BELOW], [ABOVE, other, BELOW]))
    assert links(aligned([one, *before], [other, *after])) == []


def test_addresses_are_compared_part_by_part() -> None:
    old, new = (f"See https://help.example.org/articles/{number}?source=footer for it." for number in (3390, 1823))
    assert links(aligned(["Fees.", "A.", old, "B."], ["B.", new, "Fees."])) == [(0, 2), (2, 1), (3, 0)]
