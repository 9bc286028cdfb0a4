"""What is numbered anew, and the references that follow it, are one event; what stays behind is a change of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.core.tracking.two_versions import Found, changes

SECTIONS = ("General", "Terms", "Register", "Fees", "Appeals")


def rules(sections: Sequence[str], *more: str, heading: str = "## {}. {}", reference: str = "section {}") -> str:
    """A document with numbered headings; each section refers to itself."""
    parts = ["# Rules"]
    for number, name in enumerate(sections, 1):
        parts += [
            heading.format(number, name),
            f"Whoever asks for {name.lower()} acts as {reference.format(number)} says.",
        ]
    return "\n\n".join([*parts, *more])


def with_section(*more: str, heading: str = "## {}. {}", reference: str = "section {}") -> list[Found]:
    """What differs when a section was put in behind the second."""
    return [
        change
        for change in changes(
            rules(SECTIONS, *more[:1], heading=heading, reference=reference),
            rules((*SECTIONS[:2], "Safety", *SECTIONS[2:]), *more[-1:], heading=heading, reference=reference),
        )
        if "afety" not in "".join(change.after)
    ]


@pytest.mark.parametrize(
    ("heading", "reference"),
    [
        ("## {}. {}", "section {}"),
        ("## {} {}", "clause {}"),
        ("## Section {}: {}", "Section {}"),
        ("## Article {} {}", "Art. {}"),
        ("## Chapter {}. {}", "chapters {} and 1"),
        ("## § {} {}", "§ {}"),
    ],
)
def test_headings_and_their_references_are_one_event(heading: str, reference: str) -> None:
    found = with_section(heading=heading, reference=reference)
    assert [change.before[0].replace("**", "")[:7] for change in found].count("Whoever") == 3
    assert {(change.cause, change.substantive) for change in found} == {("renumbering", False)}
    assert len(found) == 6


def test_a_reference_that_stayed_behind_is_substantive() -> None:
    (change,) = [one for one in with_section("The fee of section 4 is due in May.") if one.cause is None]
    assert change.kind == "revised"
    assert change.before == change.after == ("The fee of section 4 is due in May.",)
    assert (change.substantive, change.aspects) == (True, ("wording",))
    assert "what was 4 is 5 now" in change.reasons[0]


def test_a_reference_that_followed_wrongly_is_substantive() -> None:
    found = with_section("The fee of section 4 is due in May.", "The fee of section 3 is due in May.")
    assert [one.before[0] for one in found if one.substantive] == ["The fee of section 4 is due in May."]


def test_a_reference_without_a_renumbering_is_substantive() -> None:
    text = rules(SECTIONS, "The fee of section 4 is due.")
    (change,) = changes(text, text.replace("The fee of section 4", "The fee of section 3"))
    assert (change.substantive, change.cause) == (True, None)


def test_what_else_changed_beside_a_reference_is_told_alone() -> None:
    found = with_section("The fee of section 4 is 20 euros.", "The fee of section 5 is 30 euros.")
    (change,) = [one for one in found if one.substantive]
    assert (change.aspects, change.cause) == (("number",), None)


@pytest.mark.parametrize(
    "reference",
    [
        "See section 4 of the Harbour Act.",
        "Es gilt § 4 BGB.",
        "See Article 4 of the Treaty.",
        "The yield is in table 4.",
        "He had 4 boats.",
    ],
)
def test_references_to_something_else_need_not_follow(reference: str) -> None:
    assert all(one.cause == "renumbering" for one in with_section(reference))


def test_a_reference_to_a_section_that_is_gone_is_substantive() -> None:
    found = changes(
        rules(SECTIONS, "The fee of section 3 is due."),
        rules((*SECTIONS[:2], *SECTIONS[3:]), "The fee of section 3 is due."),
    )
    (change,) = [one for one in found if one.kind == "revised" and one.substantive]
    assert change.after == ("The fee of section 3 is due.",)


def test_sections_that_changed_places_are_renumbered() -> None:
    register = "## {0}. Register\n\nThe board keeps a list of all dogs. Section {0} holds for cats."
    fees = "## {0}. Fees\n\nOwners pay each year in May. Whoever pays late breaches section {0}."
    found = changes(
        f"# Rules\n\n{register.format(1)}\n\n{fees.format(2)}\n",
        f"# Rules\n\n{fees.format(1)}\n\n{register.format(2)}\n",
    )
    assert sorted(change.cause or change.kind for change in found) == ["moved", *["renumbering"] * 4]
    assert not any(change.substantive for change in found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Table 3: Yields of wheat", "Table 4: Yields of wheat"),
        ("Figure 3. The harbour", "Figure 4. The harbour"),
        ("Table 3 – Yields of wheat", "Table 4 – Yields of wheat"),
    ],
)
def test_a_reference_follows_its_caption(before: str, after: str) -> None:
    word = before.split()[0]
    text = "The result is in {}.\n\n{}\n\nThe text goes on."
    found = changes(text.format(f"{word} 3", before), text.format(f"{word} 4", after))
    assert {(change.cause, change.substantive) for change in found} == {("renumbering", False)}
    (alone,) = changes(text.format(f"{word} 3", before), text.format(f"{word} 4", before))
    assert alone.substantive


NOTES = "<p>Trees grow well.</p><p>They live long.</p>{}"


def test_texts_of_notes_are_renumbered() -> None:
    found = changes(
        NOTES.format("<p>1 Smith 2001.</p><p>2 Jones 2005.</p>"),
        NOTES.format("<p>1 Adams 1999.</p><p>2 Smith 2001.</p><p>3 Jones 2005.</p>"),
        "a.html",
    )
    assert [(one.kind, one.cause) for one in found] == [("added", None), *[("revised", "renumbering")] * 2]


def test_a_figure_that_is_no_number_of_a_note_stays_a_number() -> None:
    found = changes(
        NOTES.format("<p>2 Eggs</p><p>5 Apples</p>"), NOTES.format("<p>3 Eggs</p><p>5 Apples</p>"), "a.html"
    )
    assert [(one.substantive, one.aspects) for one in found] == [(True, ("number",))]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>1 Pen</p><p>2 Inks</p><p>3 Pads</p>", "<p>2 Pens</p><p>3 Inks</p><p>4 Pads</p>"),
        ("<p>2 Red pens</p><p>3 Blue inks</p>", "<p>3 Red pens</p><p>4 Blue inks</p>"),
    ],
)
def test_amounts_that_follow_each_other_are_no_notes(before: str, after: str) -> None:
    assert all(one.substantive and one.cause is None for one in changes(before, after, "a.html"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1.1M people have seen this film.", "1.2M people have seen this film."),
        ("1.5 Billion people live there.", "1.6 Billion people live there."),
    ],
)
def test_an_amount_at_the_beginning_is_no_label(before: str, after: str) -> None:
    (change,) = changes(f"It begins.\n\n{before}\n", f"It begins.\n\n{after}\n")
    assert change.cause is None


def test_clauses_of_a_section_are_renumbered() -> None:
    text = "## {0} Fees\n\n{0}.1 The fee is due in May.\n\n{0}.2 Clause {0}.1 holds for guests.\n"
    added = "## 2 Safety\n\nDogs are on a lead.\n\n"
    found = [one for one in changes("# R\n\n" + text.format(2), "# R\n\n" + added + text.format(3)) if one.before]
    assert [(one.cause, one.substantive) for one in found] == [("renumbering", False)] * 3


CITED = "<p>Trees grow.[{}]</p><p>They live long.[{}]</p><p>[1] Smith 2001</p><p>[2] Jones 2005</p>"


def test_a_mark_that_leads_to_another_note_is_substantive() -> None:
    (change,) = changes(CITED.format(1, 2), CITED.format(2, 2), "a.html")
    assert (change.substantive, change.cause) == (True, None)


def test_marks_follow_their_notes() -> None:
    after = (
        CITED.format(2, 3)
        .replace("<p>[1] Smith", "<p>[1] Adams 1999</p><p>[2] Smith")
        .replace("[2] Jones", "[3] Jones")
    )
    found = [one for one in changes(CITED.format(1, 2), after, "a.html") if one.kind == "revised"]
    assert [(one.substantive, one.cause) for one in found] == [(False, "renumbering")] * 4


@pytest.mark.parametrize(
    ("before", "after", "substantive"),
    [
        ("See sections 2 to 4 and section 3(2).", "See sections 2 to 5 and section 4(2).", False),
        ("See sections 3 and 5.", "See sections 4 and 5.", True),
        ("See section 3 of these Rules.", "See section 4 of these Rules.", False),
        ("See section 3 of the Harbour Act.", "See section 4 of the Harbour Act.", True),
        ("The result is in Table 3, page 4.", "The result is in Table 4, page 5.", True),
    ],
)
def test_each_reference_is_judged_by_what_it_names(before: str, after: str, substantive: bool) -> None:
    (change,) = [one for one in with_section(before, after) if one.before == (before,)]
    assert change.substantive == substantive


@pytest.mark.parametrize("path", ["a.md", "a.txt"])
def test_items_are_numbered_by_their_place(path: str) -> None:
    before = "1. The tenant pays rent.\n2. The tenant keeps the flat clean.\n3. Breach of clause 2 ends the lease.\n"
    after = (
        "1. The tenant pays rent.\n2. The tenant insures the flat.\n3. The tenant keeps the flat clean.\n"
        "4. Breach of clause 3 ends the lease.\n"
    )
    found = [one for one in changes(before, after, path) if one.kind == "revised"]
    assert [(one.cause, one.substantive) for one in found] == [("renumbering", False)]


def test_one_of_two_lists_is_no_place_to_refer_to() -> None:
    other = "\n\nThe second list:\n\n1. Bring a towel.\n2. Bring a coin.\n"
    before = "1. Pay the rent.\n2. Keep it clean.\n3. Breach of clause 2 ends the lease." + other
    after = "1. Pay the rent.\n2. Insure it.\n3. Keep it clean.\n4. Breach of clause 3 ends the lease." + other
    assert [one.substantive for one in changes(before, after) if one.kind == "revised"] == [True]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("§ {} Frist\n\nWer § {} verletzt, zahlt.", "§ 2 Form\n\nDie Form ist frei.\n\n"),
        ("## Artículo {}. Plazos\n\nQuien incumpla el artículo {} paga.", "## Artículo 2. Forma\n\nEs libre.\n\n"),
        ("## Artykuł {}. Terminy\n\nKto narusza art. {}, płaci karę.", "## Artykuł 2. Forma\n\nJest dowolna.\n\n"),
        ("## Статья {}. Сроки\n\nНарушивший статью {} платит штраф.", "## Статья 2. Форма\n\nОна свободна.\n\n"),
    ],
)
def test_other_languages_renumber_as_well(before: str, after: str) -> None:
    found = changes(before.format(2, 2), after + before.format(3, 3))
    revised = [one for one in found if one.kind == "revised"]
    assert len(revised) == 2
    assert {(one.cause, one.substantive) for one in revised} == {("renumbering", False)}
