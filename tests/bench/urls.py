"""Kept's addresses and the floor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from contacts.models import Contact
from crm.http import Request
from crm.urls import urlpatterns as kept


def floor(request: Request) -> HttpResponse:
    """The least a page of rows can cost here: 25 rows by one indexed query, for a user."""
    rows = Contact.objects.filter(keeper=request.user).in_order()[:25]
    return render(request, "floor.html", {"rows": rows})


urlpatterns = [path("floor/", floor), *kept]
