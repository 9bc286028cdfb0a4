"""The page that makes an ignore rule from a change, with what the rule would hide in the whole history."""

from __future__ import annotations

import json

from starlette.responses import Response

from monitor.app import review
from monitor.app.ignore_rules import preview
from monitor.config.settings import IgnoreRule
from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import Aspect, Change
from monitor.reports.phrases import plural
from monitor.reports.reasons import reason_of
from monitor.reports.views import change_run_views
from monitor.web.request import RequestContext

ACTIONS = ("fold", "lower")
LONGEST = 200  # characters of a pattern that is suggested


def rule_page(context: RequestContext) -> Response:
    """A form for a rule, filled from a change; what it holds for; and the lines for monitor.toml."""
    identity = context.query.one("change")
    change = review.entry(context.monitor, identity).change if identity else None
    given = context.query.one("look") == "1"
    rule = _rule_of_form(context) if given or change is None else _suggested(change)
    problem, found = "", None
    try:
        if rule._replace(name="", action="fold") != IgnoreRule():
            (found,) = preview(context.monitor, [rule])
    except UsageError as error:
        problem = visible(str(error))
    return context.page(
        "rule.html",
        title="New ignore rule",
        change=visible(identity),
        rule=rule,
        aspects=list(map(str, Aspect)),
        problem=problem,
        found=found,
        counts=f"{plural(found.changes, 'change')} in {plural(found.documents, 'document')}" if found else "",
        flagged=change_run_views(found.flagged, context.zone, reason=reason_of) if found else (),
        newest=change_run_views(found.newest, context.zone, reason=reason_of) if found else (),
        toml=_toml(rule),
    )


def _rule_of_form(context: RequestContext) -> IgnoreRule:
    query = context.query
    action = query.one("action")
    return IgnoreRule(
        name=query.words("name"),
        action=action if action in ACTIONS else ACTIONS[0],
        document=tuple(filter(None, [query.words("document")])),
        heading=query.words("heading") or None,
        pattern=query.words("pattern") or None,
        aspects=tuple(one for one in query.all("aspect") if one in set(Aspect)),
    )


def _suggested(change: Change) -> IgnoreRule:
    """The change's document, and the words that both sides begin with, or its text."""
    texts = [" ".join(side.text.split()) for side in (*change.before, *change.after)]
    document = (visible(change.document),)
    if not texts or not texts[0]:
        return IgnoreRule(name="new-rule", document=document)
    shared = _shared_beginning(texts[0], texts[-1])
    pattern = texts[0] if shared == texts[0] == texts[-1] else f"{shared}*" if shared else None
    return IgnoreRule(name="new-rule", document=document, pattern=pattern and visible(pattern[:LONGEST]))


def _shared_beginning(one: str, other: str) -> str:
    """The whole words that two texts begin with."""
    if one == other:
        return one
    count = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[: one.rfind(" ", 0, count + 1) + 1]


def _toml(rule: IgnoreRule) -> str:
    """The rule as lines of monitor.toml; JSON's strings are TOML's, too."""
    values = {
        "action": rule.action,
        "document": rule.document[0] if len(rule.document) == 1 else list(rule.document),
        "heading": rule.heading,
        "pattern": rule.pattern,
        "aspects": list(rule.aspects),
    }
    name = json.dumps(rule.name or "new-rule", ensure_ascii=False)
    return "\n".join(
        [
            f"[rules.{name}]",
            *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value),
        ]
    )
