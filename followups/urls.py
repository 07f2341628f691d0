"""Addresses of today, promises, the composer and the calendar."""

from django.urls import URLPattern

app_name = "followups"
urlpatterns: list[URLPattern] = []
