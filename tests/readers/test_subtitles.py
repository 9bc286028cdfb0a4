"""Subtitles: the cues are the text; their numbers, times and places are layout."""

from __future__ import annotations

import pytest

from monitor.app.sandbox import read_in_this_process

SRT = """\
1
00:00:01,000 --> 00:00:04,000
<i>The fee is</i> 10 EUR.

2
00:00:05,000 --> 00:00:07,500 X1:1 X2:2
{\\an8}The second cue
goes on here.

3
00:00:08,000 --> 00:00:09,000
- No. 5 < 6

- Yes!

4
00:00:10,000 --> 00:00:11,000

5
00:00:12,000 --> 00:00:13,000
2026
"""
VTT = """\
WEBVTT - a title

STYLE
::cue { color: red }

NOTE a remark

intro
00:01.000 --> 00:04.000 align:start
<v Ada Lovelace>The fee &amp; the cost are <c.x>10</c> EUR.</v>

NOTE
of several
lines

00:05.000 --> 00:06.000
Word by <00:05.500>word
"""


def texts(path: str, text: str) -> list[str]:
    found = read_in_this_process(path, text.encode())
    assert found.failure is None, found.failure
    return [one.text for one in found.statements or ()]


def test_cue_of_subrip_is_a_block() -> None:
    assert texts("a.srt", SRT) == ["The fee is 10 EUR.", "The second cue goes on here.", "- No. 5 < 6 - Yes!", "2026"]


def test_cue_of_webvtt_names_its_voice() -> None:
    assert texts("a.vtt", VTT) == ["Ada Lovelace: The fee & the cost are 10 EUR.", "Word by word"]


@pytest.mark.parametrize(
    ("path", "text", "old", "new"),
    [
        ("a.srt", SRT, "00:00:0", "00:01:1"),
        ("a.srt", SRT, "4\n00:00:10,000 --> 00:00:11,000\n\n", ""),
        ("a.srt", SRT, "here.\n\n3\n", "here.\n3\n"),
        ("a.vtt", VTT, " align:start", ""),
        ("a.vtt", VTT, "intro\n", ""),
        ("a.vtt", VTT, "00:01.000", "01:00:01.000"),
    ],
)
def test_times_numbers_and_places_are_layout(path: str, text: str, old: str, new: str) -> None:
    assert old in text
    assert texts(path, text.replace(old, new)) == texts(path, text)


def test_what_has_no_times_fails() -> None:
    failure = read_in_this_process("a.srt", b"Some text.\n").failure
    assert failure == "not a document of its format: no line says from when to when a cue is shown"
