"""Opening the link of an invitation."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.carrying import carry_invitation
from crm.http import Request


@require_safe
@login_not_required
def arrive(request: Request, token: str) -> HttpResponse:
    """Put the link away and go on without it: where it stands no Referer and no log can tell it."""
    response = redirect("followups:invitation")
    carry_invitation(response, token)
    return response
