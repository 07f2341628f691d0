"""What people see when something broke on our side."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

BACK_WITHIN = 30  # seconds: how long a database takes to start again


def misread(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for too much; without a look at the form, which Django's own view would take."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return HttpResponse(render_to_string(f"{status}.html"), status=status)


def broken(request: HttpRequest) -> HttpResponse:
    """500; or 503, and when to come back, where it is only the database that is away."""
    if not isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return server_error(request)
    return HttpResponse(
        render_to_string("503.html"), status=503, headers={"Retry-After": str(BACK_WITHIN)}
    )
