"""Pairs in eight languages, written before their word lists: what is found of each. See docs/fidelity.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.core.classification.classify import classify_texts
from monitor.core.text.words import LANGUAGES, words_for

CONTENT = {"number", "date", "name", "attribution", "modality", "negation", "quotation", "link"}
FILES = sorted((Path(__file__).parent / "languages").glob("*.jsonl"))
REACHED = 39  # of 40 pairs


def pairs(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_aspects_and_significance_are_found_in_each_language(path: Path) -> None:
    found = 0
    for pair in pairs(path):
        judged = classify_texts(pair["before"], pair["after"])
        content = sorted({str(aspect) for aspect in judged.aspects} & CONTENT)
        found += (content, str(judged.significance)) == (pair["content"], pair["significance"])
    assert found >= REACHED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_change_of_meaning_is_editorial(path: Path) -> None:
    meant = [pair for pair in pairs(path) if pair["significance"] == "substantive"]
    judged = [str(classify_texts(pair["before"], pair["after"]).significance) for pair in meant]
    assert judged == ["substantive"] * len(meant)


def test_each_language_has_forty_pairs() -> None:
    assert {path.stem for path in FILES} == set(LANGUAGES) - {"en", "de", "fr", "es"}
    assert {len(pairs(path)) for path in FILES} == {40}


def test_a_language_without_lists_has_none_of_another() -> None:
    assert (words_for("cs").listed, words_for(None).listed, words_for("it").listed) == (False, False, True)
    assert words_for("cs").vocabulary.isdisjoint({"the", "der", "le", "el", "not", "nicht"})


@pytest.mark.parametrize(("before", "after"), [("§ 5 Zzyzx", "§ 6 Zzyzx"), ("Zzyzx 5 %", "Zzyzx 5%")])
def test_signs_are_read_in_any_language(before: str, after: str) -> None:
    assert str(classify_texts(before, after).significance) == "editorial"


@pytest.mark.parametrize(
    ("before", "after", "aspect"),
    [
        ("Der Mieter soll zahlen.", "Der Mieter sollte zahlen.", "modality"),
        ("Sie sagt, das Haus sei verkauft.", "Sie sagt, das Haus ist verkauft.", "modality"),
        ("Er wäre bereit.", "Er ist bereit.", "modality"),
        ("Le suspect est coupable.", "Le suspect serait coupable.", "modality"),
        ("L'homme a volé un vélo.", "L'homme aurait volé un vélo.", "modality"),
        ("Le client paiera les frais.", "Le client paierait les frais.", "modality"),
        ("El sospechoso huyó del país.", "El sospechoso habría huido del país.", "modality"),
        ("El cliente pagará los gastos.", "El cliente pagaría los gastos.", "modality"),
        ("Une dizaine de personnes sont venues.", "Une centaine de personnes sont venues.", "number"),
        ("Vino una decena de personas.", "Vino una veintena de personas.", "number"),
        ("Die Frist beträgt fünfunddreißig Tage.", "Die Frist beträgt fünfundvierzig Tage.", "number"),
        ("异议期限为三十日。", "异议期限为六十日。", "number"),
        ("罚款为一千二百万元。", "罚款为一千三百万元。", "number"),
        ("税率为百分之五。", "税率为百分之六。", "number"),
        ("会议在星期一举行。", "会议在星期四举行。", "date"),
    ],
)
def test_what_was_missed_is_found(before: str, after: str, aspect: str) -> None:
    assert aspect in map(str, classify_texts(before, after).aspects)
