"""The pages' colours meet WCAG 2.2 AA (4.5 : 1 for text) on every surface they stand on, in light and in dark."""

from __future__ import annotations

import re

import pytest

from monitor.reports.html import stylesheet

SURFACES = {
    "ink": ("paper", "card", "alarm-paper"),
    "quiet": ("paper", "card", "alarm-paper"),
    "link": ("paper", "card"),
    "in-ink": ("in", "card"),
    "out-ink": ("out", "card"),
    "move": ("card",),
    "alarm": ("paper", "alarm-paper"),
}
PAIRS = [(text, surface) for text, surfaces in SURFACES.items() for surface in surfaces]


def _themes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", stylesheet(), re.DOTALL)[:2]
    return {
        name: dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for name, block in (("light", light), ("dark", dark))
    }


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), PAIRS)
def test_text_contrasts_with_its_surface(theme: str, text: str, surface: str) -> None:
    colours = _themes()[theme]
    darker, lighter = sorted((_luminance(colours[text]), _luminance(colours[surface])))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
