"""What kind a change is, and the words that say why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.classification import form
from monitor.core.classification.classify import classify, classify_texts
from monitor.core.classification.compare import Comparison
from monitor.core.classification.quotation import find_links, find_targets
from monitor.model import Aspect, Classification, Significance, Statement

EDITORIAL, SUBSTANTIVE = Significance.EDITORIAL, Significance.SUBSTANTIVE


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("Pay within 30 days.", "Pay within 45 days.", "number: 30 days → 45 days"),
        ("Pay within 30 days.", "Pay within 30 hours.", "number: 30 days → 30 hours (unit)"),
        ("The crew fed 40 guests at noon.", "The crew fed guests at noon.", "number: 40 lost"),
        ("It ends in May 2024.", "It ends in June 2024.", "date: May 2024 → June 2024"),
        ("We may share data.", "We will share data.", "modality: may → will (stronger)"),
        ("You must leave.", "You should leave.", "modality: must → should (weaker)"),
        ("The alleged thief fled.", "The thief fled.", "modality: alleged lost (stronger)"),
        ("Doors must stay shut.", "Doors stay shut.", "modality: must lost (weaker)"),
        ("We do not sell it.", "We sell it.", "negation: not lost"),
        ("He can pay.", "He can't pay.", "negation: can't gained"),
        ("The search was lawful.", "The search was unlawful.", "negation: lawful → unlawful"),
        ("According to the mayor, it fell.", "It fell.", "attribution: According to the mayor lost"),
        ("Police said that it fell.", "Witnesses said that it fell.", "attribution: Police said → Witnesses said"),
        ("They flew to Oslo.", "They flew to Bergen.", "name: Oslo → Bergen"),
        ("He called it “a shame”.", "He called it “a scandal”.", "quotation: “a shame” → “a scandal”"),
        ("The colour is new.", "The color is new.", "spelling: colour → color (spelling variant)"),
        ("Prices rose.[3]", "Prices rose.[4]", "typography: 3 → 4 (mark)"),
        ("See clause 4 below.", "See clause 5 below.", "wording: 4 → 5 (reference)"),
        ("A dog ran.", "A cat ran.", "wording: dog → cat"),
        ("Dogs like big cats.", "Cats like big dogs.", "wording: Dogs, cats in another order"),
        ("Pay in 5 days.", "Pay in 5 working days.", "number: 5 days → 5 working days (unit)"),
        ("It costs $5 per month.", "It costs $5 per year.", "number: $5 per month → $5 per year (unit)"),
    ],
)
def test_the_reason_names_what_changed(before, after, reason):
    assert reason in classify_texts(before, after).reasons


def test_aspects_are_in_the_order_of_the_model():
    found = classify_texts("Nobody in Rome may pay 5 euros.", "Everybody in Bonn must pay 6 euros.")
    assert found.aspects == (Aspect.NUMBER, Aspect.NAME, Aspect.MODALITY, Aspect.NEGATION)


def test_equal_sides_have_no_finding():
    assert classify_texts("The same.", "The same.") == Classification(EDITORIAL)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The firm’s “offer” — so far — stands…", 'The firm\'s "offer" - so far - stands...'),
        ("The isn’t-it question isn't open.", "The isn't-it question is not open."),
        ("The list of item is short.", "The list of items is short."),
        ("It was base on trust.", "It was based on trust."),
        ("They refered to it.", "They referred to it."),
        ("He came on 3 May 2021.", "He came on May 3, 2021."),
        ("Thirty boats sank.", "30 boats sank."),
        ("It costs 1 200 euros.", "It costs 1,200 euros."),
    ],
)
def test_form_alone_is_editorial(before, after):
    assert classify_texts(before, after).significance is EDITORIAL


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The road is closed.", "The road was closed."),
        ("Payment is made by the seller.", "Payment is made to the seller."),
        ("Send keys and codes.", "Send keys or codes."),
        ("He was the employer.", "He was the employee."),
        ("The house burned.", "The horse burned."),
        ("Rates were filed.", "Rates were filled."),
        ("It is for sale.", "It is four sale."),
        ("Is it open.", "Is it open?"),
    ],
)
def test_another_sense_is_substantive_however_small(before, after):
    assert classify_texts(before, after).significance is SUBSTANTIVE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The guide to May poems is old.", "The guide to June poems is old."),
        ("The will was read.", "The letter was read."),
        ("A tin can was found.", "A tin box was found."),
    ],
)
def test_a_word_that_only_looks_like_a_modal_is_none(before, after):
    assert Aspect.MODALITY not in classify_texts(before, after).aspects


@pytest.mark.parametrize(
    ("before", "after", "aspect"),
    [
        ("Der Mieter kann die Wohnung kündigen.", "Der Mieter muss die Wohnung kündigen.", Aspect.MODALITY),
        ("Das Wasser ist nicht sauber und kalt.", "Das Wasser ist sauber und kalt.", Aspect.NEGATION),
        ("Laut der Polizei ist die Straße frei.", "Die Straße ist frei und die Brücke auch.", Aspect.ATTRIBUTION),
        ("Die Frist ist am 3. Mai zu Ende.", "Die Frist ist am 4. Mai zu Ende.", Aspect.DATE),
        ("Die Gebühr ist 1.200 Euro und nicht mehr.", "Die Gebühr ist 1.300 Euro und nicht mehr.", Aspect.NUMBER),
        ("Le locataire peut payer dans les dix jours.", "Le locataire doit payer dans les dix jours.", Aspect.MODALITY),
        (
            "La route n'est pas ouverte et le pont est fermé.",
            "La route est ouverte et le pont est fermé.",
            Aspect.NEGATION,
        ),
        (
            "Selon le maire, le pont est sûr et la route aussi.",
            "Le pont est sûr et la route aussi.",
            Aspect.ATTRIBUTION,
        ),
        ("El inquilino puede pagar en los diez días.", "El inquilino debe pagar en los diez días.", Aspect.MODALITY),
        ("La carretera no está abierta en el norte.", "La carretera está abierta en el norte.", Aspect.NEGATION),
        ("Según el alcalde, el puente es seguro.", "El puente es seguro.", Aspect.ATTRIBUTION),
    ],
)
def test_german_french_and_spanish_have_word_lists_of_their_own(before, after, aspect):
    assert aspect in classify_texts(before, after).aspects


def test_a_split_without_other_words_is_editorial():
    whole, parts = Statement("The court agreed; the ban stays."), ("The court agreed.", "The ban stays.")
    assert classify([whole], [Statement(part) for part in parts]).significance is EDITORIAL


def test_a_merger_that_loses_a_denial_is_substantive():
    parts = [Statement("It rained."), Statement("It did not stop.")]
    found = classify(parts, [Statement("It rained and it did stop.")])
    assert (found.significance, Aspect.NEGATION in found.aspects) == (SUBSTANTIVE, True)


def test_links_of_all_statements_of_a_side_count():
    before = [Statement("One.", links=("https://example.org/a",)), Statement("Two.", links=("https://example.org/b",))]
    after = [Statement("One. Two.", links=("https://example.org/a", "https://example.org/c"))]
    assert Aspect.LINK in classify(before, after).aspects


@pytest.mark.parametrize(
    ("before", "after", "significance"),
    [
        ("http://example.org/a", "https://www.example.org/a/", EDITORIAL),
        ("https://example.org/a?utm_source=x", "https://example.org/a", EDITORIAL),
        ("https://example.org/a#top", "https://example.org/a#end", EDITORIAL),
        ("#note-4", "#note-5", EDITORIAL),
        ("https://example.org/#!/page/4", "https://example.org/#!/page/5", SUBSTANTIVE),
        ("https://example.org/a", "https://example.org/b", SUBSTANTIVE),
    ],
)
def test_another_target_is_substantive_and_the_same_place_is_not(before, after, significance):
    found = classify([Statement("Read it.", links=(before,))], [Statement("Read it.", links=(after,))])
    assert (found.aspects, found.significance) == ((Aspect.LINK,), significance)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (
            "Pay the bank now.",
            "Pay the b\u0430nk now.",
            "wording: bank → b⟨U+0430⟩nk (Latin and Cyrillic letters in one word)",
        ),
        ("Der Käufer zahlt.", "Der Ka\u0308ufer zahlt.", "typography: K⟨U+00E4⟩ufer → Ka⟨U+0308⟩ufer"),
        ("The purchase ends.", "The pur\u00adchase ends.", "typography: purchase → pur⟨U+00AD⟩chase"),
    ],
)
def test_the_reason_tells_apart_what_looks_alike(before, after, reason):
    assert classify_texts(before, after).reasons[0].startswith(reason)


def test_a_word_that_mixes_scripts_is_substantive():
    assert classify_texts("Pay the bank.", "Pay the b\u0430nk.").significance is Significance.SUBSTANTIVE


TARGETS = st.lists(
    st.sampled_from(["/a", "/a#b", "/b?x=1", "https://example.org/a", "#", "mailto:a@b.org"]), max_size=3
)


@given(st.sampled_from(["See the fee.", "", "12 % at www.example.org", "Write to a@b.org"]), TARGETS, TARGETS)
def test_of_equal_texts_the_targets_alone_are_judged(text: str, old: list[str], new: list[str]) -> None:
    compared = Comparison(text, text, (old, new))
    found = list(find_targets(old, new))
    assert [*find_links(compared), *form.find(compared, found)] == found
    judged = classify([Statement(text, links=tuple(old))], [Statement(text, links=tuple(new))])
    assert judged.reasons == tuple(dict.fromkeys(finding.reason for finding in found))
