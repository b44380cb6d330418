"""What a machine asks to see whether the installation lives."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from mail import services
from mail.models import Heartbeat
from mentorship.tasks import tick

pytestmark = pytest.mark.django_db


def test_the_tick_leaves_a_sign_of_life_and_its_silence_is_told(client: Client) -> None:
    assert (client.get("/healthz/ready").status_code, Heartbeat.objects.filter(component="planner").exists()) == (
        200,
        False,
    )
    tick()
    assert client.get("/healthz/ready").content == b"ready"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.content) == (503, b"the minute tick has been silent for 6 minutes")


def test_a_silent_tick_does_not_make_the_web_process_dead(client: Client) -> None:
    services.beat(component="planner", now=timezone.now() - dt.timedelta(days=1))
    assert client.get("/healthz").status_code == 200
