"""Fixtures of the acceptance tests that tests of the documentation share."""

from tests.acceptance.conftest import workspace

__all__ = ["workspace"]
