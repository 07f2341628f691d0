"""A word about a promise that slipped: from who owes it, and from who would help."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from crm.http import Request, render_page, see_other, toast
from followups.forms.follow_through import TakingForm, WordForm
from followups.models import Promise
from followups.passing import PassingError, hand_promise


@require_http_methods(["GET", "HEAD", "POST"])
def add_context(request: Request, pk: int) -> HttpResponse:
    """How it came about that a promise was late or broken: its owner says."""
    own = Promise.objects.owned_by(request.user).select_related("contact", "owner")
    promise = get_object_or_404(own, pk=pk)
    if not promise.was_missed(request.today):
        toast(request, "It has not been missed: there is nothing to explain.")
        return redirect(promise)
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        promise.add_context(form.cleaned_data["text"], by=request.user, at=request.now)
        toast(request, "Added.")
        return see_other(request, promise.get_absolute_url())
    return _page(request, form, "followups/promise_context.html", promise)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_help(request: Request, pk: int) -> HttpResponse:
    """ "Can I help?": a word to who owes the promise."""
    promise = _others(request, pk)
    if not promise.was_missed(promise.owner.today(request.now)):
        toast(request, "It has not been missed: there is nothing to help with.")
        return redirect(promise)
    form = WordForm(request.POST or None, initial={"text": "Can I help?"})
    if request.method == "POST" and form.is_valid():
        promise.offer_help(form.cleaned_data["text"], by=request.user, at=request.now)
        toast(request, f"{promise.owner} sees it on Today.")
        return see_other(request, promise.get_absolute_url())
    return _page(request, form, "followups/promise_help.html", promise)


@require_http_methods(["GET", "HEAD", "POST"])
def take(request: Request, pk: int) -> HttpResponse:
    """Take a promise over, or have somebody else do so."""
    promise = _others(request, pk)
    if not promise.can_be_taken:
        toast(request, "It has ended: there is nothing to take over.")
        return redirect(promise)
    form = TakingForm(request.POST or None, user=request.user, owner=promise.owner)
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["to"].user
        word = form.cleaned_data["comment"]
        try:
            hand_promise(promise, to=new, by=request.user, at=request.now, word=word)
        except PassingError as problem:  # they have left the team just now
            form.add_error("to", str(problem))
            return _page(request, form, "followups/promise_taking.html", promise)
        toast(request, f"{'You owe' if new == request.user else f'{new} owes'} it now.")
        return see_other(request, promise.get_absolute_url())
    return _page(request, form, "followups/promise_taking.html", promise)


def _others(request: Request, pk: int) -> Promise:
    promises = Promise.objects.helped_by(request.user).select_related("contact", "owner")
    return get_object_or_404(promises, pk=pk)


def _page(request: Request, form: forms.Form, template: str, promise: Promise) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"promise": promise, "form": form}
    return render_page(request, template, "promise-form", context, status=status)
