"""Damaged documents of every format: each is read or refused, within the bounds, and the next one is none the worse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from monitor.app.read_documents import DocumentReader, ReadOptions
from monitor.config import Limits
from tests.readers.mutations import TEXT, mutants, written
from tests.readers.writers import WRITERS
from tests.support.paths import CORPORA

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

BAD_LUCK = ("could not be read", "crashed", "takes more", "the process that read it ended")


@pytest.fixture(scope="module")
def documents() -> Iterator[DocumentReader]:
    with DocumentReader(ReadOptions(Limits(time=300, memory=500_000_000))) as documents:
        yield documents


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_damage_is_described_in_terms_of_the_format(documents: DocumentReader, seed: int) -> None:
    for suffix, data in mutants(written(), seed, 56):
        failure = documents.read(f"a.{suffix}", data).failure or ""
        assert not any(word in failure for word in BAD_LUCK), (suffix, failure)
    assert documents.read("next.docx", WRITERS["docx"](TEXT)).statements


@pytest.mark.slow
def test_damaged_documents_in_a_run_leave_the_others_alone(folder: Workspace) -> None:
    for number, (suffix, data) in enumerate(mutants(written(), 4, 30)):
        if len(data) < 200_000:
            (folder.seeds / f"damaged-{number}.{suffix}").write_bytes(data)
    for suffix, data in written():
        (folder.seeds / f"whole.{suffix}").write_bytes(data)
    folder.next_run(status=3)
    for suffix, _ in written():
        assert folder.statements(f"whole.{suffix}"), suffix
    failed = {one["document"] for one in folder.log("--baseline") if one["kind"] == "failed"}
    assert failed
    assert all(name.startswith("damaged-") for name in failed)
    folder.monitor("verify")


def test_a_page_with_an_instruction_to_another_program_is_read(documents: DocumentReader) -> None:
    """A parser gives it as a node without a name."""
    found = documents.read("a.html", b"<p>The offer stands.</p><?pd ?><p>It is new.</p>").statements or ()
    assert [one.text for one in found] == ["The offer stands.", "It is new."]


def test_reader_exception_is_a_failure_of_its_document(
    documents: DocumentReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise IndexError("string index\nout of range")

    monkeypatch.setattr("monitor.app.sandbox.read", broken)
    assert documents.read("a.txt", b"Text.").failure == "could not be read: IndexError: string index out of range"


@pytest.mark.slow
def test_damaged_real_documents_too(documents: DocumentReader) -> None:
    if not CORPORA.exists():
        pytest.skip("no corpora (MONITOR_CORPORA names none)")
    files = sorted(path for path in (CORPORA / "fixtures").rglob("*") if path.suffix not in ("", ".json"))
    for suffix, data in mutants([(path.suffix[1:], path.read_bytes()) for path in files], 5, 500):
        failure = documents.read(f"a.{suffix}", data).failure or ""
        assert not any(word in failure for word in BAD_LUCK), (suffix, failure)
