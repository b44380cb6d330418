"""A page under a name of its own, and what the makers of pages share."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from matching import services as matching
from matching.models import Proposal
from participants.models import User
from programs import services as programs
from programs.models import Program

DAY = dt.timedelta(days=1)
# An address that answers to POST alone, gives a file, or only leads elsewhere.
NO_PAGES = {
    "all_exports:cancel",
    "all_exports:fetch",
    "all_exports:progress",
    "all_exports:take",
    "exports:cancel",
    "exports:fetch",
    "exports:progress",
    "exports:take",
    "account_reset_password", "account_signup", "healthz", "home", "joining:remove", "matching:again",
    "matching:answer", "matching:change_rules", "matching:discard", "matching:lock", "matching:more_places",
    "matching:progress", "matching:redo", "matching:swap", "matching:undo", "matching:withdraw",
    "organisation:revoke_role", "participants:sign_in_link", "participants:theme", "programs:accept_applications",
    "programs:change_field_list", "programs:import_discard", "programs:import_left_out", "programs:import_progress",
    "programs:import_template_csv", "programs:import_template_xlsx", "programs:import_undo", "programs:leave",
    "programs:lift_exclusion", "programs:remove_coordinator", "programs:remove_track", "programs:undo_applications",
    "offline_worker", "own_data:ask", "own_data:file", "own_data:progress", "own_data:resume",
    "curriculum:change_weeks", "sessions:step", "sessions:tick_week",
    "safeguarding:assign", "safeguarding:change", "safeguarding:close", "safeguarding:end", "safeguarding:match",
    "safeguarding:note", "safeguarding:read",
    "safeguarding:read_case",
    "ready", "signals:mute", "reports:export", "reports:open_look", "organisation:comparison",
    "reports:pdf", "reports:withdraw_link", "organisation:pdf", "organisation:withdraw_link",
    "reports:undo_draw", "reports:set_aside", "reports:next_round",
    "session_links:feed", "session_links:undo", "sessions:answer",
    "sessions:certificate_pdf", "sessions:goal_step",
    "sessions:log", "sessions:undo", "setup:download", "surveys:remove_question",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A page under a name of its own: the name of its address, and what it shows if there are several."""

    name: str
    url: str

    @property
    def address(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def picture(self) -> str:
        return self.name.replace(":", "-").replace(" ", "-")


def at(name: str, variant: str = "", query: str = "", /, **kwargs: Any) -> Shown:
    return Shown(f"{name} {variant}".strip(), reverse(name, kwargs=kwargs) + query)


def shown(pages: list[tuple[str, str]]) -> list[Shown]:
    return [Shown(name, url) for name, url in pages]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_program(name: str, models: list[str], by: User, now: dt.datetime) -> Program:
    day = now.date()
    basics = programs.Basics(
        name, day, day + 180 * DAY, timezone="Europe/Berlin", contact_name=by.name, contact_email=by.email
    )
    return programs.create_program(basics=basics, models=models, by=by, now=now)


def solved(track: Any, by: User, now: dt.datetime) -> Proposal:
    proposal = matching.run_proposal(matching.start_proposal(track=track, by=by, now=now).pk, clock=lambda: now)
    assert proposal is not None
    assert proposal.state == Proposal.State.DRAFT, proposal.error
    return proposal
