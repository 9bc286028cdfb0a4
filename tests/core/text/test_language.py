"""The language of a text is told, or none is: no language is judged with the lists of another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.classification.classify import classify_texts
from monitor.core.text.language import Spoken, detect, language_of, lists_of, spoken
from monitor.core.text.words import LANGUAGES
from monitor.model import Significance

SENTENCES = [
    ("en", "The tenant may end the agreement within thirty days."),
    ("de", "Der Mieter kann den Vertrag innerhalb von dreißig Tagen kündigen."),
    ("fr", "Le locataire peut résilier le contrat dans les trente jours."),
    ("es", "El inquilino puede rescindir el contrato en treinta días."),
    ("it", "Il locatario può recedere dal contratto entro trenta giorni."),
    ("pt", "O inquilino pode rescindir o contrato no prazo de trinta dias."),
    ("nl", "De huurder kan de overeenkomst binnen dertig dagen opzeggen."),
    ("pl", "Najemca może wypowiedzieć umowę w ciągu trzydziestu dni."),
    ("ru", "Арендатор может расторгнуть договор в течение тридцати дней."),
    ("uk", "Орендар може розірвати договір протягом тридцяти днів."),
    ("ar", "يجوز للمستأجر إنهاء العقد خلال ثلاثين يوما."),
    ("zh", "承租人可以在三十日内解除合同。"),
    ("cs", "Nájemce může smlouvu vypovědět do třiceti dnů."),
    ("sk", "Nájomca môže zmluvu vypovedať do tridsiatich dní."),
    ("hu", "A bérlő harminc napon belül felmondhatja a szerződést."),
    ("ro", "Chiriașul poate rezilia contractul în treizeci de zile."),
    ("sv", "Hyresgästen kan säga upp avtalet inom trettio dagar."),
    ("fi", "Vuokralainen voi irtisanoa sopimuksen ja muuttaa pois."),
    ("tr", "Kiracı bu sözleşmeyi otuz gün içinde feshedebilir."),
    ("vi", "Người thuê có thể chấm dứt hợp đồng trong vòng ba mươi ngày."),
    ("id", "Penyewa dapat mengakhiri perjanjian dalam waktu tiga puluh hari."),
    ("bg", "Наемателят може да прекрати договора в срок от тридесет дни."),
    ("sr", "Закупац може да раскине уговор у року од тридесет дана."),
    ("fa", "مستأجر می‌تواند قرارداد را در سی روز فسخ کند."),
    ("ur", "کرایہ دار تیس دن کے اندر معاہدہ ختم کر سکتا ہے۔"),
    ("he", "השוכר רשאי לבטל את החוזה תוך שלושים יום."),
    ("hi", "किरायेदार तीस दिनों के भीतर अनुबंध समाप्त कर सकता है।"),
    ("th", "ผู้เช่าอาจยกเลิกสัญญาได้ภายในสามสิบวัน"),
    ("ja", "賃借人は三十日以内に契約を解除することができる。"),
    ("ko", "임차인은 삼십 일 이내에 계약을 해지할 수 있다."),
    ("el", "Ο μισθωτής μπορεί να καταγγείλει τη σύμβαση εντός τριάντα ημερών."),
]
NONE = [
    "Wasi mañakuq kay rimanakuyta kimsa chunka p'unchawpi tukuchinman.",  # Quechua
    "Umqashi angasinqamula isivumelwano ezinsukwini ezingamashumi.",  # Zulu
    "12 345",
    "",
]


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_the_language_of_one_sentence_is_told(language: str, text: str) -> None:
    assert (detect([text]), language_of([text, text])) == (language, language)


@pytest.mark.parametrize("text", NONE)
def test_none_of_these_is_an_answer(text: str) -> None:
    assert detect([text]) is None


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_aspects_are_known_where_the_language_has_lists(language: str, text: str) -> None:
    assert spoken([text, text]) == Spoken(language, language in LANGUAGES)
    assert lists_of([text]).listed == (language in LANGUAGES)


def test_a_few_words_take_the_language_of_their_document() -> None:
    assert language_of(["Stand: April"], "de") == "de"
    assert language_of(["Gebühren"]) is None


def test_a_sentence_in_another_language_keeps_its_own() -> None:
    sentence = "Le locataire peut résilier le contrat dans les trente jours."
    assert language_of([sentence, sentence], "de") == "fr"
    assert language_of(["支付"], "en") == "zh"
    assert language_of(["契約"], "ja") == "ja"


def test_aspects_of_figures_alone_are_known() -> None:
    assert spoken(["12", "15"]) == Spoken(None, aspects_known=True)
    assert spoken(["Quixilmotl", "Quixilmatl"]) == Spoken(None, aspects_known=False)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["en", "de", "ja", "cs", None]))
def test_the_order_of_the_sides_makes_no_difference(before: str, after: str, document: str | None) -> None:
    assert language_of([before, after], document) == language_of([after, before], document)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Komise zatvrdila pravidla.", "Komise zatvrdí pravidla."),  # approved, will approve
        ("Ücreti ödedi.", "Ücreti öder."),
        ("Dovezene stvari se prijavljuju.", "Izvezene stvari se prijavljuju."),
        ("Hyran betalas i förskott.", "Hyran betalas i förskot."),
        ("Az acélt szállítja.", "Az aczélt szállítja."),
        ("Ngày mai tôi bán nhà.", "Ngày mai tôi bàn nhà."),
        ("заплатил", "заплатит"),  # paid, will pay
        ("Ввозимые товары", "Вывозимые товары"),  # imported, exported
        ("Ви отримаєте гроші.", "Ви отримуєте гроші."),
        ("zatwierdzi", "zatwierdził"),
        ("Pagheremo domani.", "Pagheremmo domani."),
        ("per bank of in geld", "per bank in geld"),  # of: or
        ("O cliente paga a taxa.", "O cliente pagou a taxa."),
    ],
)
def test_a_changed_letter_is_substantive_in_other_languages(before: str, after: str) -> None:
    assert classify_texts(before, after).significance is Significance.SUBSTANTIVE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Nájemce, platí hned.", "Nájemce platí hned."),
        ("Všeobecné podmínky", "VŠEOBECNÉ PODMÍNKY"),
        ("Platí „hned“ vše.", 'Platí "hned" vše.'),
        ("Platí hned vše.", "Platí  hned vše."),
        ("השוכר ישלם.", "הַשּׂוֹכֵר יְשַׁלֵּם."),
        ("يدفع المستأجر.", "يَدْفَعُ المُستأجِر."),
        ("Nájemce platí.", "Na\u0301jemce plati\u0301."),
    ],
)
def test_without_word_lists_typography_is_editorial(before: str, after: str) -> None:
    assert classify_texts(before, after).significance is Significance.EDITORIAL


@pytest.mark.parametrize("piece", ["b", "é", "a'", "a.", "http://", "-a", "\u0301", "支"])
def test_any_long_text_has_a_language_or_none(piece: str) -> None:
    text = piece * 100_000
    assert spoken([text, text]).language in {detect([text]), None}
