"""Made histories of small folders: what the laws are tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st

EXAMPLES = settings().max_examples * 2 // 5  # that each law is tried on: a history costs more than other examples
Folder = Mapping[str, bytes]

FIRST = datetime(2026, 1, 1, 6, tzinfo=UTC)


SENTENCES = [
    "The harbour was closed on Monday.",
    "The harbour was closed on Tuesday, and it may stay closed.",
    "Thirty divers searched the basin for mines; the crews of two vessels towed them out.",
    "Officials gave no dates for a deployment.",
    "Prices of grain rose by 12 percent within a week, said the chamber of commerce.",
    "No.",
    "It did not.",
    "A pilot said that the eastern passage was safe again for small boats.",
    "Insurers will decide in April whether the surcharge is lifted.",
    "“We were lucky,” said the harbour master, who had watched it all.",
]
ELSE = "Something else altogether took the place of these words."
EDITS = {
    "a word": lambda text: text.replace("was", "is").replace("will", "may").replace("gave", "named"),
    "a split": lambda text: text.replace("; the", ". The").replace(", and it", ". It"),
    "the start": lambda text: f"On the same day {text[:1].lower()}{text[1:]}",
    "all": lambda text: ELSE if text != ELSE else SENTENCES[0],
}
PATHS = ["a.txt", "b.txt", "c/d.txt", "picture.bin"]

statements = st.builds(
    lambda text, edit: EDITS[edit](text) if edit else text,
    st.sampled_from(SENTENCES),
    st.sampled_from([None, None, None, *EDITS]),
)
contents = st.lists(statements, max_size=9)


@st.composite
def next_content(draw: st.DrawFn, before: Sequence[str]) -> list[str]:
    """A version that grew out of the one before: pieces dropped, altered, repeated, put elsewhere."""
    after = list(before)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(after)))
        what = draw(st.sampled_from(["insert", "drop", "alter", "move", "repeat"]))
        if what == "insert" or not after:
            after.insert(at, draw(statements))
            continue
        at = min(at, len(after) - 1)
        if what == "drop":
            del after[at]
        elif what == "alter":
            after[at] = EDITS[draw(st.sampled_from(sorted(EDITS)))](after[at])
        else:
            piece = after[at] if what == "repeat" else after.pop(at)
            after.insert(draw(st.integers(0, len(after))), piece)
    return after


@st.composite
def next_folder(
    draw: st.DrawFn, before: Mapping[str, list[str]], earlier: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """A folder that grew out of the one before; `earlier` are the last contents of every path there ever was."""
    after = dict(before)
    for _ in range(draw(st.integers(1, 2))):
        path, other = draw(st.sampled_from(PATHS)), draw(st.sampled_from(PATHS))
        what = draw(
            st.sampled_from(["edit", "edit", "edit", "new", "delete", "restore", "rename", "copy", "hand over"])
        )
        if what == "new" or path not in after:
            after[path] = earlier[path] if what == "restore" and path in earlier else draw(contents)
        elif what == "edit":
            after[path] = draw(next_content(after[path]))
        elif what in ("delete", "restore"):
            del after[path]
        elif what == "rename":
            after[other] = after.pop(path)
        elif what == "copy":
            after[other] = after[path]
        elif after[path] and other in after and other != path:
            after[other] = [*after[other], after[path][0]]
            after[path] = after[path][1:]
    return after


def as_bytes(folder: Mapping[str, list[str]], per_line: int = 3) -> dict[str, bytes]:
    """Paragraphs of three statements; a file that is no text holds the same as bytes."""
    return {
        path: "\n\n".join(" ".join(content[at : at + per_line]) for at in range(0, len(content), per_line)).encode()
        for path, content in folder.items()
    }


@st.composite
def histories(draw: st.DrawFn) -> list[Folder]:
    """Two to six folders, each grown out of the one before."""
    folder: dict[str, list[str]] = draw(st.dictionaries(st.sampled_from(PATHS), contents, min_size=1))
    earlier = dict(folder)
    taken = [folder]
    for _ in range(draw(st.integers(1, 5))):
        folder = draw(next_folder(folder, earlier))
        earlier |= folder
        taken.append(folder)
    return [as_bytes(each) for each in taken]
