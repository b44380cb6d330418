from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    # Its tables are called so: the shorter label is that of Django's own sessions.
    label = "mentoring_sessions"

    def ready(self) -> None:
        from matching import hooks as matching_hooks
        from participants import hooks as people
        from programs import hooks
        from sessions import ask_mails, closing_mails, mails, personal, slot_mails
        from sessions.services import cancel_sessions_of, plan_agreed
        from sessions.services.ask_apart import call_back_asks
        from sessions.services.asks import drop_asks_of
        from sessions.services.closing import take_goals_along
        from sessions.services.closing_sessions import close_sessions, take_sessions_away
        from sessions.services.erasing import erase_from_sessions
        from sessions.services.slots import drop_slots_of

        mails.register_all()
        closing_mails.register_all()
        slot_mails.register_all()
        ask_mails.register_all()
        hooks.leaving.append(cancel_sessions_of)
        hooks.leaving.append(drop_slots_of)
        hooks.leaving.append(drop_asks_of)
        hooks.parting.append(call_back_asks)
        matching_hooks.begun.append(plan_agreed)
        matching_hooks.begun.append(take_goals_along)
        matching_hooks.ended.append(close_sessions)
        matching_hooks.parted.append(take_sessions_away)
        people.parts.extend(personal.PARTS)
        people.retaining.extend(personal.RULES)
        people.erasing.append(erase_from_sessions)
