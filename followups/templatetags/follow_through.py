"""Charts of follow-through: plain SVG, each with its words beside it."""

from typing import Any

from django import template

from crm.templatetags.ui import count
from followups.follow_through.sums import Ratio
from followups.follow_through.word import Step

register = template.Library()

HEIGHT = 100
WIDTH, GAP = 20, 6


@register.inclusion_tag("followups/follow_through/trend.html")
def trend(steps: list[Step]) -> dict[str, Any]:
    """What was due in each step as a column, the part that was kept on time filled."""
    most = max((step.word.whole for step in steps), default=0)
    return {
        "columns": [_column(step, at, most) for at, step in enumerate(steps)] if most else [],
        "width": len(steps) * (WIDTH + GAP) - GAP,
        "height": HEIGHT,
        "column_width": WIDTH,
        "first": steps[0].period.first if steps else None,
        "last": steps[-1].period.last if steps else None,
        "label": _in_words(steps),
        "steps": steps,
    }


def _column(step: Step, at: int, most: int) -> dict[str, int]:
    due = round(step.word.whole / most * HEIGHT)
    kept = round(step.word.part / most * HEIGHT)
    return {"x": at * (WIDTH + GAP), "due": due, "top": HEIGHT - due, "kept": kept} | {
        "kept_top": HEIGHT - kept
    }


def _in_words(steps: list[Step]) -> str:
    told = [
        f"until {step.period.last:%-d %b} {step.word.part} of {step.word.whole}"
        for step in steps
        if step.word.whole
    ]
    return f"Promises kept on time, of those due: {', '.join(told)}." if told else ""


@register.inclusion_tag("followups/follow_through/bands.html")
def bands(rows: list[tuple[str, int]]) -> dict[str, Any]:
    """Numbers with a bar each, the longest as wide as there is room."""
    most = max((number for _, number in rows), default=0) or 1
    return {"rows": [(name, number, round(number / most * 100)) for name, number in rows]}


@register.inclusion_tag("followups/follow_through/shares.html")
def shares(rows: list[tuple[str, Ratio]]) -> dict[str, Any]:
    """Shares with a bar each, a full one as wide as there is room."""
    return {"rows": [(name, ratio, round((ratio.share or 0) * 100)) for name, ratio in rows]}


@register.filter
def against(now: int, before: int) -> str:
    """A number against that of the period before, in words that do not judge."""
    return f"{count(before, 'time')} in the period before" if before or now else ""
