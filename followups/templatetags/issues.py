"""What is to be made right, on pages that other views make."""

from datetime import timedelta

from django import template
from django.db.models import Q
from django.template import Context

from contacts.models import Company, Contact
from followups import issues, wording
from followups.models import Issue

MOST_FOUND = 6

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


@register.simple_tag(takes_context=True)
def found_issues(context: Context, query: str) -> list[Issue]:
    """The first of those that `query` finds, open ones before settled ones; two queries at most."""
    if not query:
        return []
    rows = issues.seen_by(context["request"].user).present().search(query)
    return list(rows.open_first()[:MOST_FOUND])


@register.filter
def stretch(time: timedelta | None) -> str:
    """Some time in words: "three hours"; empty for none."""
    return "" if time is None else wording.stretch(time)
