"""Text that only the people concerned may read: encrypted with a key that is not in the database."""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class Unreadable(Exception):
    """A stored text cannot be decrypted with the keys of this installation."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Ciphertext under the newest key of settings.CONFIDENTIAL_KEYS."""
    return _cipher(tuple(settings.CONFIDENTIAL_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text behind a ciphertext made with any key still listed. Raises Unreadable otherwise."""
    try:
        return _cipher(tuple(settings.CONFIDENTIAL_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("No key in CONFIDENTIAL_KEYS opens this text") from error


def renewed(token: str) -> str | None:
    """The ciphertext of the same text under the newest key; None if it is already. Raises Unreadable."""
    keys = tuple(settings.CONFIDENTIAL_KEYS)
    try:
        _cipher(keys[:1]).decrypt(token.encode())
        return None
    except InvalidToken:  # made with an older key, or with none of ours
        pass
    try:
        return _cipher(keys).rotate(token.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("No key in CONFIDENTIAL_KEYS opens this text") from error


def check_keys() -> None:
    """Raises ImproperlyConfigured where a text could not be kept, before anybody has written one."""
    if not settings.CONFIDENTIAL_KEYS:
        raise ImproperlyConfigured("CONFIDENTIAL_KEYS holds no key. Set it before starting, see .env.example.")
    for place, key in enumerate(settings.CONFIDENTIAL_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError as error:
            # The key itself must not get into a log.
            raise ImproperlyConfigured(
                f"Key {place} in CONFIDENTIAL_KEYS is not 32 bytes in URL-safe base64, see .env.example."
            ) from error


# Before the ciphertext in a file of dumpdata, so that loaddata knows it from a text.
DUMPED = "confidential:"


class ConfidentialTextField(models.TextField):  # type: ignore[type-arg]  # Django itself has no parameters here
    """A text column whose content is ciphertext in the database, in dumps and in backups."""

    def get_prep_value(self, value: object) -> str | None:
        # Not by way of to_python, which opens what loaddata reads: no text that somebody writes may be opened.
        plain = models.Field.get_prep_value(self, value)
        return encrypt(str(plain)) if plain else plain

    def value_to_string(self, obj: models.Model) -> str | None:  # type: ignore[override]  # null stays null
        """For dumpdata, which would write what from_db_value has opened."""
        plain = self.value_from_object(obj)
        return f"{DUMPED}{encrypt(plain)}" if plain else plain

    def to_python(self, value: object) -> str | None:
        """For loaddata. Raises Unreadable for a ciphertext that no key opens."""
        text: str | None = super().to_python(value)
        return decrypt(text.removeprefix(DUMPED)) if text and text.startswith(DUMPED) else text

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return decrypt(value) if value else value
