"""Addresses of settings and team."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
