from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from participants import hooks
        from reports import mails, personal

        mails.register_all()
        hooks.parts.extend(personal.PARTS)
