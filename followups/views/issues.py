"""Issues: all of the team's, one of them, and every way in which one can go."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import Company, Contact
from contacts.models.base import Conflict
from contacts.picking import chosen_people
from contacts.views.person import company_names
from crm.http import Request, draft_saved, follow, is_fragment, render_page, see_other, toast
from followups import issues, mending
from followups.forms.issue import (
    AssigneeForm,
    IssueChangeForm,
    IssueForm,
    MendingForm,
    SettlingForm,
)
from followups.models import Issue, IssueEvent
from followups.models.issue import IssueSettled
from followups.views.addresses import is_number, wished

SHOWN = ["open", "mine", "settled"]


@require_safe
def index(request: Request) -> HttpResponse:
    """Open ones, those the user is on, or settled ones; `?after=` goes on from there."""
    show = request.GET.get("show", "")
    show = show if show in SHOWN else "open"
    after = request.GET.get("after", "")
    seen = issues.seen_by(request.user)
    if show == "settled":
        page = issues.settled_page(seen, after)
    else:
        rows = seen.filter(assignee=request.user) if show == "mine" else seen
        page = issues.open_page(rows, after)
    more = urlencode({"show": show}) + f"&after={page.rest}"
    context: dict[str, Any] = {"show": show, "page": page, "more": f"?{more}"}
    if is_fragment(request) and after:
        return render_page(request, "followups/issues.html", "issue-rows", context)
    context["counts"] = (
        Issue.objects.visible_to(request.user)
        .open()
        .aggregate(open=Count("pk"), mine=Count("pk", filter=Q(assignee=request.user)))
    )
    return render_page(request, "followups/issues.html", "issues", context)


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """One issue with the promises to make it right, and all that happened to it."""
    issue = _find(request, pk)
    promises = issue.promises.visible_to(request.user).select_related("contact", "owner")
    context = {
        "issue": issue,
        "events": issue.events.select_related("by"),
        "promises": promises.soonest_first(),
        "assignee_form": AssigneeForm(
            user=request.user, initial={"assignee": str(issue.assignee_id or "")}
        ),
    }
    return render_page(request, "followups/issue.html", "issue", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Open one, for the contact or the company that the address names, or for whoever is said."""
    contact = next(iter(chosen_people(request, "contact")), None)
    company = None if contact else _company(request)
    form = IssueForm(request.POST or None, user=request.user, contact=contact, company=company)
    draft = _draft(contact, company)
    if request.method == "POST" and form.is_valid():
        issue = form.open(at=request.now)
        opening = issue.events.filter(kind=IssueEvent.Kind.OPENED).first()
        toast(request, "Written down, and the team knows.", undo=_undoing(request, opening))
        return draft_saved(see_other(request, wished(request) or issue.get_absolute_url()), draft)
    context = {
        "form": form,
        "about": contact or company,
        "draft": draft,
        "next": wished(request),
        "company_names": [] if contact or company else company_names(request.user),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "followups/issue_new.html", "issue-form", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Mend the wording, and say how bad it is."""
    issue = _find(request, pk)
    stored = {"text": issue.text, "severity": issue.severity, "version": issue.version}
    form, theirs = IssueChangeForm(request.POST or None, initial=stored), None
    if request.method == "POST" and form.is_valid():
        try:
            event = form.change(issue, by=request.user, at=request.now)
        except Conflict:
            theirs = _find(request, pk)
        else:
            toast(request, "Changed.", undo=_undoing(request, event))
            return draft_saved(see_other(request, issue.get_absolute_url()), f"issue:{pk}")
    status = 409 if theirs else 422 if form.is_bound else 200
    version = (theirs or issue).version
    context = {"issue": issue, "form": form, "theirs": theirs, "version": version}
    return render_page(request, "followups/issue_change.html", "issue-form", context, status=status)


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """Somebody has spoken with them."""
    issue = _find(request, pk)
    event = issue.answer(by=request.user, at=request.now)
    toast(request, "Good: they have been heard.", undo=_undoing(request, event))
    return follow(_next(request, issue))


@require_POST
def assign(request: Request, pk: int) -> HttpResponse:
    """Hand it to somebody, or to nobody."""
    issue = _find(request, pk)
    form = AssigneeForm(request.POST, user=request.user)
    if not form.is_valid():
        toast(request, "That is nobody of your team any more.")
        return follow(issue.get_absolute_url())
    try:
        event = issue.assign(form.member, by=request.user, at=request.now)
    except IssueSettled:
        return _settled_already(request, issue)
    if issue.assignee == request.user:
        said = "You are on it."
    else:
        said = f"{issue.assignee} is on it." if issue.assignee else "Nobody is on it now."
    toast(request, said, undo=_undoing(request, event))
    return follow(_next(request, issue))


@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: Request, pk: int) -> HttpResponse:
    """The steps to make it right: each that is ticked becomes a promise."""
    issue = _find(request, pk)
    form = MendingForm(
        request.POST or None,
        user=request.user,
        today=request.today,
        people=mending.people_of(issue, request.user),
        steps=mending.steps_left(issue),
    )
    if request.method == "POST" and form.is_valid() and form.whom:
        try:
            made = mending.promise_steps(
                issue, form.planned, to=form.whom, by=request.user, at=request.now
            )
        except IssueSettled:
            return _settled_already(request, issue)
        toast(request, f"Promised: {', '.join(promise.text for promise in made)}.")
        return draft_saved(see_other(request, issue.get_absolute_url()), f"mending:{pk}")
    return _form_page(request, form, "followups/issue_mending.html", issue)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: Request, pk: int) -> HttpResponse:
    """It has been put right: how do they feel about it now?"""
    issue = _find(request, pk)
    form = SettlingForm(
        request.POST or None,
        user=request.user,
        today=request.today,
        people=mending.people_of(issue, request.user),
        offers_check_in=mending.CHECK_IN in mending.steps_left(issue),
    )
    if request.method == "POST" and form.is_valid():
        try:
            mending.settle(
                issue,
                by=request.user,
                at=request.now,
                feeling=form.felt,
                comment=form.cleaned_data["comment"],
                check_in=form.check_in,
                to=form.whom,
            )
        except IssueSettled:
            return _settled_already(request, issue)
        undo = reverse("followups:issue_reopening", args=[issue.pk])
        toast(request, "Settled. Well done.", undo=undo)
        return draft_saved(see_other(request, issue.get_absolute_url()), f"settling:{pk}")
    return _form_page(request, form, "followups/issue_settling.html", issue)


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    issue = _find(request, pk)
    issue.reopen(by=request.user, at=request.now)
    toast(request, "Open again.")
    return follow(_next(request, issue))


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take the last thing back that happened to an issue."""
    events = IssueEvent.objects.visible_to(request.user).present()
    event = get_object_or_404(events.select_related("issue", "formerly"), pk=pk)
    is_opening = event.kind == IssueEvent.Kind.OPENED
    if not event.issue.take_back(event, by=request.user):
        toast(request, "More has happened since: it stays as it is.")
    else:
        toast(request, "Taken back.")
        if is_opening:
            return follow(wished(request) or reverse("followups:issues"))
    return follow(wished(request) or event.issue.get_absolute_url())


def _find(request: Request, pk: int) -> Issue:
    return get_object_or_404(issues.seen_by(request.user).present(), pk=pk)


def _company(request: Request) -> Company | None:
    pk = request.GET.get("company", "")
    companies = Company.objects.visible_to(request.user).present()
    return companies.filter(pk=int(pk)).first() if is_number(pk) else None


def _draft(contact: Contact | None, company: Company | None) -> str:
    if contact:
        return f"issue:contact:{contact.pk}"
    return f"issue:company:{company.pk}" if company else "issue:new"


def _form_page(
    request: Request, form: MendingForm | SettlingForm, template: str, issue: Issue
) -> HttpResponse:
    if not issue.is_open:
        return _settled_already(request, issue)
    status = 422 if form.is_bound else 200
    context = {"issue": issue, "form": form}
    return render_page(request, template, "issue-form", context, status=status)


def _undoing(request: Request, event: IssueEvent | None) -> str:
    """The address that takes `event` back, and leads back to where one was."""
    if event is None:
        return ""
    url = reverse("followups:issue_undoing", args=[event.pk])
    back = wished(request)
    return f"{url}?{urlencode({'next': back})}" if back else url


def _settled_already(request: Request, issue: Issue) -> HttpResponse:
    """A second tab or a second click."""
    toast(request, "This is settled already.")
    return see_other(request, issue.get_absolute_url())


def _next(request: Request, issue: Issue) -> str:
    return wished(request) or issue.get_absolute_url()
