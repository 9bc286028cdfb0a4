"""Every text that acts, in every form that a change is told in: it is text, comes through, and nothing else does."""

from __future__ import annotations

import pytest

from tests.reports.injection_sinks import SINKS
from tests.support.injection_payloads import ALL, PAYLOADS


def test_there_are_sixty_distinct_payloads() -> None:
    assert len(ALL) == len(set(ALL)) >= 60


@pytest.mark.parametrize("kind", PAYLOADS)
@pytest.mark.parametrize("sink", SINKS)
def test_payload_is_written_as_text(sink: str, kind: str) -> None:
    for text in PAYLOADS[kind]:
        SINKS[sink].check(text, SINKS[sink].write(text))
