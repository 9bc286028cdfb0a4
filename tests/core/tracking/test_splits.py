"""A sentence that becomes a list, of any length, and back: one change, editorial but for what really changed."""

from __future__ import annotations

import pytest

from tests.core.tracking.two_versions import Found, changes

ITEMS = (
    "deliver the goods on time",
    "insure the goods in transit",
    "issue a monthly invoice",
    "keep all records for six years",
    "report any defect at once",
    "answer every letter of the buyer",
    "train two members of its staff",
    "pay the duties of the customs",
)
ABOVE, BELOW = "The contract was signed in Bremen in May.", "The courts of the city decide."


def sentence(items: tuple[str, ...], joint: str = "and", *, lettered: bool = False) -> str:
    named = [f"({chr(97 + at)}) {item}" if lettered else item for at, item in enumerate(items)]
    return f"The Supplier shall {', '.join(named[:-1])} {joint} {named[-1]}."


def listed(items: tuple[str, ...], joint: str = "", intro: str = "The Supplier shall", mark: str = "- ") -> str:
    ends = [*[","] * (len(items) - 2), f" {joint}" if joint else ",", "."]
    return "\n".join([intro, "", *(f"{mark}{item}{end}" for item, end in zip(items, ends, strict=True))])


def both_ways(whole: str, parts: str) -> list[list[Found]]:
    """What differs where the sentence becomes the list, and where the list becomes the sentence."""
    pages = [f"{ABOVE}\n\n{text}\n\n{BELOW}\n" for text in (whole, parts)]
    return [changes(*pages), changes(*pages[::-1])]


@pytest.mark.parametrize("count", range(2, 9))
@pytest.mark.parametrize("lettered", [False, True])
@pytest.mark.parametrize("joint", ["and", ""])
def test_sentence_becomes_a_list_of_any_length(count: int, lettered: bool, joint: str) -> None:
    items = ITEMS[:count]
    for found, kind in zip(
        both_ways(sentence(items, lettered=lettered), listed(items, joint)), ("split", "merged"), strict=True
    ):
        (change,) = found
        assert change.kind == kind
        assert len(change.before) + len(change.after) == count + 2
        assert not change.substantive


@pytest.mark.parametrize(
    ("intro", "parts"),
    [
        ("Der Mieter muss", ("die Miete zahlen", "die Wohnung sauber halten", "Schäden melden", "die Treppe reinigen")),
        ("Le locataire doit", ("payer le loyer", "entretenir le logement", "signaler les dégâts", "vider la cave")),
        ("Najemca musi", ("płacić czynsz", "utrzymywać mieszkanie w czystości", "zgłaszać szkody", "sprzątać schody")),
    ],
)
def test_lists_of_other_languages(intro: str, parts: tuple[str, ...]) -> None:
    joint = {"D": "und", "L": "et", "N": "i"}[intro[0]]
    whole = f"{intro} {', '.join(parts[:-1])} {joint} {parts[-1]}."
    for found in both_ways(whole, listed(parts, intro=f"{intro}:")):
        assert [(len(one.before) + len(one.after), one.substantive) for one in found] == [(6, False)]


def test_what_changed_besides_is_found() -> None:
    other = tuple(item.replace("six", "ten") for item in ITEMS[:5])
    for found in both_ways(sentence(ITEMS[:5]), listed(other, "and")):
        assert [(one.substantive, one.aspects) for one in found] == [(True, ("number",))]


def test_a_new_item_is_added_beside_the_split() -> None:
    found = changes(sentence(ITEMS[:4]), listed((*ITEMS[:4], ITEMS[7]), "and"))
    assert [(one.kind, one.substantive) for one in found] == [("split", False), ("added", True)]


@pytest.mark.parametrize(("one", "other"), [("and", "or"), ("or", "and"), ("or", "")])
def test_or_is_no_mere_joint(one: str, other: str) -> None:
    for found in both_ways(sentence(ITEMS[:4], one), listed(ITEMS[:4], other)):
        assert [change.substantive for change in found] == [True]


def test_clauses_that_become_sentences() -> None:
    clauses = ("the court met on Monday", "it heard four cases", "it adjourned at noon", "no verdict was given")
    whole = f"{'; '.join(clauses)}."
    for found in both_ways(whole[0].upper() + whole[1:], " ".join(f"{one.capitalize()}." for one in clauses)):
        assert [(len(one.before) + len(one.after), one.substantive) for one in found] == [(5, False)]
