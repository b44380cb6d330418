from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from programs import hooks, mails
        from programs.services.enrolling_deciding import place_freed

        mails.register_all()
        hooks.leaving.append(place_freed)
