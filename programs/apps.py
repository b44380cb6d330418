from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from participants import hooks as people
        from programs import hooks, mails, personal
        from programs.services.enrolling_deciding import place_freed
        from programs.services.erasing import erase_from_programs, last_coordinator

        mails.register_all()
        hooks.leaving.append(place_freed)
        people.parts.extend(personal.PARTS)
        people.retaining.extend(personal.RULES)
        people.refusing.append(last_coordinator)
        people.erasing.append(erase_from_programs)
