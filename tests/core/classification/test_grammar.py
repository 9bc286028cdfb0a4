"""Forms of words: which of them are a matter of grammar, and which say something else."""

from __future__ import annotations

import pytest

from monitor.core.classification.classify import classify_texts
from monitor.core.text.language import lists_of
from monitor.model import Aspect, Significance


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It was base on trust.", "It was based on trust."),
        ("The tests have been run at night.", "The tests were run at night."),
        ("It is usually refered as a hub.", "It is usually referred to as a hub."),
        ("The patients condition is stable.", "The patient's condition is stable."),
        ("A dynamic model is used.", "A dynamical model is used."),
    ],
)
def test_inflection_is_grammar(before, after):
    found = classify_texts(before, after)
    assert (found.significance, found.aspects) == (Significance.EDITORIAL, (Aspect.WORDING,))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The tenant is charged a fee.", "The tenant charges a fee."),  # another does it
        ("Persons employed by the firm may vote.", "Persons employing by the firm may vote."),
        ("The fee is high.", "The fee was high."),
        ("The tool generates a report.", "The tool is generating a report."),
        ("One of the rules applies.", "The rules apply."),
        ("The house stands.", "The horse stands."),
        ("The server logs your address.", "The server logged your address."),
    ],
)
def test_another_doer_time_or_word_is_not(before, after):
    assert classify_texts(before, after).significance is Significance.SUBSTANTIVE


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("Frau Krüger leitet das Amt.", "Frau Sommer leitet das Amt.", True),
        ("Kanzler Scholz reiste ab.", "Kanzler Merz reiste ab.", True),
        ("Der Vertrag mit der Siemens AG endet.", "Der Vertrag mit der Linde AG endet.", True),
        ("Die Truppen zogen aus Kiew ab.", "Die Truppen zogen aus Lwiw ab.", True),
        ("Der Bus hält in Fulda und Bremen.", "Der Bus hält in Fulda und Dresden.", True),
        ("Der Käufer zahlt den Preis.", "Der Mieter zahlt den Preis.", False),
        ("Das Gesetz ist in Kraft.", "Das Gesetz ist in Arbeit.", False),
        ("Die Firma haftet bei Verlust.", "Die Firma haftet bei Diebstahl.", False),
        ("Wir zahlen nach Prüfung der Rechnung.", "Wir zahlen nach Eingang der Rechnung.", False),
    ],
)
def test_german_noun_is_a_name_by_position_or_list(before, after, name):
    assert (Aspect.NAME in classify_texts(before, after).aspects) is name


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the board may vote", "en"),
        ("you'll lose your no-claims bonus .", "en"),
        ("se presentaron doce candidatos .", "es"),
        ("según la policía , la carretera está cerrada .", "es"),
        ("la clause est invalide .", "fr"),
        ("l'avis d'un expert", "fr"),
        ("die satzung tritt am 1 . januar in kraft .", "de"),
        ("12 34", "en"),
    ],
)
def test_language_of_a_short_text_is_guessed(text, language):
    assert lists_of([text]).language == language


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("La caution est de 1500 euros.", "La caution est de 1 500 euros."),
        ("Die Kaution beträgt 1500,50 Euro.", "Die Kaution beträgt 1.500,50 Euro."),
        ("La fianza es de 1.500 euros.", "La fianza es de 1500 euros."),
        ("Der Vertrag gilt ab dem 3.5.2021.", "Der Vertrag gilt ab dem 3. Mai 2021."),
        ("The grant is worth $2.5m.", "The grant is worth $2.5 million."),
    ],
)
def test_a_value_written_as_another_place_writes_it_is_the_same(before, after):
    assert classify_texts(before, after).significance is Significance.EDITORIAL
