from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from matching import mails
        from matching.services import end_matches_of
        from programs import hooks

        mails.register_all()
        hooks.leaving.append(end_matches_of)
