from django.apps import AppConfig


class SafeguardingConfig(AppConfig):
    name = "safeguarding"

    def ready(self) -> None:
        from mail import registry
        from participants import hooks
        from safeguarding import mails, personal
        from safeguarding.services.words import take_in
        from safeguarding.services.working import leave_cases
        from sessions import hooks as meeting

        for kind in mails.KINDS:
            registry.register(kind)
        hooks.parts.extend(personal.PARTS)
        hooks.retaining.extend(personal.RULES)
        hooks.erasing.append(leave_cases)
        meeting.reported.append(take_in)
