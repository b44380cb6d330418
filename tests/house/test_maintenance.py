"""What superusers can look at is a short list of what is nobody's secret; whatever is added to it is looked at here."""

import datetime as dt
import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory

from mentorship.administration import second_factor, tables
from mentorship.administration.site import site
from participants.confidential import ConfidentialTextField
from tests.factories.participants import UserFactory
from tests.house.world import World
from tests.house.world_place import CANARIES, LATER

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# Each table with all that may be seen, searched or changed of it.
ALLOWED = {
    "participants.User": {"email", "is_active", "is_staff", "is_superuser", "last_login"},
    "participants.RetentionChoice": {"key", "days"},
    "mfa.Authenticator": {"user_id", "type", "created_at", "last_used_at"},
    "mail.Tick": {"name", "slot"},
    "mail.Heartbeat": {"component", "at"},
    "mail.Hold": {"since"},
}


def seen_of(model: type[Model], table: admin.ModelAdmin) -> set[str]:
    request = RequestFactory().get("/")
    request.user = UserFactory.build(is_staff=True, is_superuser=True)
    named = {*table.list_display, *table.search_fields, *table.list_filter, *table.get_fields(request)}
    return {str(name).split("__")[0].lstrip("^=@") for name in named if name != "action_checkbox"}


def wrong(site: admin.AdminSite) -> list[str]:
    found = []
    for model, table in site._registry.items():
        label = model._meta.label
        if any(isinstance(column, ConfidentialTextField) for column in model._meta.get_fields()):
            found.append(f"{label} has confidential texts")
        extra = seen_of(model, table) - ALLOWED.get(label, set())
        if extra or label not in ALLOWED:
            found.append(f"{label} shows {sorted(extra)}")
        if table.inlines or table.actions:
            found.append(f"{label} shows rows of others, or does something to many")
    return found


@pytest.mark.pure
def test_nothing_confidential_is_registered():
    assert tables.urls[2] == "admin"  # with everything registered
    assert wrong(site) == []
    assert set(ALLOWED) == {model._meta.label for model in site._registry}
    assert admin.site._registry == {}


@pytest.mark.pure
def test_a_confidential_table_or_column_would_be_found():
    """The control of the test above."""
    from participants.models import User
    from sessions.models import Note

    other = admin.AdminSite(name="other")
    other.register(Note)
    other.register(User)
    found = wrong(other)
    assert any(line.endswith("Note has confidential texts") for line in found)
    assert any(line.startswith("participants.User shows") and "password" in line for line in found)


def test_a_superuser_reads_no_canary_there(world: World, settings):
    settings.ROOT_URLCONF = "tests.mentorship.urls_maintained"
    olga = UserFactory.create(is_staff=True, is_superuser=True)
    second_factor.enrol(user=olga, secret=SECRET, now=LATER - dt.timedelta(days=1))
    browser = Client()
    browser.force_login(olga)
    code = format_hotp_value(hotp_value(SECRET, int(LATER.timestamp()) // 30))
    assert browser.post("/inner-door/second-factor/", {"code": code}).status_code == 302
    waiting, read = ["/inner-door/"], {}
    while waiting:
        page = waiting.pop()
        read[page] = browser.get(page).content.decode()
        links = {link.split("#")[0] for link in re.findall(r'href="(/inner-door/[^"?]*)', read[page])}
        waiting += [link for link in links if link not in read and link not in waiting]
    assert len(read) > 15
    assert world.cast.mia.email in read["/inner-door/participants/user/"]
    everything = "".join(read.values())
    assert [name for name, word in CANARIES.items() if word in everything] == []
