"""The bar below the list: what to change about the people chosen in it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from contacts.forms.fields import LineField
from contacts.forms.filters import NO_CIRCLE, QuickSelect
from contacts.models import Circle, Tag
from contacts.tags import MOST_LETTERS
from crm.models import User

MOST_AT_ONCE = 1000


class GroupingForm(forms.Form):
    """`contact` are the keys that were ticked; whose people they are, the act looks up."""

    circle = forms.ChoiceField(
        required=False,
        widget=QuickSelect,
        choices=[("", "Same circle"), *Circle.choices, (NO_CIRCLE, "No circle")],
        label="Circle",
    )
    add_tag = LineField(
        required=False,
        max_length=MOST_LETTERS,
        label="Add a tag",
        widget=forms.TextInput({"placeholder": "Add a tag", "list": "tags", "autocomplete": "off"}),
    )
    remove_tag = forms.IntegerField(required=False, widget=QuickSelect, label="Take a tag off")

    def __init__(
        self, data: QueryDict | None = None, *, keeper: User, tags: Iterable[Tag] = ()
    ) -> None:
        super().__init__(data)
        self.keeper = keeper
        self.ticked = data.getlist("contact") if data else []
        choices = [("", "Keep all tags"), *((tag.pk, tag.name) for tag in tags)]
        self.fields["remove_tag"].widget = QuickSelect(choices=choices)

    def chosen(self) -> set[int]:
        """The keys that were ticked."""
        return {
            int(key) for key in self.ticked if key.isascii() and key.isdigit() and len(key) < 19
        }

    def clean_remove_tag(self) -> Tag | None:
        key = self.cleaned_data["remove_tag"]
        if key is None:
            return None
        tag = Tag.objects.visible_to(self.keeper).filter(pk=key).first()
        if tag is None:
            raise forms.ValidationError("That tag is not there any more.")
        return tag

    def clean(self) -> dict[str, Any]:
        chosen = len(self.chosen())
        if not chosen:
            raise forms.ValidationError("Tick the people you mean first.")
        if chosen > MOST_AT_ONCE:
            raise forms.ValidationError(f"Choose at most {MOST_AT_ONCE:,} people at once.")
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError("Choose a circle or a tag for them.")
        return self.cleaned_data

    def change(self) -> dict[str, Any]:
        """What is asked for, as `contacts.grouping.group` takes it."""
        asked = self.cleaned_data
        circle = {"": None, NO_CIRCLE: ""}.get(asked["circle"], asked["circle"])
        return {
            "circle": circle,
            "add_tags": [asked["add_tag"]] if asked["add_tag"] else [],
            "remove_tags": [asked["remove_tag"]] if asked["remove_tag"] else [],
        }
