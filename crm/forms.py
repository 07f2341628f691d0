"""Forms about who uses Kept."""

from django import forms
from django.http import HttpRequest

from crm.models import User


class SignUpName(forms.Form):
    """What signing up asks beside email and password."""

    name = forms.CharField(max_length=120, label="Your name")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the user is saved; the name was taken by the adapter."""
