from django.apps import AppConfig

from crm import checks  # noqa: F401 - registers them


class CrmConfig(AppConfig):
    name = "crm"
