"""Mailboxes and messages of Outlook: each message as the same message in a file of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.app.sandbox import ReadResult, read_in_this_process
from monitor.readers.mailbox import unpacked
from tests.readers.compound import compound, filetime, inner, message, part

SENT = datetime(2026, 1, 31, 10, tzinfo=UTC)
OUTLOOK = message(
    {0x0037: "The offer", 0x1000: "The fee is 10 EUR.\r\n", 0x0C1A: "Ada", 0x5D01: "ada@example.org"},
    {0x0039: filetime(SENT)},
)
RECEIVER = part({0x3001: "Bob", 0x39FE: "bob@example.org"}, {0x0C15: 1})
SAME = (
    b"Subject: The offer\r\nFrom: Ada <ada@example.org>\r\nTo: Bob <bob@example.org>\r\n"
    b"Date: Sat, 31 Jan 2026 10:00:00 +0000\r\n\r\nThe fee is 10 EUR.\r\n"
)
# the example of [MS-OXRTFCP] 3.1.1
PACKED = b"-\0\0\0+\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\n\0rcpg125B2\n\xf3 hel\t\0 bw\x05\xb0ld}\n\x80\x0f\xa0"


def texts(path: str, data: bytes) -> list[str]:
    found = read_in_this_process(path, data)
    assert found.failure is None, found.failure
    return [one.text for one in found.statements or ()]


def outlook(tree: dict[str, Any]) -> list[str]:
    pytest.importorskip("olefile", reason="no olefile (monitor[msg])")
    return texts("a.msg", compound(tree))


# --- mailboxes ------------------------------------------------------------------------------------


def mailbox(*messages: bytes) -> bytes:
    return b"\n".join(b"From ada@example.org Sat Jan 31 10:00:00 2026\n" + one for one in messages)


def test_message_is_a_section_under_its_subject() -> None:
    found = texts(
        "a.mbox", mailbox(b"Subject: One\nFrom: a@example.org\n\nFirst text.\n", b"Subject: Two\n\nSecond.\n")
    )
    assert found == ["One", "From: a@example.org", "First text.", "Two", "Second."]


def test_line_that_begins_with_from_is_text_where_it_is_quoted() -> None:
    assert texts("a.mbox", mailbox(b"Subject: One\n\n>From here on it is dark.\n"))[1:] == ["From here on it is dark."]


def test_line_that_begins_with_from_inside_a_paragraph_is_text() -> None:
    found = texts("a.mbox", mailbox(b"Subject: One\n\nIt is dark here.\nFrom here on it is darker still.\n"))
    assert " ".join(found[1:]) == "It is dark here. From here on it is darker still."


def test_message_may_begin_without_a_blank_line() -> None:
    data = mailbox(b"Subject: One\n\nFirst.", b"Subject: Two\n\nSecond.\n")
    assert b"First.\nFrom " in data
    assert texts("a.mbox", data) == ["One", "First.", "Two", "Second."]


def test_message_that_cannot_be_read_is_counted_in_a_note() -> None:
    found = read_in_this_process("a.mbox", mailbox(b"no header\n\nText.\n", b"Subject: Two\n\nSecond.\n"))
    assert [one.text for one in found.statements or ()] == ["Two", "Second."]
    assert found.notes == ("1 message is not read (not a message: it does not begin with a header)",)


def test_what_is_no_mailbox_fails() -> None:
    assert read_in_this_process("a.mbox", b"Text.\n").failure == "not a mailbox: it does not begin with a line `From `"


def test_empty_mailbox_holds_nothing() -> None:
    assert read_in_this_process("a.mbox", b"\n") == ReadResult(())


# --- Outlook --------------------------------------------------------------------------------------


def test_outlook_message_gives_the_statements_of_the_same_mail() -> None:
    assert outlook(OUTLOOK | {"__recip_version1.0_#00000000": RECEIVER}) == texts("a.eml", SAME)


def test_attachment_of_outlook_is_named_with_its_size() -> None:
    attached = part({0x3707: "terms.pdf", 0x3701: b"x" * 5000})
    found = outlook(OUTLOOK | {"__attach_version1.0_#00000000": attached})
    assert found[-1].startswith("Attachment: terms.pdf, 5,000 bytes")


def test_message_inside_an_outlook_message_is_read() -> None:
    forwarded = part({}) | {"__substg1.0_3701000D": inner({0x0037: "Inner", 0x1000: "The inner text."})}
    assert outlook(OUTLOOK | {"__attach_version1.0_#00000000": forwarded})[-2:] == ["Subject: Inner", "The inner text."]


def test_html_of_outlook_is_read_where_there_is_no_plain_text() -> None:
    page = "<p>The fee is <b>10</b> €.</p>".encode()
    tree = message({0x0037: "The offer", 0x1013: page}, {0x3FDE: 65001})
    assert outlook(tree)[-1] == "The fee is 10 €."


def test_text_of_eight_bits_is_read_by_its_code_page() -> None:
    tree = message({0x0037: "Offer"}, {0x3FFD: 1251}) | {"__substg1.0_1000001E": "Плата 10 евро.".encode("cp1251")}
    assert outlook(tree)[-1] == "Плата 10 евро."


def test_text_that_is_only_in_packed_rtf_is_read() -> None:
    rtf = rb"{\rtf1\ansi The fee is 10 EUR.\par}"
    stored = len(rtf).to_bytes(4, "little") * 2 + b"MELA" + bytes(4) + rtf
    assert outlook(message({0x0037: "Offer", 0x1009: stored}))[-1] == "The fee is 10 EUR."


def test_receivers_of_copies_are_told_apart() -> None:
    copied = part({0x3001: "Eve", 0x39FE: "eve@example.org"}, {0x0C15: 2})
    tree = OUTLOOK | {"__recip_version1.0_#00000000": RECEIVER, "__recip_version1.0_#00000001": copied}
    assert "Cc: Eve <eve@example.org>" in outlook(tree)


def test_messages_nested_without_end_are_refused() -> None:
    pytest.importorskip("olefile", reason="no olefile (monitor[msg])")
    tree: dict[str, Any] = inner({0x0037: "Innermost"})
    for _ in range(25):
        tree = inner({0x0037: "x"}) | {"__attach_version1.0_#00000000": part({}) | {"__substg1.0_3701000D": tree}}
    assert "nested more than" in (read_in_this_process("a.msg", compound(OUTLOOK | tree)).failure or "")


@pytest.mark.parametrize(
    "data", [compound({"Other": b"x"}), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), b"text"]
)
def test_what_is_no_outlook_message_fails(data: bytes) -> None:
    pytest.importorskip("olefile", reason="no olefile (monitor[msg])")
    failure = read_in_this_process("a.msg", data).failure or ""
    assert failure.startswith(("not a message", "damaged"))


def test_rtf_is_unpacked() -> None:
    """Literal bytes, and references into the window that begins with common words of RTF."""
    assert unpacked(PACKED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_damaged_packed_rtf_ends() -> None:
    assert len(unpacked(PACKED[:30])) <= 43
