"""Names for half-typed fields: the team's companies, favourite teams."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contacts.folding import fold
from contacts.models import Company
from contacts.teams import find_teams
from crm.http import Request

AT_MOST = 12


@require_safe
def companies(request: Request) -> HttpResponse:
    """Options of a datalist: companies of the team that hold what was typed."""
    typed = fold(request.GET.get("company", "")[:200])
    found = Company.objects.visible_to(request.user).present().filter(folded__contains=typed)
    return _options(request, list(found.values_list("name", flat=True)[:AT_MOST]))


@require_safe
def teams(request: Request) -> HttpResponse:
    """The same of favourite teams."""
    typed = request.GET.get("text", "")[:200]
    return _options(request, [team.name for team in find_teams(typed, AT_MOST)])


def _options(request: Request, names: list[str]) -> HttpResponse:
    return render(request, "contacts/pieces/options.html", {"names": names})
