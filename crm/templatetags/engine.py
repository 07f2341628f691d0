"""Telling the owner that nothing runs."""

from typing import Any

from django import template
from django.utils import timezone

from crm.models import Heartbeat, User
from crm.policy import may_manage_team

register = template.Library()


@register.inclusion_tag("ui/engine_strip.html", takes_context=True)
def engine_strip(context: template.Context) -> dict[str, Any]:
    """Since when nothing ticked, if that is too long; one query, for owners alone."""
    user = context.get("user")
    if not isinstance(user, User) or not may_manage_team(user.role):
        return {}
    now = timezone.now()
    last = Heartbeat.last(Heartbeat.TICK)
    return {"stands_still": Heartbeat.is_stale(last, now), "last": last, "now": now}
