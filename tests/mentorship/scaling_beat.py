"""The project's beat, whose minute lasts two seconds."""

import sys

from mentorship.celery import app

if __name__ == "__main__":
    tick = app.conf.beat_schedule["tick"]
    app.conf.beat_schedule = {"tick": {**tick, "schedule": 2.0}}
    app.Beat(loglevel="WARNING", schedule=sys.argv[1], quiet=True).run()
