"""The form of a photo: a file from this device or its camera, and the point it is cut round."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from contacts.faces import MAX_BYTES, FaceError, Point

ACCEPTED = "image/*,.heic,.heif"
TOO_LARGE = f"This photo is larger than {MAX_BYTES // 2**20} MB. Please choose a smaller one."


class PhotoForm(forms.Form):
    """`file` and `camera` are two ways to bring the same thing; at most one is used."""

    file = forms.FileField(
        label="Choose a photo",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    camera = forms.FileField(
        label="Take one now",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    focus_x = forms.FloatField(required=False, min_value=0, max_value=1)
    focus_y = forms.FloatField(required=False, min_value=0, max_value=1)

    def __init__(self, *args: Any, has_photo: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_photo = has_photo

    @property
    def upload(self) -> Any:
        """The file that was sent; None if there is none."""
        return self.cleaned_data.get("file") or self.cleaned_data.get("camera")

    @property
    def focus(self) -> Point:
        data = self.cleaned_data
        x, y = data.get("focus_x"), data.get("focus_y")
        return (0.5 if x is None else x, 0.5 if y is None else y)

    def clean(self) -> dict[str, Any]:
        upload = self.upload
        if upload is None and not self.has_photo and not self.errors:
            raise ValidationError("Choose a photo first.")
        if upload is not None and (upload.size or 0) > MAX_BYTES:
            raise ValidationError(TOO_LARGE)
        return self.cleaned_data

    def refuse(self, problem: FaceError) -> None:
        """Say why the photo cannot be used."""
        self.add_error(None, str(problem))
