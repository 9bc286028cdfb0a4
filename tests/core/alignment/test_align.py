"""What the alignment of small versions must be, one fact each."""

from __future__ import annotations

import pytest

from tests.core.alignment.align_texts import aligned, links, moved_before

A = "The council will vote within 30 days."
B = "Norway offered two field hospitals and a logistics team."
C = "Officials in Cairo declined to comment on the proposal."
D = "No troops will be sent before the mandate is agreed."
E = "The next donor conference is planned for early spring."
S = "See annex."
FOUNDERS = ["Jane Doe, Founder of Acme", "Li Wei, Founder of Baidou", "Sam Hill, Founder of Corx"]
DIAGONAL = [(0, 0), (1, 1), (2, 2)]
F = "Reporting teams are to visit the crossing every second week."


@pytest.mark.parametrize(
    ("what", "before", "after", "wanted"),
    [
        ("a figure revised", [A, B], [A.replace("30", "45"), B], [(0, 0), (1, 1)]),
        ("one removed", [A, B, C], [A, C], [(0, 0), (2, 1)]),
        ("one added", [A, C], [A, B, C], [(0, 0), (1, 2)]),
        ("one replaced by another", [A, B, C], [A, D, C], [(0, 0), (2, 2)]),
        ("typography alone", ["It’s  “agreed” – now."], ['It\'s "agreed" - now.'], [(0, 0)]),
        ("nothing before", [], [A], []),
        ("nothing after", [A], [], []),
        ("nothing in common", [A, B], [D, F], []),
        (
            "split",
            [A, "Norway offered two field hospitals, and Egypt promised to open the crossing in May."],
            [A, "Norway offered two field hospitals.", "Egypt promised to open the crossing in May."],
            [(0, 0), (1, 1), (1, 2)],
        ),
        (
            "split in Chinese",
            ["挪威提供了两所野战医院，埃及承诺在五月开放过境点。"],
            ["挪威提供了两所野战医院。", "埃及承诺在五月开放过境点。"],
            [(0, 0), (0, 1)],
        ),
        (
            "merged",
            ["Norway offered two field hospitals.", "Egypt promised to open the crossing in May.", A],
            ["Norway offered two field hospitals, and Egypt promised to open the crossing in May.", A],
            [(0, 0), (1, 0), (2, 1)],
        ),
        ("one of three identical lines removed", [A, S, S, S, B], [A, S, S, B], [(0, 0), (1, 1), (2, 2), (4, 3)]),
        (
            "lines of one template",
            FOUNDERS,
            [FOUNDERS[0], "Mia Bloom, Founder of Dexter", FOUNDERS[2]],
            [(0, 0), (2, 2)],
        ),
        ("a line of a template revised", FOUNDERS, [FOUNDERS[0], "Li Wei, Chief of Baidou", FOUNDERS[2]], DIAGONAL),
        (
            "a section of a list swapped out",
            [A, "2019 | 45", "2020 | 47"],
            [A, "2020 | 47", "2021 | 50"],
            [(0, 0), (2, 1)],
        ),
        (
            "Chinese without spaces",
            ["委员会将在三十天内投票。", "挪威提供了两所野战医院。"],
            ["委员会将在四十五天内投票。", "挪威提供了两所野战医院。"],
            [(0, 0), (1, 1)],
        ),
        (
            "Thai without spaces",
            ["คณะมนตรีจะลงคะแนนเสียงภายในสามสิบวัน", A],
            ["คณะมนตรีจะลงคะแนนเสียงภายในสี่สิบห้าวัน", A],
            [(0, 0), (1, 1)],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_links_of_an_alignment(what: str, before: list[str], after: list[str], wanted: list[tuple[int, int]]) -> None:
    assert links(aligned(before, after)) == wanted


@pytest.mark.parametrize(
    ("what", "before", "after", "wanted"),
    [
        ("nothing where the order is kept", [A, B, C], [A, C], []),
        ("the one that went elsewhere", [A, B, C, D], [B, C, D, A], [0]),
        ("of two that changed places, the later", [A, B], [B, A], [1]),
        ("a block of two over three", [A, B, C, D, E], [C, D, E, A, B], [0, 1]),
        ("of equally large blocks, the later", [A, B, C, D], [C, D, A, B], [2, 3]),
        ("a moved one that was revised too", [A, B, C, D], [B, C, D, A.replace("30", "45")], [0]),
        ("nothing where one of three identical lines went", [A, D, B, D, C, D], [A, D, B, C, D], []),
        ("nothing where all lines are identical", [A] * 5, [A] * 3, []),
        ("nothing where a repeated line goes here and comes there", [A, E, B, C, D, A], [E, A, B, C, D, A], []),
        (
            "a revised neighbour of an unaltered one goes along",
            [A, B, C, D, E],
            [C, D, E, A, B.replace("two", "three")],
            [0, 1],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_moved(what: str, before: list[str], after: list[str], wanted: list[int]) -> None:
    assert moved_before(aligned(before, after)) == wanted


def test_repeated_line_is_linked_by_its_neighbours() -> None:
    before = [A, "Learn more", B, "Learn more", C, "Learn more"]
    after = [A, "Learn more", C, "Learn more"]
    assert links(aligned(before, after)) == [(0, 0), (1, 1), (4, 2), (5, 3)]


def test_identical_texts_say_so_as_evidence() -> None:
    assert [match.reasons for match in aligned([A], [A]).matches] == [("same text",)]


FEES = ["The fee for a bakery licence is 45 euros.", "The fee for a tavern licence is 60 euros."]
EMBASSIES = [
    "Contact the Embassy of Norway in Cairo.",
    "Contact the Embassy of Egypt in Oslo.",
    "Contact the Embassy of Kenya in Rome.",
]


@pytest.mark.parametrize(
    ("what", "before", "after", "wanted"),
    [
        (
            "two neighbours of a list of founders replaced",
            [*FOUNDERS, "Ana Cruz, Founder of Delfi"],
            [FOUNDERS[0], "Mia Bloom, Founder of Dexter", "Tom Reed, Founder of Elan", "Ana Cruz, Founder of Delfi"],
            [(0, 0), (3, 3)],
        ),
        (
            "a sentence of a template replaced, though most of its words stay",
            EMBASSIES,
            [EMBASSIES[0], "Contact the Embassy of Peru in Lima.", EMBASSIES[2]],
            [(0, 0), (2, 2)],
        ),
        (
            "the figure in a sentence of a template revised",
            [A, *FEES],
            [A, FEES[0].replace("45", "50"), FEES[1]],
            DIAGONAL,
        ),
        ("a line that shares a word or two, nothing around it the same", [A, "Terms of use", B], [D, "Use", F], []),
        (
            "a split with a new sentence between its parts",
            [A, "Norway offered two field hospitals, and Egypt promised to open the crossing in May."],
            [A, "Norway offered two field hospitals.", D, "Egypt promised to open the crossing in May."],
            [(0, 0), (1, 1), (1, 3)],
        ),
        (
            "a merge over a sentence that goes",
            ["Norway offered two field hospitals.", D, "Egypt promised to open the crossing in May.", A],
            ["Norway offered two field hospitals, and Egypt promised to open the crossing in May.", A],
            [(0, 0), (2, 0), (3, 1)],
        ),
        (
            "a Japanese sentence revised beside another",
            ["委員会は三十日以内に投票する。", "ノルウェーは野戦病院を二つ提供した。", "会談はカイロで続いている。"],
            ["委員会は四十五日以内に投票する。", "会談はカイロで続いている。", "次の会合は来週の予定だ。"],
            [(0, 0), (2, 1)],
        ),
        (
            "a Chinese sentence split",
            ["会谈在开罗继续。", "挪威提供了两所野战医院，埃及承诺在五月开放过境点。"],
            ["会谈在开罗继续。", "挪威提供了两所野战医院。", "埃及承诺在五月开放过境点。"],
            [(0, 0), (1, 1), (1, 2)],
        ),
        (
            "Thai sentences, one replaced",
            ["คณะมนตรีจะลงคะแนนเสียงภายในสามสิบวัน", "การเจรจาดำเนินต่อไปในกรุงไคโร"],
            ["คณะมนตรีจะลงคะแนนเสียงภายในสามสิบวัน", "นอร์เวย์เสนอโรงพยาบาลสนามสองแห่ง"],
            [(0, 0)],
        ),
        (
            "Chinese sentences that say different things",
            ["委员会将在三十天内投票。", "挪威提供了两所野战医院。"],
            ["会谈在开罗继续。", "学校星期一重新开放。"],
            [],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_links_that_need_more_than_likeness(
    what: str, before: list[str], after: list[str], wanted: list[tuple[int, int]]
) -> None:
    assert links(aligned(before, after)) == wanted


def test_statement_with_altered_punctuation_can_move() -> None:
    after = [B, C, D, E, "The council will vote, within 30 days."]
    alignment = aligned([A, B, C, D, E], after)
    assert (0, 4) in links(alignment)
    assert moved_before(alignment) == [0]


REPORT = [A, B, C, D, E, F, "Schools in the north are to open again on Monday, the ministry said."]
MANUAL = [
    "Press the red button to stop the machine.",
    "The council of war was a card game for four.",
    "Wash the filter in cold water every month.",
    "Spare parts may be ordered by telephone.",
    "A game lasts for about two hours.",
    "The crossing of two wires must be avoided.",
    "Keep the box and the receipt for two years.",
]


def test_unrelated_versions_share_no_statement() -> None:
    assert links(aligned(REPORT, MANUAL)) == []


def test_reason_of_a_revised_link_counts_shared_words() -> None:
    (match,) = aligned([A], [A.replace("30", "45")]).matches
    assert "6 of 7 words shared" in match.reasons
    assert "numbers differ" in match.reasons
