"""What files say of the schema: docs/schema.md, docs/datasette.json, the JSON Schema of a change.

`python -m tests.docs.schema_page` writes them again.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping

from monitor.ledger.schema import DERIVED, KEPT
from monitor.ledger.views import VIEWS, View
from monitor.reports.json import dumps
from monitor.reports.records import change_schema
from monitor.reviews.schema import COLUMNS, VERDICTS_COLUMNS
from tests.support.paths import PROJECT

PAGE = PROJECT / "docs" / "schema.md"
CHANGE = PROJECT / "monitor" / "reports" / "schemas" / "change.json"
METADATA = PROJECT / "docs" / "datasette.json"
EVERY: Mapping[str, View] = {**VIEWS, "verdicts_view": VERDICTS_COLUMNS}
TABLE = re.compile(r"(<!-- columns of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(name: str) -> str:
    """The table of a view's columns."""
    view = EVERY[name]
    lines = ["| column | type | |", "|---|---|---|"]
    lines += [f"| `{column.name}` | {column.type} | {column.meaning} |" for column in view.columns]
    return f"\nA row is {view.row}.\n\n" + "\n".join(lines) + "\n\n"


def page(text: str) -> str:
    """The page with its tables as the schema has them."""
    return TABLE.sub(lambda match: f"{match[1]}{table(match[2])}{match[3]}", text)


def metadata() -> str:
    """What Datasette is to say of the two databases: the views described, the tables hidden."""

    def described(views: Mapping[str, View]) -> dict[str, object]:
        return {
            name: {
                "description": f"A row is {view.row}.",
                "columns": {column.name: column.meaning.replace("`", "") for column in view.columns},
            }
            for name, view in views.items()
        }

    hidden = {"hidden": True}
    ledger = {**described(VIEWS), **dict.fromkeys((*DERIVED, *KEPT, "text_words"), hidden)}
    reviews = {**described({"verdicts_view": VERDICTS_COLUMNS}), **dict.fromkeys(("review_marks", *COLUMNS), hidden)}
    content = {
        "title": "monitor",
        "description": "Which statements of a folder of documents changed, when, and how.",
        "databases": {"ledger": {"tables": ledger}, "reviews": {"tables": reviews}},
    }
    return json.dumps(content, indent=2) + "\n"


def main() -> None:
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    METADATA.write_text(metadata(), "utf-8")
    CHANGE.write_text(dumps(change_schema(), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
