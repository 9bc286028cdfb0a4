"""docs/configuration.md is made from the tables of keys: `python -m tests.docs.test_configuration_page` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor.config import DEFAULT_TOML, load
from monitor.config import keys as tables
from monitor.config.keys import KEYS
from monitor.config.loading import effective
from monitor.config.settings import Channel, IgnoreRule
from tests.support.paths import PROJECT

PAGE = PROJECT / "docs/configuration.md"
HEAD = """\
# Configuration

`monitor init` writes a commented `monitor.toml`. The file is looked for in the current folder and above, or named by
`--config`. An option of a command goes before a variable, and a variable before the file. Unknown keys are errors.
Paths in the file are relative to it.

`monitor config` prints every value, and where it comes from.

- A duration is `30 s`, `15m`, `1h30m`, `2 days` or a number of seconds. There are `ms s m h d w y`.
- A size is `50 MB`, `1 GiB` or a number of bytes. A share is `20 %` or a number from 0 to 1.
- A list in a variable is separated by commas: `MONITOR_WATCH_EXCLUDE='drafts/,*.bak'`.
- Defaults are shown in seconds and bytes.

This page is made from the code, and a test compares the two.
"""
MORE = {  # what the file of `init` shows by an example alone
    (
        "review",
        "weights",
    ): "`[review.weights]`: patterns of documents, and the number by which the weight of their changes is multiplied",
    ("rules", "action"): "`fold` hides the changes that it holds for, `lower` lowers them in the queue",
    ("rules", "document"): "paths or patterns of documents",
    ("rules", "heading"): "only below the heading",
    ("rules", "pattern"): "the text; `*` matches any characters",
    ("rules", "aspects"): "only changes with no other aspects than these",
    ("rules", "significance"): "only `substantive` or `editorial` changes",
    ("rules", "kinds"): "only changes of these kinds",
    ("notify", "mute"): "`[notify.mute]`: patterns of documents of which nobody is notified, each until a day",
    ("notify", "url"): "the URL of Apprise",
    ("notify", "significance"): "`editorial`: editorial changes, too",
    ("notify", "format"): "of the message: `text`, or `json` for a program",
    ("web", "roles"): "`[web.roles]`: names and `@group` for `reader`, `reviewer` and `admin`",
    **{
        ("feeds", key): "as in a channel"
        for key in ("aspects", "documents", "sources", "terms", "direction", "numbers", "number_change")
    },
}
NAMED = {
    "watch": ("[watch.NAME]", "One of several folders; what it does not say is as in `[watch]`. It has the same keys."),
    "rules": ("[rules.NAME]", "An ignore rule: see [review](review.md)."),
    "notify": (
        "[notify.NAME]",
        "A [channel](notices.md) has one of `url` and `url_file`. `MONITOR_NOTIFY_NAME` is its URL, too.",
    ),
}


def comments() -> dict[tuple[str, str], str]:
    """What the file of `init` says beside each key."""
    found, section = {}, ""
    for line in DEFAULT_TOML.splitlines():
        code = line.removeprefix("# ")
        if heading := re.match(r"\[(\w+)[\].]", code):
            section = heading[1]
        elif key := re.match(r"(\w+) = .*?(?: +# (.*))?$", code):
            found.setdefault((section, key[1]), (key[2] or "").rstrip(":"))
    return found


def rows(section: str, keys: Mapping[str, object], defaults: Mapping[str, str], *, variable: bool) -> Iterator[str]:
    yield "| key | default | " + ("variable | " if variable else "") + "meaning |"
    yield "|---|---|---|---|" if variable else "|---|---|---|"
    said = {**MORE, **{key: text for key, text in comments().items() if text}}
    for key in keys:
        cells = [f"`{key}`", f"`{defaults[key]}`" if key in defaults else "not set"]
        cells += [f"`MONITOR_{section.upper()}_{key.upper()}`"] if variable else []
        yield f"| {' | '.join([*cells, said.get((section, key), '').replace('|', '/')])} |"


def page() -> str:
    settings = load(Path("/"), None, {}, {})
    values = {name: value for name, value, _ in effective(settings, {})}
    lines = [HEAD]
    for section, keys in KEYS.items():
        defaults = {key: values[f"{section}.{key}"].replace('"/', '"') for key in keys}
        lines += [f"## `[{section}]`", "", *(rows(section, keys, defaults, variable=True) if keys else ())]
        if section in NAMED:
            heading, what = NAMED[section]
            lines += ["", f"### `{heading}`", "", what]
            kinds = {"rules": (tables._RULE, IgnoreRule()), "notify": (tables._CHANNEL, Channel())}
            if section in kinds:
                own, kind = kinds[section]
                shown = {key: str(value) for key, value in kind._asdict().items() if value not in (None, (), "")}
                lines += ["", *rows(section, own, shown, variable=False)]
        lines.append("")
    return "\n".join(lines).replace("\n\n\n", "\n\n").rstrip() + "\n"


def test_the_page_has_every_key_as_it_is_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), __doc__


def test_every_key_says_what_it_means() -> None:
    assert [line for line in page().splitlines() if line.endswith("|  |")] == []


def test_every_key_is_explained_or_has_a_page_that_does() -> None:
    assert {section for section in KEYS if f"## `[{section}]`" in page()} == set(KEYS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
