"""Widgets drawn without a template look as Django's own."""

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from crm.rendering import Renderer

WIDGETS = {
    "text": (forms.TextInput(attrs={"maxlength": 9, "required": True}), '"<b>'),
    "nothing": (forms.TextInput(), None),
    "email": (forms.EmailInput(attrs={"autofocus": False}), "a@b.example"),
    "hidden": (forms.HiddenInput(), 3),
    "select": (forms.Select(choices=[("", "Any"), (1, "<One>"), ("two", "Two")]), "two"),
    "number": (forms.Select(choices=[(1, "One"), (2, "Two")], attrs={"class": "x"}), 1),
    "groups": (forms.Select(choices=[("Near", [("a", "A")]), ("b", "B")]), "b"),
}


@pytest.mark.parametrize("name", WIDGETS)
def test_widget_is_drawn_as_django_draws_it(name):
    widget, value = WIDGETS[name]

    ours = widget.render("field", value, {"id": "id_field"}, renderer=Renderer())
    django = widget.render("field", value, {"id": "id_field"}, renderer=TemplatesSetting())

    assert "".join(ours.split("\n")) == "".join(part.strip() for part in django.split("\n"))
