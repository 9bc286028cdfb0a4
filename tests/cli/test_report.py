"""What `monitor report` puts first, and what it sets apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.driver import Monitor

FEE = "The fee for each adult visitor of the museum is {} euros a day."
RENT = "The rent of the hall is due in {}."


def recorded(monitor: Monitor, here: Path, *versions: str) -> None:
    """A run for each version of one document."""
    (here / "seeds").mkdir()
    for day, text in enumerate(versions, 1):
        (here / "seeds/fees.txt").write_text(text)
        monitor("run", "--settle", "0", "--taken-at", f"2026-01-0{day}")


def test_what_came_back_in_other_words_is_substantive(monitor: Monitor, here: Path) -> None:
    kept = "The hall is open on every day of the week.\n"
    recorded(monitor, here, f"{kept}{FEE.format(10)}\n", kept, f"{kept}{FEE.format(40)}\n")
    text = monitor("report").text
    assert "2 substantive · 0 editorial · of which 1 restored" in text
    assert "Restored" in text.partition("Moved and restored")[0]


def test_what_a_rule_hides_is_listed_last(monitor: Monitor, here: Path) -> None:
    (here / "monitor.toml").write_text('[rules.rent]\npattern = "the rent*"\n')
    first, second = (f"{FEE.format(fee)}\n{RENT.format(month)}\n" for fee, month in ((10, "May"), (40, "June")))
    recorded(monitor, here, first, second)
    text = monitor("report").text
    assert "2 substantive · 0 editorial · of which 1 hidden by rules" in text
    assert text.index("[-10-]") < text.index("1 change hidden by ignore rules") < text.index("[-May-]")
    totals = monitor("report", "--format", "json").json()["totals"]
    assert (totals["substantive"], totals["hidden"]) == (2, 1)


def test_front_matter_is_collapsed_with_its_count(monitor: Monitor, here: Path) -> None:
    (here / "seeds").mkdir()
    for day, (topic, fee) in enumerate([("law", 10), ("policy", 40)], 1):
        text = f"---\ntopic: {topic}\nowner: {topic} office\n---\n\n{FEE.format(fee)}\n"
        (here / "seeds/fees.md").write_text(text)
        monitor("run", "--settle", "0", "--taken-at", f"2026-01-0{day}")
    text = monitor("report", "--format", "markdown").text
    assert text.index("40") < text.index("<summary>2 metadata fields changed</summary>")


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_report_says_why_a_change_counts(monitor: Monitor, here: Path, form: str) -> None:
    recorded(monitor, here, FEE.format(30), FEE.format(45))
    assert "30 euros a day → 45 euros a day" in monitor("report", "--format", form).text
