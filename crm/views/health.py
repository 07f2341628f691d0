"""Whether the process answers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def process(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})
