"""All writes about sessions, notes and goals."""

from sessions.services.feeds import end_feed, renew_feed
from sessions.services.goals import (
    add_goal,
    change_goal,
    drop_goal,
    reach_goal,
    rename_goal,
    reopen_goal,
    set_goal_level,
)
from sessions.services.links import send_new_link
from sessions.services.log import log_session, log_unplanned_session, undo_log
from sessions.services.notes import write_note
from sessions.services.scheduling import (
    cancel_session,
    cancel_sessions_of,
    keep_wall_times,
    move_session,
    plan_agreed,
    plan_session,
)

__all__ = [
    "add_goal",
    "cancel_session",
    "cancel_sessions_of",
    "change_goal",
    "drop_goal",
    "end_feed",
    "keep_wall_times",
    "log_session",
    "log_unplanned_session",
    "move_session",
    "plan_agreed",
    "plan_session",
    "reach_goal",
    "rename_goal",
    "renew_feed",
    "reopen_goal",
    "send_new_link",
    "set_goal_level",
    "undo_log",
    "write_note",
]
