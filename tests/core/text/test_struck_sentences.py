"""Text that is drawn with a line through it stands between `~~`, in each of the statements that it is cut into."""

from __future__ import annotations

import pytest

from monitor.core.text.segment import segment_blocks
from monitor.model import Block, BlockKind


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("~~Dogs must be on a lead.~~ All pay.", ["~~Dogs must be on a lead.~~", "All pay."]),
        ("~~Dogs must be on a lead. Cats may go. All pay.~~",
         ["~~Dogs must be on a lead.~~", "~~Cats may go.~~", "~~All pay.~~"]),
        ("Dogs ~~must be on a lead. Cats may go. All~~ pay.",
         ["Dogs ~~must be on a lead.~~", "~~Cats may go.~~", "~~All~~ pay."]),
        ("~~All pay.~~ ~~Cats go.~~ ~~Dogs~~", ["~~All pay.~~", "~~Cats go.~~", "~~Dogs~~"]),
        ("About ~~5 men came. All pay.", ["About ~~5 men came.", "All pay."]),
    ],
)  # fmt: skip
def test_each_struck_sentence_has_both_marks(text: str, statements: list[str]) -> None:
    assert [one.text for one in segment_blocks([Block(BlockKind.PARAGRAPH, text)], "en")] == statements


def test_code_is_left_as_it_stands() -> None:
    block = Block(BlockKind.CODE, "~~ a\nb\n~~ c")
    assert [one.text for one in segment_blocks([block], "en")] == ["~~ a", "b", "~~ c"]
