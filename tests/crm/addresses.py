"""Addresses for the tests of the navigation."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("", answer, name="root"), path("people/", answer, name="people")]
