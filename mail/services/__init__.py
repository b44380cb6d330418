"""All writes of the outbox."""

from mail.services.queueing import Draft, cancel, cancel_person, cancel_unwanted, enqueue, enqueue_many

__all__ = ["Draft", "cancel", "cancel_person", "cancel_unwanted", "enqueue", "enqueue_many"]
