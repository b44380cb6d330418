"""All writes of matching."""

from matching.services.answering import answer_seat
from matching.services.board import book, lock, rearrange, redo, reseat, set_lock, swap, undo, unlock
from matching.services.changing_over import change_over
from matching.services.ending import (
    drop_drafts,
    end_matches_of,
    expire_unanswered,
    finish_sessions,
    stands_on,
    withdraw,
)
from matching.services.ending_soon import end_due, end_soon, hasten_ending, undo_ending
from matching.services.finishing import SECOND_THOUGHTS, close_all, finish_due, keep_open, set_last_day
from matching.services.going_on import continue_match, say_going_on, settle_wish
from matching.services.latecomers import propose_for_waiting
from matching.services.offering import offer_places
from matching.services.parting import end_match, leave_match, wish_another
from matching.services.placing import one_more_place
from matching.services.proposing import count_ways, discard, due, run_proposal, start_proposal
from matching.services.publishing import Published, publish
from matching.services.rules import (
    RuleSpec,
    add_rule,
    ensure_plan,
    move_rule,
    remove_rule,
    save_rule,
    set_objective,
    set_plan,
    set_strength,
)
from matching.services.trying import keep_trial

__all__ = [
    "SECOND_THOUGHTS",
    "Published",
    "RuleSpec",
    "add_rule",
    "answer_seat",
    "book",
    "change_over",
    "close_all",
    "continue_match",
    "count_ways",
    "discard",
    "drop_drafts",
    "due",
    "end_due",
    "end_match",
    "end_matches_of",
    "end_soon",
    "ensure_plan",
    "expire_unanswered",
    "finish_due",
    "finish_sessions",
    "hasten_ending",
    "keep_open",
    "keep_trial",
    "leave_match",
    "lock",
    "move_rule",
    "offer_places",
    "one_more_place",
    "propose_for_waiting",
    "publish",
    "rearrange",
    "redo",
    "remove_rule",
    "reseat",
    "run_proposal",
    "save_rule",
    "say_going_on",
    "set_last_day",
    "set_lock",
    "set_objective",
    "set_plan",
    "set_strength",
    "settle_wish",
    "stands_on",
    "start_proposal",
    "swap",
    "undo",
    "undo_ending",
    "unlock",
    "wish_another",
    "withdraw",
]
