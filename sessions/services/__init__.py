"""All writes about sessions, notes and goals."""

from sessions.services.experts import want_expert
from sessions.services.feeds import end_feed, note_use, renew_feed
from sessions.services.goals import (
    add_goal,
    change_goal,
    drop_goal,
    reach_goal,
    rename_goal,
    reopen_goal,
    set_goal_level,
)
from sessions.services.guards import Locked
from sessions.services.links import send_new_link
from sessions.services.log import Said, log_as_read, log_session, log_unplanned_session, undo_log
from sessions.services.notes import write_note
from sessions.services.offers import choose_time, offer_times
from sessions.services.scheduling import (
    cancel_all_of,
    cancel_session,
    cancel_sessions_of,
    keep_wall_times,
    move_session,
    plan_agreed,
    plan_session,
)
from sessions.services.sending import Sent, log_once
from sessions.services.series import cancel_later, move_later, plan_series

__all__ = [
    "Locked",
    "Said",
    "Sent",
    "add_goal",
    "cancel_all_of",
    "cancel_later",
    "cancel_session",
    "cancel_sessions_of",
    "change_goal",
    "choose_time",
    "drop_goal",
    "end_feed",
    "keep_wall_times",
    "log_as_read",
    "log_once",
    "log_session",
    "log_unplanned_session",
    "move_later",
    "move_session",
    "note_use",
    "offer_times",
    "plan_agreed",
    "plan_series",
    "plan_session",
    "reach_goal",
    "rename_goal",
    "renew_feed",
    "reopen_goal",
    "send_new_link",
    "set_goal_level",
    "undo_log",
    "want_expert",
    "write_note",
]
