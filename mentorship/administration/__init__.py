"""The maintenance pages: Django's admin behind a second factor, for superusers, with nothing confidential in it."""
