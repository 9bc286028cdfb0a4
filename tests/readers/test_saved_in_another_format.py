"""A format is not an identity: a brief that is saved in another one is the same document, with the same statements."""

from __future__ import annotations

import pytest

from tests.readers.test_one_text import STATEMENTS, TEXT
from tests.readers.writers import WRITERS
from tests.support.workspace import Workspace


@pytest.mark.parametrize(
    ("before", "after"),
    [("docx", "pdf"), ("docx", "md"), ("odt", "docx"), ("txt", "html"), ("pdf", "txt"), ("rtf", "odt")],
)
def test_a_brief_in_another_format_keeps_its_statements(folder: Workspace, before: str, after: str) -> None:
    old, new = folder.seeds / f"brief.{before}", folder.seeds / f"brief.{after}"
    old.write_bytes(WRITERS[before](TEXT))
    folder.next_run()
    known = folder.statements(old.name)
    old.unlink()
    new.write_bytes(WRITERS[after](TEXT))
    folder.next_run()
    assert [(one["level"], one["kind"], one["document_before"], one["document"]) for one in folder.log()] == [
        ("document", "renamed", old.name, new.name)
    ]
    assert folder.statements(new.name) == known
    assert list(known) == STATEMENTS


def test_statements_keep_their_ids_over_changes_of_format(folder: Workspace) -> None:
    known: list[dict[str, str]] = []
    for name in ("docx", "pdf", "md"):
        for path in folder.seeds.iterdir():
            path.unlink()
        text = [(kind, part.replace("30 divers", "45 divers")) for kind, part in TEXT if kind != "tr"]
        (folder.seeds / f"brief.{name}").write_bytes(WRITERS[name](text if name == "md" else [*TEXT]))
        folder.next_run()
        known.append(folder.statements(f"brief.{name}"))
    assert known[0] == known[1]
    revised = STATEMENTS[1].replace("30 divers", "45 divers")
    assert known[2][revised] == known[0][STATEMENTS[1]]
    assert {text: known[2][text] for text in known[2] if text != revised}.items() <= known[0].items()
