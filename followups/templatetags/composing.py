"""The composer on pages that other views make."""

from django import template
from django.template import Context

from contacts.models import Contact
from followups.forms import NoteForm

register = template.Library()


@register.simple_tag(takes_context=True)
def composer_form(context: Context, contact: Contact) -> NoteForm:
    """An empty composer about `contact`."""
    request = context["request"]
    return NoteForm(user=request.user, now=request.now, chosen=[contact])
