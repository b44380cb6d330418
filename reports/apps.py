from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from participants import hooks
        from reports import mails, personal, services
        from reports.queries.standing import dividing, standing_in
        from surveys import hooks as answering

        mails.register_all()
        hooks.parts.extend(personal.PARTS)
        hooks.retaining.extend(personal.RULES)
        hooks.erasing.insert(0, services.drop_tables_of)
        answering.dividing.append(dividing)
        answering.standing.append(standing_in)
