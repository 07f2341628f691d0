"""allauth's forms with labels and hints in Kept's words."""

from typing import Any

from allauth.account import forms as allauth
from allauth.core import context
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from crm.carrying import carried_invitation
from crm.forms import FILL_IN, LineField
from crm.local_time import is_zone
from crm.models import User, default_zone

LONGEST_ADDRESS = 254  # what the database holds
HINT = "At least 8 characters, and nothing that others would guess."


class PlainWords:
    """Says once what a field is: labels instead of placeholders, one password instead of two."""

    LABELS = {
        "login": "Email",
        "oldpassword": "Your password until now",
        "password": "Password",
        "password1": "New password",
    }

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = FILL_IN
            if isinstance(field, forms.EmailField):
                field.validators.append(MaxLengthValidator(LONGEST_ADDRESS))
            field.label = self.LABELS.get(name, field.label)
        if "password1" in self.fields:
            self.fields["password1"].help_text = HINT


class LogInForm(PlainWords, allauth.LoginForm):
    pass


class SignUpForm(PlainWords, allauth.SignupForm):
    """Name, email, password; the time zone is what the browser says, if that makes sense."""

    LABELS = PlainWords.LABELS | {"password1": "Password"}
    field_order = ["name", "email", "password1"]

    name = LineField(
        max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    time_zone = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"data-browser-zone": ""})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        invitation = carried_invitation(context.request, timezone.now())
        if invitation is not None:
            self.initial.setdefault("email", invitation.email)

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        return zone if is_zone(zone) else default_zone()

    def try_save(self, request: Any) -> tuple[User | None, Any]:
        """Whoever signs up with a known address must not be answered sooner than others."""
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
        saved: tuple[User | None, Any] = super().try_save(request)
        return saved


class NewEmailForm(PlainWords, allauth.AddEmailForm):
    LABELS = {"email": "New address"}


class ChangePasswordForm(PlainWords, allauth.ChangePasswordForm):
    pass


class SetPasswordForm(PlainWords, allauth.SetPasswordForm):
    pass


class ForgottenForm(PlainWords, allauth.ResetPasswordForm):
    pass


class NewPasswordForm(PlainWords, allauth.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(PlainWords, allauth.ReauthenticateForm):
    pass
