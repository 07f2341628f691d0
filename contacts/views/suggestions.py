"""People whom a half-typed name may mean."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contacts.picking import suggest
from crm.http import Request


@require_safe
def show(request: Request) -> HttpResponse:
    """Boxes to tick; `name` is the field that they are for, `<name>_named` what was typed."""
    name = "people" if request.GET.get("name") != "contact" else "contact"
    query = request.GET.get(f"{name}_named", "")[:200]
    context = {"people": suggest(request.user, query), "name": name, "query": query.strip()}
    return render(request, "contacts/suggestions.html", context)
