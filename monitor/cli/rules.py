"""`monitor rules`: list the ignore rules, and preview what a rule would match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from monitor.app.ignore_rules import Preview, effects
from monitor.app.ignore_rules import preview as look
from monitor.cli.console import Page, Record, open_page, write_change, write_records
from monitor.cli.context import Session, command, format_option, kind_options, pass_session, progress
from monitor.config.settings import IgnoreRule
from monitor.core.review.events import VERDICTS
from monitor.errors import UsageError
from monitor.reports.json import change_json
from monitor.reports.phrases import plural


@click.group(epilog="\b\nExample:\n  monitor rules preview --pattern 'Last updated: *'")
def rules_command() -> None:
    """Show the ignore rules, and what one would hide.

    A rule of [rules.NAME] lowers or hides (`collapse`) changes in the review queue. It never deletes one: `monitor log`
    and `monitor review list --folded` show them all.
    """


@command("monitor rules list")
@format_option("text", "json", "jsonl")
@pass_session
def list_(session: Session, *, form: str) -> None:
    """List the rules of the configuration, with the number of changes that each applies to."""
    with session.monitor() as monitor:
        counts = effects(monitor)
        rules = monitor.settings.rules
        if form != "text":
            write_records(({**_rule_json(rule), "changes": counts.get(rule.name, 0)} for rule in rules), form)
            return
        page = open_page(monitor.settings.zone)
        for rule in rules:
            page.line(
                ("label", rule.name), f"  {_words(rule)}  ", ("muted", plural(counts.get(rule.name, 0), "change"))
            )
        if not rules:
            page.line("there is no rule; [rules.NAME] in monitor.toml adds one")


@command("monitor rules preview --pattern 'Last updated: *' --document 'policies/**'")
@click.argument("name", required=False)
@click.option(
    "--document", multiple=True, metavar="PATTERN", help="Only documents with a matching path (may be repeated)."
)
@click.option("--heading", metavar="PATTERN", help="Only below a matching heading; * matches any characters.")
@click.option(
    "--pattern", metavar="PATTERN", help="Only changes whose texts, before and after, match; * matches any characters."
)
@kind_options
@format_option("text", "json", "jsonl")
@pass_session
def preview(session: Session, /, *, name: str | None, form: str, **conditions: Any) -> None:
    """Show what a rule would have hidden in the whole history, and which of it a reviewer had flagged.

    NAME is a rule of the configuration; without it and without an option, all of them are shown, each on its own.
    """
    with session.monitor() as monitor, progress() as report_progress:
        found = look(monitor, _selected_rules(monitor.settings.rules, name, conditions), report_progress)
        if form != "text":
            write_records(map(_preview_json, found), form)
            return
        page = open_page(monitor.settings.zone)
        for one in found:
            _write(page, one)
        if not found:
            page.line("there is no rule; give --pattern, --document, --heading, or write one as [rules.NAME]")


def _selected_rules(rules: Sequence[IgnoreRule], name: str | None, conditions: dict[str, Any]) -> Sequence[IgnoreRule]:
    made = {key: value for key, value in conditions.items() if value}
    if name is None:
        return [IgnoreRule(name="as given", **made)] if made else rules
    if made:
        raise UsageError("give the name of a rule or the options of one, not both")
    found = [rule for rule in rules if rule.name == name]
    if not found:
        raise UsageError(f"there is no rule {name}; there are {', '.join(rule.name for rule in rules) or 'none'}")
    return found


def _write(page: Page, one: Preview) -> None:
    page.line(("label", one.rule.name), f"  {_words(one.rule)}")
    counts = f"{plural(one.changes, 'change')} in {plural(one.documents, 'document')}"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(one.kinds.items()))
    page.line(f"would have {_done(one.rule)} {counts}", ("muted", f": {kinds}" if kinds else ""), indent=2)
    reviewed = ", ".join(f"{one.verdicts[verdict]:,} {verdict}" for verdict in VERDICTS if one.verdicts.get(verdict))
    page.line(("muted", reviewed or "nothing to review"), indent=2)
    if one.flagged:
        page.line(("failed", f"a reviewer flagged {plural(len(one.flagged), 'change')} of these:"), indent=2)
    for change in one.flagged or one.newest:
        write_change(page, change)
    page.line()


def _done(rule: IgnoreRule) -> str:
    return "hidden" if rule.action == "fold" else "lowered"


def _words(rule: IgnoreRule) -> str:
    return ", ".join(_rule_conditions(rule))


def _rule_conditions(rule: IgnoreRule) -> Iterator[str]:
    yield rule.action
    for key in ("document", "heading", "pattern", "aspects", "significance", "kinds"):
        value = getattr(rule, key)
        if value:
            yield f"{key} {' '.join(value) if isinstance(value, tuple) else value!r}"


def _rule_json(rule: IgnoreRule) -> Record:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in rule._asdict().items()}


def _preview_json(one: Preview) -> Record:
    return {
        "rule": _rule_json(one.rule),
        "changes": one.changes,
        "documents": one.documents,
        "kinds": one.kinds,
        "verdicts": one.verdicts,
        "flagged": [change_json(change) for change in one.flagged],
        "newest": [change_json(change) for change in one.newest],
    }


rules_command.add_command(list_, "list")
rules_command.add_command(preview, "preview")
