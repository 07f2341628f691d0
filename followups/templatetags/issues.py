"""What is to be made right, on pages that other views make."""

from datetime import timedelta

from django import template
from django.db.models import Q
from django.template import Context

from contacts.models import Company, Contact
from followups import wording
from followups.models import Issue

register = template.Library()


@register.simple_tag(takes_context=True)
def open_issues(context: Context, about: Contact | Company) -> list[Issue]:
    """What is open for a company, or for a contact and where they work; one query."""
    rows = Issue.objects.visible_to(context["request"].user).open().gravest_first()
    if isinstance(about, Company):
        concerning = Q(company=about)
    else:
        concerning = Q(contact=about)
        if about.company_id:
            concerning |= Q(company=about.company_id)
    return list(rows.filter(concerning).select_related("company", "assignee", "opened_by"))


@register.filter
def stretch(time: timedelta | None) -> str:
    """Some time in words: "three hours"; empty for none."""
    return "" if time is None else wording.stretch(time)
