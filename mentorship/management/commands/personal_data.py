from typing import Any

from django.core.management.base import BaseCommand

from mentorship.own_data.table import markdown


class Command(BaseCommand):
    help = "Print what is kept about people, column by column, as the table of docs/personal-data.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(markdown(), ending="")
