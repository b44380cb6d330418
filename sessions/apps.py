from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    # django.contrib.sessions owns the label "sessions".
    label = "mentoring_sessions"

    def ready(self) -> None:
        from matching import hooks as matching_hooks
        from programs import hooks
        from sessions import mails
        from sessions.services import cancel_sessions_of, plan_agreed

        mails.register_all()
        hooks.leaving.append(cancel_sessions_of)
        matching_hooks.begun.append(plan_agreed)
