from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from mail import registry
        from matching import hooks as matching
        from participants import hooks as people
        from sessions import hooks
        from surveys import joining, mails, personal
        from surveys.services.erasing import erase_from_surveys

        for kind in mails.KINDS:
            registry.register(kind)
        hooks.logged.append(joining.after_log)
        hooks.receipt.append(joining.on_receipt)
        hooks.closing.append(joining.on_closing)
        matching.ended.append(joining.after_end)
        matching.parted.append(joining.after_parting)
        people.parts.extend(personal.PARTS)
        people.retaining.extend(personal.RULES)
        people.erasing.append(erase_from_surveys)
