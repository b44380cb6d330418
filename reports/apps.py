from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from participants import hooks
        from reports import personal

        hooks.parts.extend(personal.PARTS)
