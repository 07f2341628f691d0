"""Addresses of today, promises, the composer and the calendar."""

from django.urls import path

from followups.views import today

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
]
