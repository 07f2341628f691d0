"""The form that brings an address book."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from contacts.interchange.vcard import MAX_BYTES

ACCEPTED = ".vcf,.vcard,text/vcard,text/x-vcard,text/directory"


class ImportForm(forms.Form):
    file = forms.FileField(
        label="Your address book",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=f"A vCard file (.vcf) of up to {MAX_BYTES // 2**20} MB, photos and all.",
        error_messages={
            "required": "Choose a file first.",
            "missing": "Choose a file first.",
            "invalid": "The file did not arrive. Choose it once more.",
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            size, most = file.size / 2**20, MAX_BYTES // 2**20
            raise ValidationError(
                f"This file has {size:.0f} MB; {most} MB can be read at once. "
                "Export your people in smaller groups, or without photos."
            )
        return file

    def refuse(self, problem: ValueError) -> None:
        """Say why the file cannot be read."""
        self.add_error("file", str(problem))
