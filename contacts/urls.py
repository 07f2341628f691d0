"""Addresses of people and what is known of them."""

from django.urls import URLPattern

app_name = "contacts"
urlpatterns: list[URLPattern] = []
