"""Bytes become the text that their writer saw: by their label, by what they are, and not all or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.readers import extract
from monitor.readers.encoding import codec_of, decode

GERMAN = "Die Gebühr beträgt zehn Euro.\n\nVerträge müssen schriftlich geändert werden.\n\nFür Schäden haftet man.\n\n"
JAPANESE = "契約は期間の定めなく締結される。"


def _texts(name: str, data: bytes) -> list[str]:
    extraction = extract(name, data)
    assert extraction is not None
    return [block.text for block in extraction.blocks]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_wrong_byte_changes_nothing_but_its_own_sentence(name: str) -> None:
    data = (
        "".join(f"<p>{line}</p>" for line in GERMAN.split("\n\n")[:-1]).encode()
        if name == "a.html"
        else GERMAN.encode()
    )
    before, after = _texts(name, data), _texts(name, data.replace(b".", b"\x92.", 1))
    assert after == [before[0].replace(".", "’."), *before[1:]]


@pytest.mark.parametrize(("wrong", "told"), [(b"\x92", "1 wrong byte"), (b"\x92\x93", "2 wrong bytes")])
def test_how_many_bytes_were_wrong_is_noted(wrong: bytes, told: str) -> None:
    assert decode(GERMAN.encode() + wrong)[1] == (f"encoding: utf-8, and {told} as windows-1252",)


def test_declared_utf8_stays_utf8_however_few_letters_it_has() -> None:
    assert decode(b"It is \x92fine\x92.", "utf-8")[0] == "It is ’fine’."


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40), st.integers(0, 40))
def test_one_wrong_byte_in_declared_utf8_becomes_one_character(text: str, place: int) -> None:
    before, after = text[:place], text[place:]
    data = before.encode() + b"\xff" + after.encode()
    if "\ufeff" not in text[:1] and sum(char < " " for char in text) == 0:
        assert decode(data, "utf-8")[0] == f"{before}ÿ{after}"


@pytest.mark.parametrize("label", ["iso-8859-1", "ISO8859-1", "latin1", "us-ascii", " 'Windows-1252' ", "cp1252"])
def test_labels_mean_what_browsers_take_them_for(label: str) -> None:
    assert decode(b"\x93ten\x94 \x80 caf\xe9", label)[0] == "“ten” € café"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("Shift_JIS", "cp932"),
        ("iso-8859-9", "cp1254"),
        ("koi8-r", "koi8-r"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("unknown-8bit", None),
        ("rot13", None),
        ("", None),
        (None, None),
    ],
)
def test_codec_of_a_label(label: str | None, codec: str | None) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("iso2022_jp", JAPANESE),
        ("hz", "合同期限为无固定期限。"),
        ("utf-7", "Größe und Gebühr"),
        ("utf-16-le", GERMAN.strip()),
    ],
)
def test_a_label_is_heeded_where_the_bytes_are_plain_ascii(codec: str, text: str) -> None:
    assert decode(text.encode(codec), codec)[0] == text


@pytest.mark.parametrize("codec", ["iso2022_jp", "utf-16-le", "utf-16-be"])
def test_bytes_that_tell_their_encoding_need_no_label(codec: str) -> None:
    text = f"The fee is 10. {JAPANESE if codec == 'iso2022_jp' else 'It is due.'}"
    assert decode(text.encode(codec))[0] == text


def test_a_page_in_seven_bits_is_read_by_its_label() -> None:
    page = f'<meta charset="iso-2022-jp"><p>{JAPANESE}</p>'.encode("iso2022_jp")
    assert _texts("a.html", page) == [JAPANESE]


def test_ascii_is_ascii_whatever_the_label_says() -> None:
    assert decode(b"The fee is 10+20.", "utf-8") == ("The fee is 10+20.", ())
    assert decode(b"The fee is 10.", "shift_jis") == ("The fee is 10.", ())


WESTERN = {
    "French": ["Le maître reçoit une prime de 30 € par an.", "C’est la règle : « nul n’est censé ignorer la loi ».",
               "La société versera les intérêts échus.", "L’œuvre du curé a été vendue à Noël.", "Le décret est là."],
    "German": ["Die Gebühr beträgt 30 €.", "„Schön“, sagte er.", "Das Gebäude ist größer.", "Über die Straße."],
    "Spanish": ["¿Qué pasará mañana?", "El niño comió una piña.", "El pago se hará en diez días hábiles."],
    "Portuguese": ["A reunião não começou à hora.", "As condições são estas.", "O pagamento será feito."],
    "Danish": ["Aftalen indgås på ubestemt tid.", "Køberen betaler prisen.", "Ændringer gælder ikke."],
}  # fmt: skip
STRETCHES = [
    (language, first, last)
    for language, lines in WESTERN.items()
    for first in range(len(lines))
    for last in range(first + 1, len(lines) + 1)
]


@pytest.mark.parametrize(("language", "first", "last"), STRETCHES)
def test_one_sentence_more_does_not_change_the_encoding(language: str, first: int, last: int) -> None:
    text = "\n".join(WESTERN[language][first:last])
    assert decode(text.encode("cp1252"))[0] == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1250", "Smlouva se uzavírá na dobu určitou a řídí se zákonem."),
        ("cp1250", "Umowa zostaje zawarta na czas nieokreślony."),
        ("cp1250", "A vevő harminc napon belül fizet, a fűtés díja nélkül."),
        ("cp1254", "Sözleşme belirsiz süreli olarak yapılmıştır."),
        ("cp1251", "Договор заключается на неопределённый срок."),
        ("cp1253", "Η σύμβαση συνάπτεται για αόριστο χρόνο."),
        ("cp932", JAPANESE),
    ],
)
def test_other_languages_are_not_taken_for_western_ones(codec: str, text: str) -> None:
    assert decode(text.encode(codec))[0] == text


def test_binary_data_is_no_text_in_any_encoding() -> None:
    for label in (None, "utf-8", "iso-8859-1", "shift_jis"):
        with pytest.raises(ExtractError, match="not a text"):
            decode(bytes(range(32)) * 40, label)
