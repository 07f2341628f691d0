"""The mails as their user sees them here: what they say, whether they come, and one right now."""

from typing import Any

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm.forms import MailForm
from crm.http import Request, follow, toast
from crm.mailing import Fate, in_words
from followups import delivering, digest, mail, weekly
from followups.digest import Digest
from followups.models import Delivery
from followups.weekly import Weekly


@require_safe
def show(request: Request) -> HttpResponse:
    """Today's digest in plain words, and all that can be decided about it."""
    return _page(request, MailForm(user=request.user))


@require_safe
def html(request: Request) -> HttpResponse:
    """The digest as it looks in a mail, on a page by itself: its styles are not the app's."""
    return HttpResponse(mail.as_page(_written(request)))


@require_safe
def weekly_html(request: Request) -> HttpResponse:
    """The weekly mail in the same way; it does not exist for those who coach nobody."""
    if not weekly.is_for(request.user):
        raise Http404
    return HttpResponse(mail.as_page(_written_weekly(request)))


@require_POST
def settings(request: Request) -> HttpResponse:
    form = MailForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    form.save_part()
    toast(request, "Saved.")
    return _back()


@require_POST
def send(request: Request) -> HttpResponse:
    """Send one now, and say what the mail server said to it."""
    if not consume(request, action="digest"):
        messages.error(request, "That is enough mail for an hour. Try again later.")
        return _back()
    outcome = delivering.send_now(request.user, now=request.now)
    said = in_words(outcome.answer)
    if outcome.fate is Fate.TAKEN:
        toast(request, f"Sent to {request.user.email}. {said}")
    else:
        messages.error(request, f"It did not go out. {said}")
    return _back()


@require_POST
def resume(request: Request) -> HttpResponse:
    """The address takes mail again: its user says so."""
    user = request.user
    user.mail_stopped_at, user.mail_stopped_because = None, ""
    user.save(update_fields=["mail_stopped_at", "mail_stopped_because"])
    toast(request, "Good. The next morning mail goes out again.")
    return _back()


def _written(request: Request) -> Digest:
    return digest.build(request.user, on=request.today, now=request.now)


def _written_weekly(request: Request) -> Weekly:
    return weekly.build(request.user, on=request.today, now=request.now)


def _page(request: Request, form: MailForm, *, status: int = 200) -> HttpResponse:
    written = _written(request)
    context: dict[str, Any] = {
        "form": form,
        "digest": written,
        "text": mail.as_text(written),
        "last": Delivery.objects.visible_to(request.user).filter(kind="digest").first(),
        "halt": delivering.halt(request.now),
    }
    if weekly.is_for(request.user):
        last_week = _written_weekly(request)
        context |= {"weekly": last_week, "weekly_text": mail.as_text(last_week)}
    return render(request, "followups/digest.html", context, status=status)


def _back() -> HttpResponse:
    return follow(reverse("followups:digest"))
