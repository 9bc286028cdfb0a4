"""What is installed without any extra reads the formats that most people keep."""

from __future__ import annotations

import re
import tomllib

import pytest

from monitor.readers import BUILT_IN
from tests.support.paths import PROJECT

TOLD = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
INSTALLED = {re.split(r"[<>=\[]", one)[0].lower() for one in TOLD["dependencies"]}
BY_NAME = {one.name: one for one in BUILT_IN}


@pytest.mark.parametrize(
    "name", ["text", "markdown", "html", "csv", "docx", "odt", "pdf", "rtf", "xlsx", "pptx", "mail"]
)
def test_libraries_of_common_formats_need_no_extra(name: str) -> None:
    assert set(BY_NAME[name].libraries) <= INSTALLED


@pytest.mark.parametrize("name", ["xls", "msg", "rst"])
def test_libraries_of_other_formats_have_an_extra_of_their_name(name: str) -> None:
    extra = {re.split(r"[<>=\[]", one)[0].lower() for one in TOLD["optional-dependencies"][name]}
    assert extra & set(BY_NAME[name].libraries)
