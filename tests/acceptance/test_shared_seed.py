"""The same edits on a document that nobody of this project wrote; read where it lies, never copied in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.recorded import Once
from tests.acceptance.story_steps import (
    PLAIN,
    Expected,
    Step,
    assert_says,
    delete,
    in_turn,
    move_paragraph,
    rename,
    replace,
)
from tests.acceptance.story_steps import revised as revised_text
from tests.support.paths import SHARED_SEEDS
from tests.support.workspace import Workspace, day

SEEDS = sorted(SHARED_SEEDS.glob("*.txt"))
NOTES = "Notes of the desk. Nothing else stands here yet.\n"

pytestmark = pytest.mark.skipif(not SEEDS, reason=f"no shared seed documents ({SHARED_SEEDS})")
NAME = SEEDS[0].name if SEEDS else "absent.txt"

DETAILS = (
    "Pakistan, which has long participated in UN peacekeeping missions, has not released specific details of its "
    "proposal publicly; however, diplomatic sources indicate that Islamabad may participate in a multinational force "
    "focused on maintaining security, supporting humanitarian access and helping restore basic governance structures "
    "following conflict in Gaza."
)
CONFLICT = (
    "Washington also emphasizes that any stabilisation force should not replace a political process aimed at "
    "addressing root causes of conflict – as stated by one senior official:’security arrangements must go hand in "
    "hand with credible political goals’."
)
ANALYSTS = (
    "Analysts contend this background makes Pakistan an acceptable partner in complex environments such as those "
    "found within Syria or Iraq."
)
RECOGNITION = (
    "This recognition represents growing diplomatic activity surrounding plans for Gaza’s future once active "
    "hostilities subside, although major questions still remain unresolved."
)
STRESSED = (
    "U.S. officials have stressed the necessity of any stabilisation force having international support, a clear "
    "mandate, and acceptance by regional stakeholders."
)
THOUSANDS = (
    "Pakistan has attracted much interest due to its experience and perceived neutrality in Middle Eastern conflicts, "
    "having contributed thousands of troops to UN peacekeeping operations worldwide and championing humanitarian "
    "principles and international law."
)
REGIONAL = (
    "Regional and global powers have engaged in an intense discussion over Gaza, sparking heated discussions on what "
    "comes next."
)
DAMAGE = (
    "Infrastructure damage and civilian needs are high; as a result, many policymakers believe a stabilisation "
    "mechanism may be required in order to avert security vacuum, minimize further violence, and allow large-scale "
    "aid operations to continue safely."
)


def seed_revised(text: str, before: str, after: str, *aspects: str, also: frozenset[str] = frozenset()) -> Step:
    expected = revised_text(text, before, after, *aspects, document=NAME, also=also)
    return Step(f"{before.strip()} to {after.strip() or 'nothing'}", replace(NAME, before, after), (expected,))


STEPS = (
    seed_revised(THOUSANDS, "contributed thousands of", "contributed 3,500", "number", also=frozenset({"wording"})),
    seed_revised(DETAILS, "Islamabad may", "Islamabad will", "modality"),
    seed_revised(DETAILS, "has not released", "has released", "negation"),
    seed_revised(CONFLICT, "one senior official", "one European envoy", "attribution", also=frozenset({"name"})),
    Step(
        "a sentence removed",
        replace(NAME, " " + RECOGNITION, ""),
        (Expected("removed", (RECOGNITION,), document=NAME),),
    ),
    Step(
        "a paragraph moved",
        move_paragraph(NAME, 3, 5),
        tuple(
            Expected("moved", (text,), (text,), document=NAME, significance=None, group="paragraph")
            for text in (REGIONAL, DAMAGE)
        ),
    ),
    Step(
        "quotes of a sentence straightened",
        replace(NAME, CONFLICT, CONFLICT.translate(PLAIN)),
        (
            Expected(
                "revised",
                (CONFLICT,),
                (CONFLICT.translate(PLAIN),),
                document=NAME,
                significance="editorial",
                aspects=frozenset({"typography"}),
                also=frozenset({"quotation"}),
            ),
        ),
    ),
    Step(
        "a sentence split",
        replace(NAME, "are high; as a result, many", "are high. As a result, many"),
        (
            Expected(
                "split",
                (DAMAGE,),
                (
                    "Infrastructure damage and civilian needs are high.",
                    DAMAGE.split("; ")[1].replace("as a result", "As a result"),
                ),
                document=NAME,
                significance="editorial",
            ),
        ),
    ),
    Step(
        "a sentence moved to a second file",
        in_turn(
            replace(NAME, " " + ANALYSTS, ""),
            replace("notes.txt", "here yet.", "here yet. " + ANALYSTS),
        ),
        (Expected("moved", (ANALYSTS,), (ANALYSTS,), document="notes.txt", significance=None),),
    ),
    Step(
        "the file renamed",
        rename(NAME, "renamed.txt"),
        (Expected("renamed", level="document", document="renamed.txt", document_before=NAME, significance=None),),
    ),
)


@pytest.fixture(scope="module")
def seed_begun(once: Once) -> Workspace:
    def begin(made: Workspace) -> None:
        (made.seeds / NAME).write_bytes(SEEDS[0].read_bytes())
        made.write("notes.txt", NOTES)
        made.run(0)

    return once("shared-seed", begin)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_edit_of_the_shared_seed_is_recorded_exactly_once(seed_begun: Workspace, tmp_path: Path, step: Step) -> None:
    workspace = seed_begun.copy(tmp_path / "work")
    step.edit(workspace.seeds)
    workspace.run(1)
    assert_says(workspace.log(), step.expected, {})


def test_abbreviation_and_unspaced_quotation_end_no_sentence(seed_begun: Workspace) -> None:
    assert {STRESSED, CONFLICT} <= set(seed_begun.texts(NAME))


def test_removed_seed_is_restored_as_the_same_document(seed_begun: Workspace, tmp_path: Path) -> None:
    workspace = seed_begun.copy(tmp_path / "work")
    data, texts = (workspace.seeds / NAME).read_bytes(), workspace.texts(NAME)
    delete(NAME)(workspace.seeds)
    workspace.run(1)
    workspace.write(NAME, data)
    workspace.run(2)
    records = workspace.log()
    assert {record["document_id"] for record in records} == {records[0]["document_id"]}
    for number, kind in ((1, "removed"), (2, "restored")):
        said = [record for record in records if record["taken_at"] == day(number)]
        assert [record["kind"] for record in said] == [kind] * (len(texts) + 1)
