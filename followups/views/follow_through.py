"""Follow-through: how well a team, or one of it, keeps its word and looks after its people."""

import csv
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.http import Request, is_fragment, render_page
from crm.looks import looked_through
from followups.follow_through import behind, reviewing
from followups.follow_through.definitions import FIGURES
from followups.forms.follow_through import PeriodForm
from followups.ledger import Place
from followups.models import Promise


@require_safe
def show(request: Request) -> HttpResponse:
    """Every figure, of the team or of one; a seller sees their own."""
    form = _form(request)
    review = reviewing.review(form.read_scope(), form.read_period())
    _tell(request, review.oldest)
    context = {
        "form": form,
        "review": review,
        "figures": FIGURES,
        "has_own": _has_own(form),
    }
    status = 422 if form.errors else 200
    return render(request, "followups/follow_through.html", context, status=status)


@require_safe
def table(request: Request) -> HttpResponse:
    """The figures of each as CSV."""
    form = _form(request)
    period = form.read_period()
    review = reviewing.review(form.read_scope(), period)
    name = f"follow-through-{period.first}-{period.last}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    response.write("\ufeff")  # spreadsheets take it for anything but UTF-8 else
    writer = csv.writer(response)
    writer.writerow(reviewing.HEADINGS)
    writer.writerows(reviewing.table(review))
    return response


@require_safe
def listing(request: Request, slug: str) -> HttpResponse:
    """What stands behind a figure; `?after=` goes on from there."""
    form = _form(request)
    scope, period = form.read_scope(), form.read_period()
    context: dict[str, Any] = {"form": form, "period": period, "slug": slug, "scope": scope}
    if slug in behind.OWN_LISTINGS:
        context |= {
            "title": behind.OWN_LISTINGS[slug],
            "people": behind.own(slug, scope, period),
            "most": behind.MOST,
        }
        return render(request, "followups/follow_through_people.html", context)
    if slug not in behind.LISTINGS:
        raise Http404
    after = Place.parse(request.GET.get("after", ""))
    wanted = behind.LISTINGS[slug]
    page = behind.page(wanted, scope, period, after)
    _tell(request, page.promises)
    context |= {"title": wanted.title, "page": page}
    template = "followups/follow_through_list.html"
    if is_fragment(request) and after:
        return render_page(request, template, "listing-rows", context)
    return render_page(request, template, "listing", context)


def _tell(request: Request, promises: Iterable[Promise]) -> None:
    """Let those whose promises stand in a list know who has read it."""
    owners = {promise.owner_id for promise in promises}
    thing = "list:follow-through"
    looked_through(viewer=request.user, whose_ids=owners, thing=thing, now=request.now)


def _form(request: Request) -> PeriodForm:
    """What the address asks for, read."""
    form = PeriodForm(request.GET, user=request.user, today=request.today)
    form.full_clean()
    return form


def _has_own(form: PeriodForm) -> bool:
    """Whether the viewer's own people are among those counted."""
    return form.read_scope().owner in (None, form.user.pk)
