"""Leaving the team, and removing somebody from it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.http import Request, render_page, see_other, toast
from crm.models import Member
from crm.policy import may_manage_team
from crm.teams import TeamError
from followups import leaving
from followups.forms.handover import LeavingForm
from followups.handing import HandoverError

PAGE = "team/leaving.html"


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request) -> HttpResponse:
    """Go, and say who takes over."""
    if request.user.role is None:
        raise Http404
    return _answer(request, request.user.member)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, pk: int) -> HttpResponse:
    """Take a member out of the team, and say who takes over."""
    if not may_manage_team(request.user.role):
        raise Http404
    members = Member.objects.visible_to(request.user).exclude(user=request.user)
    return _answer(request, get_object_or_404(members.select_related("user", "team"), pk=pk))


def _answer(request: Request, member: Member) -> HttpResponse:
    user = member.user
    held = leaving.belongings(user)
    data = request.POST if request.method == "POST" else None
    form = LeavingForm(data, keeper=user, has_to_hand_over=bool(held))
    context = {"form": form, "member": member, "held": held, "obstacle": leaving.in_the_way(member)}
    if data is None:
        return render_page(request, PAGE, "leaving-form", context)
    if form.is_valid():
        try:
            leaving.leave(user, to=form.new_keeper, by=request.user, at=request.now)
        except (TeamError, HandoverError) as problem:
            form.add_error(None, str(problem))
        else:
            return _gone(request, member)
    return render_page(request, PAGE, "leaving-form", context, status=422)


def _gone(request: Request, member: Member) -> HttpResponse:
    if member.user_id == request.user.pk:
        toast(request, f"You have left {member.team}. This is a team of your own.")
        return see_other(request, reverse("team"))
    toast(request, f"{member.user} is out of the team. To have them back, invite them again.")
    return see_other(request, reverse("team"))
