"""Markers of inserted paragraphs, and abbreviations that stand at the end of a sentence, in Slavic languages too."""

from __future__ import annotations

import pytest

from monitor.core.text.sentences import sentence_ranges


def sentences(text: str, code: str) -> list[str]:
    return [text[start:stop] for start, stop in sentence_ranges(text, code)]


@pytest.mark.parametrize("marker", ["1a.", "2b.", "12A.", "7bis.", "4ter.", "A.1.", "3.2a."])
@pytest.mark.parametrize(
    ("code", "text"),
    [("en", "A keeper must mark each dog."), ("fr", "Un chien est marqué."), ("pl", "Psa znakuje się.")],
)
def test_marker_of_an_inserted_paragraph_ends_nothing(marker: str, code: str, text: str) -> None:
    assert sentences(f"{marker} {text}", code) == [f"{marker} {text}"]


def test_room_with_a_letter_ends_a_sentence() -> None:
    assert len(sentences("They met in room 12A. It was cold.", "en")) == 2


@pytest.mark.parametrize(
    ("code", "first", "second"),
    [
        ("pl", "Umowa z 3 maja 2024 r.", "Podpisał ją Nowak."),
        ("pl", "Spółka zapłaciła karę w 2021 r.", "Zarząd odwołał się od decyzji."),
        ("pl", "Miasto z 300 r. p.n.e.", "Zburzono je później."),
        ("pl", "Bilet kosztuje 15 zł.", "Dzieci płacą połowę."),
        ("pl", "Sklep sprzedaje chleb, masło itd.", "Czynny jest codziennie."),
        ("ru", "Он родился в 1990 г.", "Живёт в Москве."),
        ("ru", "Цена 5 тыс. руб.", "Оплата сразу."),
        ("ru", "Это было в 50 г. до н. э.", "Потом пришёл мир."),
        ("ru", "Здесь продают хлеб, соль и т. д.", "Магазин открыт."),
        ("uk", "Народився в 1990 р.", "Живе у Києві."),
        ("uk", "Квиток коштує 50 грн.", "Діти платять половину."),
        ("uk", "Місто засноване у 300 р. до н. е.", "Згодом його зруйнували."),
    ],
)
def test_abbreviation_ends_a_sentence(code: str, first: str, second: str) -> None:
    assert sentences(f"{first} {second}", code) == [first, second]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("pl", "W dniu 3 maja 1791 r. Sejm uchwalił konstytucję."),
        ("pl", "Ustawa z dnia 7 lipca 1994 r. Prawo budowlane wchodzi w życie."),
        ("pl", "Mieszka przy ul. Długiej w Krakowie."),
        ("pl", "Przepis art. 5 ust. 2 stosuje się odpowiednio."),
        ("ru", "В 1990 г. Москва приняла закон."),
        ("ru", "Мэр г. Москвы подписал указ."),
        ("uk", "У 1990 р. Верховна Рада ухвалила закон."),
        ("uk", "Він живе в м. Київ на вул. Хрещатик."),
    ],
)
def test_abbreviation_within_a_sentence_ends_none(code: str, text: str) -> None:
    assert sentences(text, code) == [text]
