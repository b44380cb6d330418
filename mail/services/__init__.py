"""All writes of the outbox."""

from mail.services.delivery import Outcome, Tally, deliver_one, drain
from mail.services.leases import claim, hand_over, release
from mail.services.outcomes import (
    discard_held,
    expire_due,
    hold_overdue,
    lift_suppression,
    mark_failed,
    mark_sent,
    release_held,
)
from mail.services.preferences import Choice, save_wishes
from mail.services.queueing import Draft, cancel, cancel_person, enqueue, enqueue_many, put
from mail.services.room import with_room
from mail.services.ticks import beat, slots_taken, take_slot

__all__ = [
    "Choice",
    "Draft",
    "Outcome",
    "Tally",
    "beat",
    "cancel",
    "cancel_person",
    "claim",
    "deliver_one",
    "discard_held",
    "drain",
    "enqueue",
    "enqueue_many",
    "expire_due",
    "hand_over",
    "hold_overdue",
    "lift_suppression",
    "mark_failed",
    "mark_sent",
    "put",
    "release",
    "release_held",
    "save_wishes",
    "slots_taken",
    "take_slot",
    "with_room",
]
