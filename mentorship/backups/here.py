"""Which kind of database this installation has."""

from django.db import connection

from mentorship.backups.database import Database
from mentorship.backups.postgres import Postgres
from mentorship.backups.sqlite import SQLite


def database() -> Database:
    return Postgres() if connection.vendor == "postgresql" else SQLite()
