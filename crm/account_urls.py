"""Addresses of settings, team and invitations."""

from django.urls import path

from crm.views import invitations, settings, team, viewing

urlpatterns = [
    path("settings/", settings.show, name="settings"),
    path("settings/me/", settings.me, name="settings_me"),
    path("settings/days/", settings.days, name="settings_days"),
    path("settings/look/", settings.look, name="settings_look"),
    path("settings/away/", settings.away, name="settings_away"),
    path("settings/away/<int:pk>/removal/", settings.remove_away, name="settings_away_removal"),
    path(
        "settings/away/<str:first>/<str:last>/return/",
        settings.bring_away_back,
        name="settings_away_return",
    ),
    path("settings/log-out/", settings.log_out_everywhere, name="settings_log_out"),
    path("team/", team.show, name="team"),
    path("team/name/", team.name, name="team_name"),
    path("team/invitations/", team.invitations, name="team_invitations"),
    path("team/invitations/return/", team.invite_again, name="team_invitation_return"),
    path("team/invitations/<int:pk>/sending/", team.resend, name="team_invitation_sending"),
    path("team/invitations/<int:pk>/withdrawal/", team.withdraw, name="team_invitation_withdrawal"),
    path("team/view/stop/", viewing.stop, name="view_as_stop"),
    path("team/view/<slug:role>/", viewing.start, name="view_as"),
    path("team/members/<int:pk>/role/", team.role, name="team_role"),
    path("team/members/<int:pk>/role/<slug:before>/", team.role, name="team_role_return"),
    path("invitations/<slug:token>/", invitations.arrive, name="invitation"),
]
