import datetime as dt

from safeguarding import services


def tick(now: dt.datetime) -> None:
    """Tell whoever may read a case that nobody looks after, and everybody whose notes were opened three days ago."""
    services.tell_all(now)
    services.tell_due(now)
