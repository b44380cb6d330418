"""One written form for each e-mail address, so that a person is one account."""

from participants.addresses import BadEmail, canonical_email

__all__ = ["BadEmail", "canonical_email"]
