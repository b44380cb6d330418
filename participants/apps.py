from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    name = "participants"

    def ready(self) -> None:
        from mail import registry
        from participants import hooks, mails, personal
        from participants.confidential import check_keys

        check_keys()
        for kind in mails.KINDS:
            registry.register(kind)
        hooks.parts.extend(personal.PARTS)
        hooks.retaining.extend(personal.RULES)
