from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from matching import mails
        from matching.services import drop_drafts, end_matches_of, stands_on
        from programs import hooks

        mails.register_all()
        # Before the floors above, which look at what has become of the matches.
        hooks.leaving.insert(0, end_matches_of)
        hooks.standing.append(stands_on)
        hooks.removing.append(drop_drafts)
