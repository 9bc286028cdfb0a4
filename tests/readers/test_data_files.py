"""JSON, JSON lines and YAML: each value is a statement behind its path, whatever the file looks like."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app.sandbox import read_in_this_process
from monitor.model import BlockKind
from monitor.readers import extract

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def texts(path: str, text: str | bytes) -> list[str]:
    found = read_in_this_process(path, text.encode() if isinstance(text, str) else text)
    assert found.failure is None, found.failure
    return [one.text for one in found.statements or ()]


def notes(path: str, text: str) -> str:
    found = extract(path, text.encode())
    assert found is not None
    return "; ".join(found.notes)


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ('{"b": 1, "a": {"c": true, "d": null}}', ["a.c: true", "a.d: null", "b: 1"]),
        ('[{"id": 7, "fee": 12}, {"id": 8, "fee": 3}]', ["[7].fee: 12", "[8].fee: 3"]),
        ('{"x": [{"name": "Late fee", "eur": 1}]}', ["x[Late fee].eur: 1"]),
        ('[{"ID": "a"}, {"ID": "b"}]', ["[a].ID: a", "[b].ID: b"]),
        ('[{"n": 1}, {"n": 1}]', ["[].n: 1", "[].n: 1"]),
        ('[{"id": 1, "n": 1}, {"id": 1, "n": 2}]', ["[].id: 1", "[].n: 1", "[].id: 1", "[].n: 2"]),
        ('{"tags": ["red", "blue"], "m": [[1, 2]]}', ["m[][]: 1", "m[][]: 2", "tags[]: red", "tags[]: blue"]),
        ('{"a": 1, "a": 2}', ["a: 1", "a: 2"]),
        ('{"a": 1e400, "b": 0.10, "c": 123456789012345678901234567890}', None),
        ('{"a": NaN, "b": -Infinity}', ["a: NaN", "b: -Infinity"]),
        ('{"a": "12", "b": "true", "c": "", "d": "2026-01-31"}', ['a: "12"', 'b: "true"', 'c: ""', "d: 2026-01-31"]),
        ('{"a": {}, "b": []}', ["a: {}", "b: []"]),
        ('{"a.b": 1, "": 2, "c d": 3, "e[0]": 4, "Käse": 5}', ['"": 2', "Käse: 5", '"a.b": 1', "c d: 3", '"e[0]": 4']),
        ('{"a": "K\\u00e4rnten", "b": "x\\u0000\\ud800"}', ["a: Kärnten", "b: x\\u0000\\ud800"]),
        ("12", ["12"]),
        ('"text"', ["text"]),
        ('\ufeff{"a": 1}', ["a: 1"]),
        ('{"a": 1}\n{"a": 2}\n', ["[].a: 1", "[].a: 2"]),
    ],
)
def test_json_is_read_by_key_path(source: str, read: list[str] | None) -> None:
    assert texts("a.json", source) == (read or ["a: 1e400", "b: 0.10", "c: 123456789012345678901234567890"])


@given(VALUES)
def test_layout_and_order_of_keys_say_nothing(value: object) -> None:
    minified = texts("a.json", json.dumps(value))
    assert texts("a.json", json.dumps(_turned(value), indent=3, ensure_ascii=False).encode("utf-8")) == minified


def _turned(value: object) -> object:
    if isinstance(value, dict):
        return {key: _turned(one) for key, one in reversed(value.items())}
    return [_turned(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("path", "source", "why"),
    [
        ("a.json", '{"a": 1,}', "read as lines of text (no JSON: Expecting property name"),
        ("a.json", "[" * 100_000, "read as lines of text (no JSON: nested too deep)"),
        ("a.json", "[" * 300 + "]" * 300, "read as lines of text (not read by key: nested too deep)"),
        ("a.json", '// note\n{"a": 1}', "read as lines of text (no JSON"),
        ("a.yaml", "a: [1, 2\nb: }", "read as lines of text (no YAML"),
        ("a.yaml", "a: 1\n\tb: 2", "read as lines of text (no YAML"),
        ("a.yaml", "[" * 5_000, "read as lines of text (no YAML"),
        ("a.jsonl", '{"a": 1}\nbroken\n', "read as text where it is no JSON (first line 2)"),
    ],
)
def test_what_is_not_of_its_format_is_read_by_line(path: str, source: str, why: str) -> None:
    assert why in notes(path, source)
    if path != "a.jsonl":
        assert texts(path, source) == [line.strip() for line in source.splitlines()]


def test_a_line_that_is_no_json_is_kept() -> None:
    assert texts("a.jsonl", '{"id": 1, "v": "x"}\nbroken\n\n{"id": 2, "v": "y"}') == ["[1].v: x", "broken", "[2].v: y"]


@pytest.mark.parametrize(("path", "text"), [("a.json", ""), ("a.json", "\n"), ("a.jsonl", "\n\n"), ("a.yaml", "")])
def test_an_empty_file_says_nothing(path: str, text: str) -> None:
    found = extract(path, text.encode())
    assert found is not None
    assert (found.blocks, found.notes) == ((), ())


def test_a_text_of_several_sentences_is_cut() -> None:
    text = "The first sentence says something of weight. The second follows it."
    assert texts("a.json", json.dumps({"note": text, "z": 1})) == [
        "note: The first sentence says something of weight.",
        "The second follows it.",
        "z: 1",
    ]
    found = extract("a.json", json.dumps({"note": "One line.\n\nTwo."}).encode())
    assert [block.text for block in found.blocks] == ["note: One line.", "Two."]  # type: ignore[union-attr]


YAML = """\
# The fees of the year
fees:
  - name: late  # in euros
    amount: 12
    note: |
      A first line
      that goes on. And more.
  # the other one
  - name: "early"
    amount: !eur 0.10
base: &b {x: 1}
other: *b
text: "a # no comment"
version: "1.2"
<<: *b
empty:
# the end
"""


def test_yaml_is_read_by_key_path_with_its_comments() -> None:
    assert texts("a.yaml", YAML) == [
        "# The fees of the year",
        "<<: *b",
        "base: &b",
        "base.x: 1",
        "empty: null",
        "# in euros",
        "fees[late].amount: 12",
        "fees[late].note: A first line that goes on.",
        "And more.",
        "# the other one",
        "fees[early].amount: !eur 0.10",
        "other: *b",
        "text: a # no comment",
        'version: "1.2"',
        "# the end",
    ]


@pytest.mark.parametrize(
    ("yaml", "same"),
    [
        ("a: 1\nb: [x, y]\n", '{"b": ["x", "y"], "a": 1}'),
        ("- id: 1\n  v: p\n- id: 2\n  v: q\n", '[{"v": "p", "id": 1}, {"v": "q", "id": 2}]'),
        ("--- {a: 1}\n---\na: 2\n...\n", '[{"a": 1}, {"a": 2}]'),
        ("a: >-\n  folded\n  text\n", '{"a": "folded text"}'),
        ("a: ~\nb: null\nc:\n", None),
    ],
)
def test_yaml_says_the_same_as_json(yaml: str, same: str | None) -> None:
    assert texts("a.yml", yaml) == (texts("a.json", same) if same else ["a: ~", "b: null", "c: null"])


def test_aliases_are_never_expanded() -> None:
    lines = ["a0: &a0 [lol, lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert len(texts("a.yaml", "\n".join(lines))) < 400


def test_paths_longer_than_the_text_are_bounded() -> None:
    key = "k" * 900
    deep = f'{{"{key}": ' * 90 + json.dumps([1] * 40_000) + "}" * 90
    found = extract("a.json", deep.encode())
    assert found is not None
    assert "the paths are too long" in found.notes[0]


def test_values_are_fields() -> None:
    found = extract("a.json", b'{"a": 1, "b": "x"}')
    assert {block.kind for block in found.blocks} == {BlockKind.FIELD}  # type: ignore[union-attr]
