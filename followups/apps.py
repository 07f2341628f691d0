from importlib import import_module

from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    name = "followups"

    def ready(self) -> None:
        import_module("followups.bouncing")  # listens to the mail provider
        import_module("followups.replies.arriving")
