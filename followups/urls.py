"""Addresses of today, promises, the composer, the calendar and the morning mail."""

from django.urls import path

from followups.views import calendar, digest, fired, invitations, mail, notes, promises, today

app_name = "followups"
urlpatterns = [
    path("", today.show, name="today"),
    path("today/<int:pk>/why/", today.why, name="why"),
    path("today/<int:pk>/done/", today.done, name="done"),
    path("today/<int:pk>/talk/", today.talked, name="talked"),
    path("today/<int:pk>/skipping/", today.skip, name="skipping"),
    path("today/<int:pk>/snoozing/", today.snooze, name="snoozing"),
    path("answers/<int:pk>/next/", today.plan_next, name="next"),
    path("answers/<int:pk>/undoing/", today.undo, name="answer_undoing"),
    path("calendar/", calendar.show, name="calendar"),
    path("digest/", digest.show, name="digest"),
    path("digest/html/", digest.html, name="digest_html"),
    path("digest/settings/", digest.settings, name="digest_settings"),
    path("digest/sending/", digest.send, name="digest_sending"),
    path("digest/resumption/", digest.resume, name="digest_resumption"),
    path("fired/", fired.show, name="fired"),
    path("fired/<str:day>/", fired.show, name="fired_on"),
    path("mail/off/<str:token>/", mail.off, name="mail_off"),
    path("mail/<str:act>/<str:token>/", mail.act, name="mail_act"),
    path("invitations/", invitations.show, name="invitation"),
    path("notes/new/", notes.new, name="note_new"),
    path("notes/<int:pk>/", notes.edit, name="note_edit"),
    path("notes/<int:pk>/history/", notes.history, name="note_history"),
    path("notes/<int:pk>/removal/", notes.remove, name="note_removal"),
    path("notes/<int:pk>/undoing/", notes.take_back_new, name="note_undoing"),
    path("notes/<int:pk>/return/", notes.bring_back, name="note_return"),
    path("promises/", promises.index, name="promises"),
    path("promises/new/", promises.new, name="promise_new"),
    path("promises/<int:pk>/", promises.detail, name="promise"),
    path("promises/<int:pk>/keeping/", promises.keep, name="promise_keeping"),
    path("promises/<int:pk>/reopening/", promises.reopen, name="promise_reopening"),
    path("promises/<int:pk>/wording/", promises.reword, name="promise_wording"),
    path("promises/<int:pk>/moving/", promises.move, name="promise_moving"),
    path("promises/<int:pk>/ending/", promises.end, name="promise_ending"),
]
