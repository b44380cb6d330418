"""The key of backups, which lies neither in the database nor beside the keys of what is confidential."""

import base64
import binascii
import hashlib

from django.conf import settings

from mentorship.backups import BackupError

HOW = (
    "Make one with: python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())', "
    "and keep it where the backups are not."
)


def backup_key() -> bytes:
    """The 32 bytes of BACKUP_KEY. Raises BackupError if it is missing, malformed or one of the other keys."""
    given: str = settings.BACKUP_KEY
    if not given:
        raise BackupError(f"BACKUP_KEY is not set, so nothing can be encrypted. {HOW}")
    if given in settings.CONFIDENTIAL_KEYS:
        raise BackupError(f"BACKUP_KEY is also one of CONFIDENTIAL_KEYS: one theft would open both. {HOW}")
    try:
        key = base64.b64decode(given, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise BackupError(f"BACKUP_KEY is not the base64 of 32 bytes. {HOW}")
    return key


def fingerprints() -> list[str]:
    """What tells the keys of confidential texts from each other and says nothing about them."""
    return [
        hashlib.sha256(b"mentorship fingerprint " + key.encode()).hexdigest()[:16] for key in settings.CONFIDENTIAL_KEYS
    ]
