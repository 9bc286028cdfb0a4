"""reStructuredText: what a reader of the page sees, with what stands in directives that only Sphinx knows."""

from __future__ import annotations

import pytest

from monitor.app.sandbox import read_in_this_process
from monitor.model import BlockKind

pytest.importorskip("docutils", reason="no docutils (monitor[rst])")


def read(text: str) -> list[tuple[str, str]]:
    found = read_in_this_process("a.rst", text.encode())
    assert found.failure is None, found.failure
    return [(one.kind.value, one.text) for one in found.statements or ()]


def texts(text: str) -> list[str]:
    return [text for _, text in read(text)]


def test_titles_are_headings_by_their_depth() -> None:
    found = read_in_this_process("a.rst", b"=====\nTitle\n=====\n\nPart\n----\n\nSub\n~~~\n\nText.\n").statements or ()
    assert [(one.level, one.text) for one in found if one.kind is BlockKind.HEADING] == [
        (1, "Title"),
        (2, "Part"),
        (3, "Sub"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The *fee* is ``10`` EUR.", [("paragraph", "The fee is 10 EUR.")]),
        ("- one\n- two\n  goes on\n", [("item", "one"), ("item", "two goes on")]),
        ("1. first\n2. second\n", [("item", "first"), ("item", "second")]),
        ("Text::\n\n   x = 1\n   y = 2\n", [("paragraph", "Text:"), ("code", "x = 1"), ("code", "y = 2")]),
        (":Author: Ada\n:Fee: 10\n", [("row", "Author: Ada"), ("row", "Fee: 10")]),
        ("Term\n   What it is.\n", [("paragraph", "Term"), ("paragraph", "What it is.")]),
        ("Text. [1]_\n\n.. [1] The note.\n", [("paragraph", "Text."), ("paragraph", "The note.")]),
        ("Text.\n\n.. a remark\n", [("paragraph", "Text.")]),
        (".. |x| replace:: the fee\n\nPay |x|.\n", [("paragraph", "Pay the fee.")]),
        (".. note:: Take care.\n", [("paragraph", "Take care.")]),
        (".. figure:: x.png\n\n   The caption.\n", [("caption", "The caption.")]),
    ],
)
def test_elements_of_a_page(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "table",
    [
        "+------+---+----+\n| Fee  |   | 10 |\n+------+---+----+\n| Cost | 5 | 20 |\n+------+---+----+\n",
        "====  =  ==\nFee   \\  10\nCost  5  20\n====  =  ==\n",
        ".. list-table::\n\n   * - Fee\n     -\n     - 10\n   * - Cost\n     - 5\n     - 20\n",
        ".. csv-table::\n\n   Fee,,10\n   Cost,5,20\n",
    ],
)
def test_row_keeps_its_empty_cells_in_every_kind_of_table(table: str) -> None:
    assert read(table) == [("row", "Fee |  | 10"), ("row", "Cost | 5 | 20")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (".. versionadded:: 3.1\n   It was added.\n", ["3.1 It was added."]),
        (".. function:: pay(fee)\n\n   Pays the :func:`fee`.\n", ["pay(fee)", "Pays the fee."]),
        ("See :ref:`the part <part>` and :doc:`terms`.", ["See the part and terms."]),
        (".. code-block:: python\n   :linenos:\n\n   x = 1\n", ["x = 1"]),
        (".. seealso::\n   :class: wide\n\n   The terms.\n", ["class: wide", "The terms."]),
    ],
)
def test_directives_and_roles_of_sphinx_are_read(text: str, found: list[str]) -> None:
    assert texts(text) == found


def test_link_has_its_target() -> None:
    found = read_in_this_process("a.rst", b"See `the terms <https://example.org/t>`_.").statements or ()
    assert [one.links for one in found] == [("https://example.org/t",)]


@pytest.mark.parametrize(
    "text",
    [
        ".. include:: /etc/hostname\n",
        ".. raw:: html\n   :file: /etc/hostname\n",
        ".. csv-table::\n   :file: /etc/hostname\n",
    ],
)
def test_no_other_file_is_opened(text: str) -> None:
    found = texts(text)
    assert found[0] == text.splitlines()[0]
    assert found[1:] in ([], [text.splitlines()[-1].strip()])


def test_raw_html_is_kept_as_written() -> None:
    assert "<b>The fee</b>" in texts(".. raw:: html\n\n   <b>The fee</b>\n")


def test_one_document_does_not_change_how_another_is_read() -> None:
    before = texts("A :strike:`fee`.\n")
    texts(".. role:: strike\n\nA :strike:`fee`.\n\n.. default-role:: strike\n")
    assert texts("A :strike:`fee`.\n") == before == ["A fee."]


def test_line_that_is_too_long_is_refused() -> None:
    assert "a line is longer than" in (read_in_this_process("a.rst", b"x" * 100_001).failure or "")
