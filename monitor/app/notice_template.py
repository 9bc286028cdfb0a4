"""A notice from a template of the user's own: `[notify.NAME] template`.

Jinja renders it in a sandbox. Where that fails, the caller sends its own words and says why: a change is never passed
over because of a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.errors import UsageError

LARGEST = 200_000  # characters of a message
SUBJECT = "Subject:"  # how the first line begins that is the title


def from_template(file: Path, values: Mapping[str, object]) -> tuple[str | None, str]:
    """Title (None: it has none of its own) and body. `values` are what the template may name.

    A file whose name ends in `.html` is HTML, in which everything is escaped. UsageError where anything is wrong.
    """
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    escaped = file.suffix == ".html"
    made = ImmutableSandboxedEnvironment(autoescape=escaped, undefined=StrictUndefined, trim_blocks=True)
    try:
        template = made.from_string(file.read_text("utf-8"))
        text = template.render(values)
    except OSError as error:
        raise UsageError(f"the template {file.name} cannot be read: {error.strerror}") from None
    except (TemplateError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError) as error:
        raise UsageError(f"the template {file.name} fails: {error}") from None
    if len(text) > LARGEST:
        raise UsageError(f"the template {file.name} gives {len(text):,} characters; {LARGEST:,} are allowed")
    first, _, rest = text.partition("\n")
    if first.startswith(SUBJECT):
        return first.removeprefix(SUBJECT).strip() or None, rest.lstrip("\n")
    return None, text
