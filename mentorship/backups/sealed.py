"""A stream encrypted piece by piece, so that a change, a swap, a cut and an addition are all noticed.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, 2015): AES-256-GCM over pieces of one size, whose nonce is the piece's number and whether
it is the last. Each file has a key of its own, derived from the operator's key and the file's salt, so that no nonce
meets a key twice; the header is part of what every piece authenticates.
"""

import os
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mentorship.backups import BackupError

MAGIC = b"mentorship backup 1\n"
PIECE = 1024 * 1024
TAG = 16
SALT = 16
KEY_ID = 8
HEADER = len(MAGIC) + KEY_ID + SALT


def _derived(key: bytes, salt: bytes, purpose: bytes, length: int = 32) -> bytes:
    return HKDF(SHA256(), length, salt, b"mentorship backup " + purpose).derive(key)


def _key_id(key: bytes) -> bytes:
    return _derived(key, b"", b"key id", KEY_ID)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class SealingWriter:
    """A file to write to; what reaches the file below is encrypted. Complete only once close() has returned."""

    def __init__(self, below: IO[bytes], key: bytes) -> None:
        salt = os.urandom(SALT)
        self._below = below
        self._header = MAGIC + _key_id(key) + salt
        self._cipher = AESGCM(_derived(key, salt, b"file"))
        self._waiting = bytearray()
        self._number = 0
        below.write(self._header)

    def write(self, data: bytes) -> int:
        self._waiting += data
        # The newest piece stays until it is known whether it is the last.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._below.write(self._cipher.encrypt(_nonce(self._number, last=last), piece, self._header))
        self._number += 1


class SealedReader:
    """A file to read from. Raises BackupError at the first piece that is not as it was written, or is missing."""

    def __init__(self, below: IO[bytes], key: bytes) -> None:
        self._below = below
        self._header = below.read(HEADER)
        if not self._header.startswith(MAGIC) or len(self._header) < HEADER:
            raise BackupError("This is not a backup of this software.")
        if self._header[len(MAGIC) : len(MAGIC) + KEY_ID] != _key_id(key):
            raise BackupError("This backup was made with another key than the one that is set.")
        self._cipher = AESGCM(_derived(key, self._header[-SALT:], b"file"))
        self._next = below.read(PIECE + TAG)
        self._open = bytearray()
        self._number = 0
        self._done = False

    def read(self, size: int = -1) -> bytes:
        while not self._done and (size < 0 or len(self._open) < size):
            self._unseal()
        end = len(self._open) if size < 0 else size
        found = bytes(self._open[:end])
        del self._open[:end]
        return found

    def _unseal(self) -> None:
        sealed, self._next = self._next, self._below.read(PIECE + TAG)
        last = not self._next
        try:
            self._open += self._cipher.decrypt(_nonce(self._number, last=last), sealed, self._header)
        except InvalidTag:
            raise BackupError(self._what_is_wrong(sealed, last=last)) from None
        self._number, self._done = self._number + 1, last

    def _what_is_wrong(self, sealed: bytes, *, last: bool) -> str:
        if last and (len(sealed) < PIECE + TAG or self._is_inner(sealed)):
            return "The end of this backup is missing or was changed. Nothing was restored from it."
        return f"This backup was changed after it was made (in piece {self._number + 1}). Nothing was restored from it."

    def _is_inner(self, sealed: bytes) -> bool:
        """Whether a piece that stands at the end was not written as the last."""
        try:
            self._cipher.decrypt(_nonce(self._number, last=False), sealed, self._header)
        except InvalidTag:
            return False
        return True
