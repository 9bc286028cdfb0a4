"""What is left when every other aspect has had its say: wording, and form alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.core.aspects.comparison import Comparison, Finding
from monitor.model import Aspect


def find(comparison: Comparison, found: Sequence[Finding]) -> Iterator[Finding]:
    """Changed words that no finding explains; typography where no word changed."""
    before = frozenset[int]().union(*(finding.before for finding in found))
    after = frozenset[int]().union(*(finding.after for finding in found))
    for run in comparison.runs:
        gone = [i for i in range(run.before_start, run.before_end) if i not in before]
        come = [j for j in range(run.after_start, run.after_end) if j not in after]
        if any(comparison.before.keys[i][0].isalnum() for i in gone) or any(
            comparison.after.keys[j][0].isalnum() for j in come
        ):
            reason = (
                f"wording: {comparison.before.quoted(gone) or 'nothing'} → {comparison.after.quoted(come) or 'nothing'}"
            )
            yield Finding(Aspect.WORDING, reason, before=frozenset(gone), after=frozenset(come))
        elif gone or come:
            yield Finding(Aspect.TYPOGRAPHY, "typography: punctuation", substantive=False)
    if not comparison.runs and comparison.before.text != comparison.after.text:
        yield Finding(Aspect.TYPOGRAPHY, "typography: white space, case or quotation marks", substantive=False)
