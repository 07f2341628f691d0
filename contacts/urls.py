"""Addresses of people and what is known of them."""

from django.urls import path

from contacts.views import suggestions

app_name = "contacts"
urlpatterns = [
    path("contacts/suggestions/", suggestions.show, name="suggestions"),
]
