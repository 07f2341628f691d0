"""What belongs to followups on pages that other views make."""

from django import template
from django.template import Context

from contacts.models import Contact
from followups.forms.note import NoteForm
from followups.models import Promise

MOST_ENDED = 20

register = template.Library()


@register.simple_tag(takes_context=True)
def composer_form(context: Context, contact: Contact) -> NoteForm:
    """An empty composer about `contact`."""
    request = context["request"]
    return NoteForm(user=request.user, now=request.now, chosen=[contact])


@register.simple_tag(takes_context=True)
def ended_promises(context: Context, contact: Contact) -> list[Promise]:
    """The latest promises to and by `contact` that have ended, as far as the user sees them."""
    rows = contact.promises.visible_to(context["request"].user).ended()
    return list(rows.latest_first().select_related("owner")[:MOST_ENDED])
