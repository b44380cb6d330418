"""Pages around the outcome report: behind its link, for admins, and for coordinators."""

import datetime as dt
from decimal import Decimal

from django.urls import reverse

from programs.models import Program
from reports.services.pricing import set_price
from reports.services.sharing import share_report
from tests.browser.sample_kit import Shown

# The program of the sample that is over, with everything that a report can show.
LAST_YEAR = "last-years-mentoring"


def link_pages(now: dt.datetime) -> list[Shown]:
    program = Program.objects.get(slug=LAST_YEAR)
    by = program.coordinators.get().user
    set_price(program=program, hour=Decimal(55), costs=Decimal(4000), currency="EUR", by=by, now=now)
    _, key = share_report(program=program, days=30, by=by, now=now)
    return [Shown("report_links:report", reverse("report_links:report", args=[key]))]


def admins_pages(program: Program) -> list[Shown]:
    chosen = f"?one={LAST_YEAR}&other={program.slug}"
    return [
        Shown("organisation:links", reverse("organisation:links")),
        Shown("organisation:cohorts", f"{reverse('organisation:cohorts')}{chosen}"),
    ]
