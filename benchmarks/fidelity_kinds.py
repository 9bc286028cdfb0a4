"""How rightly the kind of a change is told; writes its section of docs/generated/fidelity.md.

Four measures. The labelled pairs of tests/core/classification: F1 of each aspect. Pairs that look like the other kind,
by family: how many changes of meaning are called editorial. Sentence pairs of scientific papers
whose edits annotators typed (arXivEdits): `editorial` where all edits are of typing, grammar or format. Drafts of
essays (ArgRewrite): `editorial` where the purpose was convention, grammar or spelling. The last two live outside of the
checkout and are left out where they are absent. Papers are dealt to quarters by a hash of their name: rules were made
looking at three quarters; the fourth was kept aside.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from monitor.core.classification.classify import classify, classify_texts
from monitor.core.tracking.ids import CLASSIFY
from monitor.model import Aspect, Significance, Statement

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("MONITOR_CORPORA", ROOT / "../shared/corpora"))
REPORT = ROOT / "docs" / "generated" / "fidelity.md"
BEGIN, END = "<!-- kinds:begin -->", "<!-- kinds:end -->"
SLIPS = {"Improve-grammar-Typo", "Format"}
ASIDE = 3  # the quarter that was not looked at


class Score(NamedTuple):
    """Decisions counted: rightly given, wrongly given, missed."""

    hits: int = 0
    wrong: int = 0
    missed: int = 0

    def plus(self, *, wanted: bool, given: bool) -> Score:
        return Score(
            self.hits + (wanted and given), self.wrong + (given and not wanted), self.missed + (wanted and not given)
        )

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(2 * self.hits + self.wrong + self.missed, 1)

    def told(self) -> str:
        return f"{share(self.hits, self.hits + self.wrong)} | {share(self.hits, self.hits + self.missed)}"


def share(part: int, whole: int) -> str:
    """A share with its 95 % interval (Wilson) and its counts."""
    if not whole:
        return "-"
    p, z = part / whole, 1.96
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    reach = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return f"{p:.3f} ({middle - reach:.3f}-{middle + reach:.3f}; {part}/{whole})"


def labelled_pairs() -> list[dict[str, Any]]:
    paths = sorted((ROOT / "tests/core/classification").glob("kinds*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def labelled() -> Iterator[str]:
    """One row an aspect, over the labelled pairs."""
    scores = dict.fromkeys(Aspect, Score())
    significance: Counter[bool] = Counter()
    pairs = labelled_pairs()
    for pair in pairs:
        sides = [[Statement(pair[s], links=tuple(pair.get(f"links_{s}", ())))] for s in ("before", "after")]
        found = classify(*sides)
        significance[found.significance == pair["significance"]] += 1
        for aspect in Aspect:
            scores[aspect] = scores[aspect].plus(wanted=aspect in pair["aspects"], given=aspect in found.aspects)
    yield f"{len(pairs)} labelled pairs."
    yield ""
    yield "| aspect | precision | recall | F1 |"
    yield "|---|---|---|---|"
    for aspect, score in scores.items():
        yield f"| {aspect} | {score.told()} | {score.f1:.3f} |"
    yield ""
    macro = sum(score.f1 for score in scores.values()) / len(scores)
    yield f"Macro F1 {macro:.3f}; significance {share(significance[True], len(pairs))}."


def families() -> Iterator[str]:
    """One row a family of the pairs that were written before the rules."""
    found: dict[str, list[Counter[bool]]] = {}
    paths = sorted((ROOT / "tests/core/classification").glob("meaning_unseen*.jsonl"))
    for line in (line for path in paths for line in path.read_text("utf-8").splitlines()):
        pair = json.loads(line)
        sides = [[Statement(pair[s], links=tuple(pair.get(f"links_{s}", ())))] for s in ("before", "after")]
        form = pair["significance"] == "editorial"
        counts = found.setdefault(pair["family"], [Counter(), Counter()])
        counts[form][classify(*sides, pair.get("language")).significance is Significance.EDITORIAL] += 1
    yield ""
    yield "Pairs that look like the other kind, written before the rules:"
    yield ""
    yield "| family | changes of meaning called editorial | changes of form found |"
    yield "|---|---|---|"
    for family, (meaning, form) in found.items():
        yield f"| {family} | {meaning[True]} of {meaning.total()} | {form[True]} of {form.total()} |"


PLACEHOLDER = re.compile(r"\[(?:REF|CITATION|MATH|EQUATION)\]")


def papers() -> Iterator[str]:
    """Whole pairs, and edits one at a time, of the annotated papers.

    The data have placeholders for references and formulas. A pair in which one side alone has one does not tell what
    changed.
    """
    rows = [json.loads(line) for line in (CORPORA / "gold/arxivedits_intents.jsonl").read_text("utf-8").splitlines()]
    judged = []  # what it is, kept aside, whether it is a slip, before, after
    for row in rows:
        if not row["edits"] or row["s1"] == row["s2"]:
            continue
        aside = int(hashlib.md5(row["arxiv"].encode()).hexdigest(), 16) % 4 == ASIDE
        slips = [edit["intention"] in SLIPS for edit in row["edits"]]
        judged.append(("sentence pairs", aside, all(slips), row["s1"], row["s2"]))
        judged += [
            ("single edits", aside, slip, *alone(row, edit)) for slip, edit in zip(slips, row["edits"], strict=True)
        ]
    scores: dict[tuple[str, bool, str], Score] = {}
    for what, aside, wanted, before, after in judged:
        if before != after:
            alike = Counter(PLACEHOLDER.findall(before)) == Counter(PLACEHOLDER.findall(after))
            for part in ("all", "placeholders alike")[: 1 + alike]:
                score = scores.get((what, aside, part), Score())
                scores[what, aside, part] = score.plus(wanted=wanted, given=is_editorial(before, after))
    yield ""
    yield "`editorial` against annotators' typing, grammar and format edits in papers (arXivEdits):"
    yield ""
    yield "| what is judged | precision | recall |"
    yield "|---|---|---|"
    for (what, aside, part), score in sorted(scores.items(), key=lambda item: (item[0][0], item[0][2], item[0][1])):
        quarters = "the quarter kept aside" if aside else "three quarters, looked at"
        yield f"| {what}, {quarters}, {part} | {score.told()} |"


def alone(row: dict[str, Any], edit: dict[str, Any]) -> tuple[str, str]:
    """A pair that differs in one edit of a row: applied to the side before, an insertion taken from the side after."""
    before, after = row["s1"].split(), row["s2"].split()
    old, new = edit["tokens_1"], edit["tokens_2"]
    come = after[slice(*new)] if new else []
    if old:
        return " ".join(before), " ".join([*before[: old[0]], *come, *before[old[1] :]])
    return " ".join([*after[: new[0]], *after[new[1] :]]), " ".join(after)


def is_editorial(before: str, after: str) -> bool:
    return classify_texts(before, after).significance is Significance.EDITORIAL


def essays() -> Iterator[str]:
    """Revised sentences of essays, by the purpose that annotators gave."""
    score = Score()
    with gzip.open(CORPORA / "gold/argrewrite_purposes.jsonl.gz", "rt", encoding="utf-8") as lines:
        for essay in map(json.loads, lines):
            old = {sentence["i"]: sentence["text"] for sentence in essay["old"]}
            for new in essay["new"]:
                links = new["aligned"] if isinstance(new["aligned"], list) else []
                if len(links) == 1 and new["revisions"] and old.get(links[0], new["text"]) != new["text"]:
                    wanted = {r["purpose"] for r in new["revisions"]} == {"Conventions/Grammar/Spelling"}
                    score = score.plus(wanted=wanted, given=is_editorial(old[links[0]], new["text"]))
    yield ""
    yield "`editorial` against the purpose *conventions, grammar, spelling* in essays (ArgRewrite), precision, recall:"
    yield f"{score.told().replace(' | ', ', ')}."


def speed() -> Iterator[str]:
    """Processor time for a pair that was not seen before."""
    pairs = labelled_pairs()
    padding = [f" {n}" for n in range(5)]
    start = time.process_time()
    for pad in padding:
        for pair in pairs:
            classify_texts(pair["before"] + pad, pair["after"] + pad)
    spent = (time.process_time() - start) / len(pairs) / len(padding)
    yield ""
    yield f"One pair takes {spent * 1e6:.0f} µs of processor time, {len(pairs)} pairs of about ten words."


def section() -> str:
    lines = [f"## The kind of a change (rules version {CLASSIFY})", "", *labelled(), *families(), *speed()]
    if CORPORA.is_dir():
        lines += [*papers(), *essays()]
    else:
        lines += ["", f"The annotated corpora are not at {CORPORA}: left out."]
    return "\n".join(lines)


def main() -> None:
    text = REPORT.read_text("utf-8") if REPORT.exists() else "# Fidelity: all tables\n"
    if BEGIN not in text:
        text = f"{text.rstrip()}\n\n{BEGIN}\n{END}\n"
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    body = section()
    REPORT.write_text(f"{head}{BEGIN}\n{body}\n{END}{tail}", "utf-8")
    print(body)


if __name__ == "__main__":
    main()
