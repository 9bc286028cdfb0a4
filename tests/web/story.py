"""A ledger made by real runs: briefs that are revised over four days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.workspace import Workspace

CONFIGURATION = """
[schedule]
timezone = "UTC"
[review]
watch = ["ceasefire"]
[rules.stamps]
pattern = "Last updated *"
"""

_ITEMS = """
    ambulances bridges clinics depots engineers ferries generators hangars interpreters jetties kitchens lorries
    medics nurses observers pilots quarries radios shelters tents units vans wells yards zones archives barges
    convoys dams escorts fords garages harbours inspectors judges kennels laboratories mills nets offices pumps
    quays roads sheds tankers uniforms vessels wagons boats cranes drones drivers farms gates huts islands
"""
ITEMS = _ITEMS.split()


def _plan(first: int) -> str:
    lines = [f"- The plan counts on {first + 3 * at} {item}." for at, item in enumerate(ITEMS)]
    return "# The plan\n\n## What is needed\n\n" + "\n".join(lines) + "\n"


TWIN = "Both sides may inspect the port. The harbour opens at dawn.\n"
TWIN_LATER = "Both sides will inspect the port. The harbour opens at dawn.\n"
BRIEF = (
    "The offer stands. It may cover 30 divers. The ceasefire holds. Nobody has answered yet. Last updated on Monday.\n"
)
DAYS: Sequence[Mapping[str, str]] = (
    {"brief.txt": BRIEF, "plan.md": _plan(100), "east/terms.txt": TWIN, "west/terms.txt": TWIN},
    {
        "brief.txt": BRIEF.replace("may cover 30", "will cover 45").replace("Monday", "Tuesday"),
        "plan.md": _plan(101),
        "east/terms.txt": TWIN_LATER,
        "west/terms.txt": TWIN_LATER,
    },
    {
        "brief.txt": "The offer stands. It will cover 45 divers. The ceasefire does not hold."
        " Last updated on Tuesday.\n",
        "plan.md": _plan(101),
        "east/terms.txt": TWIN_LATER,
        "west/terms.txt": TWIN_LATER,
    },
    {
        "brief.txt": "The offer stands. It will cover 45 divers. The ceasefire does not hold. Nobody has answered yet."
        " Last updated on Tuesday.\n",
        "plan.md": _plan(101),
        "east/terms.txt": TWIN_LATER,
        "west/terms.txt": TWIN_LATER,
    },
)
"""What the folder holds on 1, 2, 3 and 4 January 2026, at 6 o'clock UTC."""

SCRIPT = "<script>window.ran = 1</script>"
HOSTILE = (
    f"# {SCRIPT}<img src=x onerror='window.ran=1'>\n\n"
    "A [link](javascript:window.ran=1) and <a href='javascript:window.ran=1'>another</a>. "
    "It says \u202egnp.exe\u202c here. An escape \x1b[31mred\x1b[0m ends. {{ 7 * 7 }} and ${7 * 7}. "
    "=cmd|' /C calc'!A0 counts 30 days.\n"
)
HOSTILE_NAME = "a\"'><script>window.ran=1<\u2044script>\u202e"
HOSTILE_LATER = HOSTILE.replace("30 days", f"45 {SCRIPT} days").replace("says", "<svg onload='window.ran=1'> said")
HOSTILE_DAYS: Sequence[Mapping[str, str]] = (
    {f"{HOSTILE_NAME}.md": HOSTILE, f"{HOSTILE_NAME}.txt": HOSTILE, "page.html": HOSTILE},
    {f"{HOSTILE_NAME}.md": HOSTILE_LATER, f"{HOSTILE_NAME}.txt": HOSTILE_LATER, "page.html": HOSTILE_LATER},
)


def record(folder: Path, days: Sequence[Mapping[str, str]], configuration: str = CONFIGURATION) -> Path:
    """The days as runs in `folder`, and the folder."""
    workspace = Workspace(folder)
    workspace.configure(configuration)
    for number, documents in enumerate(days, start=1):
        workspace.replace({})
        workspace.record_day(number, documents)
    return folder
