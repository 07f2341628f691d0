"""Who has looked at what of mine."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from crm.http import Request, render_page
from followups import looks


@require_safe
def show(request: Request) -> HttpResponse:
    context = {"days": looks.read(request.user, request.now)}
    return render_page(request, "settings/looks.html", "looks", context)
