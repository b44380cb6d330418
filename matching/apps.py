from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from matching import ending_mails, going_on_mails, mails, personal
        from matching.criteria.likeness import use_text_scorer
        from matching.services import drop_drafts, end_matches_of, stands_on
        from matching.services.erasing import erase_from_matching, shares_a_match_with
        from participants import hooks as people
        from programs import hooks

        mails.register_all()
        ending_mails.register_all()
        going_on_mails.register_all()
        if settings.TEXT_SCORER:
            use_text_scorer(import_string(settings.TEXT_SCORER)())
        # Before the floors above, which look at what has become of the matches.
        hooks.leaving.insert(0, end_matches_of)
        hooks.standing.append(stands_on)
        hooks.removing.append(drop_drafts)
        people.parts.extend(personal.PARTS)
        people.erasing.append(erase_from_matching)
        people.sharing.append(shares_a_match_with)
