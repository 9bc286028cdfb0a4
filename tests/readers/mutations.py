"""Documents that were damaged on purpose: each is a source with one to three things done to it, by a seed."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

from tests.readers.compound import compound, message
from tests.readers.writers import WRITERS, Text, zipped

TEXT: Text = [
    ("h1", "The offer"),
    ("p", "The offer stands until 12 May 2026. It may cover 30 divers and 4 vessels."),
    ("h2", "Terms"),
    ("li", "Both sides will inspect the port."),
    ("li", "Nobody has answered yet."),
    ("tr", ["Vessel", "Crew"]),
    ("tr", ["Tug", "12"]),
    ("p", "“We were lucky,” said the harbour master, who had watched it all."),
]
HUGE = (
    b"0",
    b"-1",
    b"65536",
    b"2147483647",
    b"4294967295",
    b"99999999999",
    b"18446744073709551616",
    b"1e308",
    b"9" * 400,
)
MOST = 4_000_000  # bytes that a repetition may make of a document

Source = tuple[str, bytes]  # the name's suffix, and the bytes
Change = Callable[[bytes, bytes, random.Random], bytes]


def written() -> list[Source]:
    """A small document of each format that we have a writer for, and some text formats."""
    made = [(suffix, write(TEXT)) for suffix, write in sorted(WRITERS.items())]
    made.append(("csv", b'name,crew\n"Tug, old",12\nBarge,4\n'))
    made.append(("json", b'{"offer": [{"vessel": "Tug", "crew": 12}, null, 1.5e3]}\n'))
    made.append(("xml", b'<?xml version="1.0"?><a b="c"><!-- d --><e>The offer &amp; more</e></a>\n'))
    made.append(("ics", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:The offer\nDTSTART:20260512T100000Z\nEND:VEVENT\n"))
    made.append(("vcf", b"BEGIN:VCARD\nFN:Ada\nNOTE;ENCODING=QUOTED-PRINTABLE:The=20offer\nEND:VCARD\n"))
    made.append(("srt", b"1\n00:00:01,000 --> 00:00:02,000\n<i>The offer</i> stands.\n"))
    made.append(("rst", b"The offer\n=========\n\n- one\n\n.. note:: It *stands*.\n\n=== ==\nTug 12\n=== ==\n"))
    made.append(("mbox", b"From a@b Sat\nSubject: The offer\n\nIt stands.\n\nFrom c@d Sat\nSubject: Terms\n\nNone.\n"))
    made.append(("msg", compound(message({0x0037: "The offer", 0x1000: "It stands."}))))
    made.append(("zip", zipped({"offer.txt": b"The offer stands.", "terms.txt": b"None."})))
    made.append(("gz", gzip.compress(b"The offer stands. " * 50, mtime=0)))
    return made


def mutants(sources: Sequence[Source], seed: int, number: int) -> Iterator[Source]:
    """So many damaged documents; each source comes as often as any other."""
    chance = random.Random(seed)
    for at in range(number):
        suffix, data = sources[at % len(sources)]
        other = chance.choice([one for kind, one in sources if kind == suffix])
        for _ in range(chance.randrange(1, 4)):
            changes = PACKED if data.startswith(b"PK") and chance.random() < 0.7 else PLAIN
            data = chance.choice(changes)(data, other, chance)
        yield suffix, data


def _flip(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice([1, 2, 10, 100]) if data else 0):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _garble(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    start, stop = _range(data, chance)
    return data[:start] + chance.randbytes(stop - start) + data[stop:]


def _cut_off(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _cut_out(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    start, stop = _range(data, chance)
    return data[:start] + data[stop:]


def _splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    (start, stop), (first, last) = _range(data, chance), _range(other, chance)
    return data[:start] + other[first:last] + data[stop:]


def _repeat(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    start, stop = _range(data, chance)
    times = min(chance.choice([2, 50, 5_000]), max(1, MOST // max(1, stop - start)))
    return data[:start] + data[start:stop] * times + data[stop:]


def _count(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """A number becomes one that nobody reckons with."""
    found = list(re.finditer(rb"\d+", data))
    if not found:
        return data
    one = chance.choice(found)
    return data[: one.start()] + chance.choice(HUGE) + data[one.end() :]


def _inside(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Something happens to one part of an archive, and the archive is whole."""
    parts, others = _parts(data), _parts(other)
    if not parts:
        return _flip(data, other, chance)
    name = chance.choice(sorted(parts))
    change = chance.choice(PLAIN)
    parts[name] = change(parts[name], others.get(name, b""), chance)
    return _packed(parts)


def _swap(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Two parts of an archive change places, or one goes, or one comes from another document."""
    parts, others = _parts(data), _parts(other)
    if not parts:
        return _flip(data, other, chance)
    names = sorted(parts)
    one, two = chance.choice(names), chance.choice(names)
    what = chance.randrange(3)
    if what == 0:
        parts[one], parts[two] = parts[two], parts[one]
    elif what == 1:
        del parts[one]
    else:
        parts[one] = others[chance.choice(sorted(others))] if others else b""
    return _packed(parts)


PLAIN: list[Change] = [_flip, _garble, _cut_off, _cut_out, _splice, _repeat, _count]
PACKED: list[Change] = [_inside, _inside, _inside, _swap]


def _range(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice([1, 4, 30, 300, 5_000]))


def _parts(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {info.filename: archive.read(info) for info in archive.infolist() if info.file_size < MOST}
    except Exception:  # noqa: BLE001 - it was damaged before
        return {}


def _packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()
