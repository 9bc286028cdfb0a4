"""Decode bytes: find the encoding, and note it if it is not UTF-8.

Labels mean what the Encoding Standard of the WHATWG (https://encoding.spec.whatwg.org) says and browsers do:
`iso-8859-1` is windows-1252. A few wrong bytes do not turn a text into another encoding.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from monitor.errors import ExtractError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16 LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ODD = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r\x1b")  # no text has many; ESC colours logs
_SAMPLE = 65_536  # bytes that a guess may look at
_TRASH = 0.05  # share of control characters above which a text is none
_LABELS: Final = {
    "ascii": "cp1252", "latin-1": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932",
    "big5": "big5hkscs", "utf-16": "utf-16-le", "utf-32": "utf-32-le",
}  # fmt: skip
_ALIASES: Final = {
    "x-sjis": "cp932", "windows-31j": "cp932", "x-gbk": "gb18030", "x-euc-jp": "euc_jp", "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8", "x-mac-cyrillic": "mac_cyrillic",
    "macintosh": "mac_roman", "x-mac-roman": "mac_roman", "hz-gb-2312": "hz", "windows-874": "cp874",
    "unicode-1-1-utf-8": "utf-8", "x-unicode20utf8": "utf-8", "unicode": "utf-16-le", "dos-874": "cp874",
    "koi8-ru": "koi8_u", "x-user-defined": "cp1252", "ansi": "cp1252",
}  # fmt: skip
_WITHIN_ASCII: Final = frozenset({"utf-7", "hz"})  # written with bytes that are ASCII text as well
_WIDE: Final = ("utf-16", "utf-32")
_ESCAPES: Final = re.compile(rb"\x1b(?:\$[@AB]|\$\(D|\([BJI])")  # ISO-2022-JP changes its character set
_MOSTLY_VALID: Final = 0.75  # share of the sequences above ASCII that makes a text UTF-8
_FEW_WRONG: Final = 0.05  # share of the bytes above ASCII that may be wrong in any other encoding
_ABOVE: Final = re.compile(rb"[\x80-\xff]+")
_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)


def decode(data: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of `data` without its byte order mark, and notes on what was assumed.

    Tried in turn: byte order mark, UTF-8 (but an encoding of 7 bits or of wide characters as it is `declared`), the
    `declared` encoding, UTF-8 with a few wrong bytes, detection, Windows-1252. ExtractError where the result is no
    text.
    """
    text, notes = _decoded(data, declared)
    if _is_trash(text):
        raise ExtractError("not a text: binary data; exclude the file or give it a suffix that has a reader")
    return text.replace("\0", "\ufffd"), notes


def _decoded(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    for mark, unicode in _BOMS:
        if data.startswith(mark):
            notes = () if unicode == "utf-8" else (f"encoding: {unicode} (byte order mark)",)
            return data[len(mark) :].decode(unicode, "replace"), notes
    codec = codec_of(declared)
    label = _label(declared, codec)
    if codec and _is_hidden(data, codec):
        found = _attempt(data, codec)
        if found is not None:
            return found, (f"encoding: {label} (declared)",)
    undeclared = _of_seven_bits(data)
    if undeclared:
        return data.decode(undeclared, "replace"), (f"encoding: {undeclared} (detected)",)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    if codec == "utf-8" or _is_mostly_utf8(data):
        text, wrong = _repaired(data)
        return text, (f"encoding: utf-8, and {wrong:,} wrong {'byte' if wrong == 1 else 'bytes'} as windows-1252",)
    found = _attempt(data, codec) if codec else None
    if found is not None:
        return found, (f"encoding: {label} (declared)",)
    guess = _detected(data)
    found = _attempt(data, guess) if guess else None
    if found is not None:
        return found, (f"encoding: {guess} (detected)",)
    return data.decode("cp1252", "replace"), ("encoding: cp1252 (assumed)",)


def codec_of(label: str | None) -> str | None:
    """Python's codec for the label of an encoding, as browsers understand it; None where nothing is known."""
    name = (label or "").strip(" \t\r\n\"'").lower()
    if name in _ALIASES:
        return _ALIASES[name]
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not getattr(found, "_is_text_encoding", True):  # rot13 and its like
        return None
    return _LABELS.get(found.name, found.name)


def _label(declared: str | None, codec: str | None) -> str:
    """The encoding as the document names it, or the codec where that is another one."""
    name = (declared or "").strip(" \t\r\n\"'").lower()
    return name if codec and codec not in (*_LABELS.values(), *_ALIASES.values()) else codec or ""


def _is_hidden(data: bytes, codec: str) -> bool:
    """Whether bytes in this encoding may be valid UTF-8 and yet mean another text."""
    if codec in _WITHIN_ASCII:
        return data.isascii()
    if codec.startswith("iso2022"):
        return b"\x1b" in data
    return codec.startswith(_WIDE) and b"\0" in data


def _of_seven_bits(data: bytes) -> str | None:
    """Encodings that are told by their bytes though these are valid UTF-8."""
    sample = data[:_SAMPLE]
    if b"\x1b$" in sample and _ESCAPES.search(sample) and sample.isascii():
        return "iso2022_jp"
    if len(sample) > 3 and b"\0" in sample:
        for codec, zeros, others in (
            ("utf-16-le", sample[1::2], sample[::2]),
            ("utf-16-be", sample[::2], sample[1::2]),
        ):
            if 2 * zeros.count(0) > len(zeros) and not others.count(0):
                return codec
    return None


def _is_mostly_utf8(data: bytes) -> bool:
    runs = _ABOVE.findall(data)
    valid = sum(len(_SEQUENCE.findall(run)) for run in runs)
    wrong = sum(len(_SEQUENCE.sub(b"", run)) for run in runs)
    return valid >= _MOSTLY_VALID * (valid + wrong)


def _repaired(data: bytes) -> tuple[str, int]:
    """UTF-8 with its wrong bytes as Windows-1252, and how many these are."""
    pieces: list[str] = []
    at = wrong = 0
    for run in _ABOVE.finditer(data):
        pieces.append(data[at : run.start()].decode("ascii"))
        at = run.start()
        for valid in _SEQUENCE.finditer(data, run.start(), run.end()):
            pieces += (data[at : valid.start()].decode("cp1252", "replace"), valid[0].decode("utf-8"))
            wrong += valid.start() - at
            at = valid.end()
        pieces.append(data[at : run.end()].decode("cp1252", "replace"))
        wrong += run.end() - at
        at = run.end()
    pieces.append(data[at:].decode("ascii"))
    return "".join(pieces), wrong


def _attempt(data: bytes, encoding: str) -> str | None:
    """The text in this encoding; None where more than a few of the bytes above ASCII are wrong in it."""
    try:
        text = data.decode(encoding, "replace")
    except (LookupError, UnicodeError):
        return None
    above = len(data) - len(data.translate(None, _HIGH))
    return text if text.count("\ufffd") <= _FEW_WRONG * above else None


_HIGH = bytes(range(0x80, 0x100))


def _detected(data: bytes) -> str | None:
    sample = data[:_SAMPLE]
    if _is_western(sample):
        return "cp1252"
    import chardet

    era = chardet.EncodingEra
    for eras in (era.MODERN_WEB, era.ALL):
        found = codec_of(chardet.detect(sample, encoding_era=eras)["encoding"])
        if found is not None and found != "utf-8" and _attempt(data, found) is not None:
            return found
    return None


# the letters above ASCII of languages that windows-1252 is for, which fit together
_WESTERN = tuple(map(frozenset, (
    "ÀÂÄÆÇÈÉÊËÎÏÔÖÙÛÜàâäæçèéêëîïôöùûüÿßŒœŸ",  # French, German, Dutch
    "ÁÉÍÑÓÚÜáéíñóúüªº",
    "ÀÁÂÃÇÉÊÍÓÔÕÚàáâãçéêíóôõúªº",
    "ÀÈÉÌÎÒÓÙàèéìîòóùªº",
    "ÄÅÆÉÖØÜäåæéöøüß",  # Danish, Norwegian, Swedish, Finnish, German
)))  # fmt: skip
_BETWEEN = frozenset("\u00a0“”‘’„‚«»‹›–—…•€£§°©®¿¡´·½¼¾²³¹µ±×÷™†‡¢¥¶¬‰¨¸")
# what these languages do not write, and others do with the same bytes: signs inside a word, a cedilla before e
_ELSEWHERE = re.compile(
    r"[^\W\d_][¹³¿º¾¼½ª¥£][^\W\d_]|\b[¹³¿¾¼ª¥£][^\W\d_]{2}|õ(?!e)\w|ã[^eo\W]|ç[^aouáàâãóôõúùû\W]|œ[klpw]"
)
_SPARSE = 0.35  # share of the letters that may be above ASCII in these languages


def _is_western(sample: bytes) -> bool:
    """Whether the bytes are text of Western Europe in Windows-1252.

    A rule of letters and not of frequencies: one sentence more does not change the answer.
    """
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    used = set(text)
    raised = frozenset(char for char in used if char > "\x7f") - _BETWEEN
    if not any(raised <= letters for letters in _WESTERN) or _ELSEWHERE.search(text):
        return False
    above = sum(text.count(char) for char in raised)
    return above <= _SPARSE * sum(map(str.isalpha, text))


def _is_trash(text: str) -> bool:
    sample = text[:_SAMPLE]
    encoded = sample.encode("utf-8", "surrogatepass")
    odd = len(encoded) - len(encoded.translate(None, _ODD)) + sample.count("\ufffd")
    return odd > _TRASH * len(sample) + 1


def has_controls(data: bytes) -> bool:
    """Whether `data` holds control characters that are no white space: it may be no text, or some are replaced."""
    return b"\0" in data or len(data[:_SAMPLE].translate(None, _ODD)) < min(len(data), _SAMPLE)


def is_marked(data: bytes) -> bool:
    """Whether `data` begins with a byte order mark."""
    return any(data.startswith(mark) for mark, _ in _BOMS)


def is_wide(data: bytes) -> bool:
    """Whether `data` is UTF-16 or UTF-32, by its byte order mark or by its zeros."""
    marked = any(data.startswith(mark) for mark, name in _BOMS if name.startswith(_WIDE))
    return marked or (_of_seven_bits(data) or "").startswith(_WIDE)
