from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    name = "participants"

    def ready(self) -> None:
        from mail import registry
        from participants import mails

        for kind in mails.KINDS:
            registry.register(kind)
