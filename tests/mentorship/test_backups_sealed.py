"""The envelope of backups: a change, a swap, a cut and an addition anywhere are noticed."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorship.backups import BackupError, sealed

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(sealed, "PIECE", 64)


def seal(data: bytes, key: bytes = KEY) -> bytes:
    below = io.BytesIO()
    writer = sealed.SealingWriter(below, key)
    for start in range(0, len(data), 50):
        writer.write(data[start : start + 50])
    writer.close()
    return below.getvalue()


def unseal(stored: bytes, key: bytes = KEY) -> bytes:
    return sealed.SealedReader(io.BytesIO(stored), key).read()


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1_000])
def test_what_went_in_comes_out_and_cannot_be_read_without_the_key(size):
    data = os.urandom(size)
    stored = seal(data)
    assert unseal(stored) == data
    assert size < 16 or data not in stored
    assert seal(data) != stored  # each file has a key of its own


@given(place=st.integers(0, 10**6), flip=st.integers(1, 255))
@settings(max_examples=300, deadline=None)
def test_no_changed_byte_is_read(place, flip):
    stored = bytearray(seal(b"0123456789" * 30))
    stored[place % len(stored)] ^= flip
    with pytest.raises(BackupError):
        unseal(bytes(stored))


def test_no_cut_is_read_and_the_message_says_that_the_end_is_missing():
    stored = seal(b"0123456789" * 30)
    for length in range(len(stored)):
        with pytest.raises(BackupError, match=r"end of this backup is missing|not a backup|another key|was changed"):
            unseal(stored[:length])
    for pieces in range(1, 5):  # a cut between two pieces, each of them as it was written
        with pytest.raises(BackupError, match="The end of this backup is missing"):
            unseal(stored[: sealed.HEADER + pieces * (64 + sealed.TAG)])


def test_no_addition_swap_or_piece_of_another_file_is_read():
    data = b"0123456789" * 30
    stored, other = seal(data), seal(data)
    start, size = sealed.HEADER, 64 + sealed.TAG
    first, second = stored[start : start + size], stored[start + size : start + 2 * size]
    swapped = stored[:start] + second + first + stored[start + 2 * size :]
    foreign = stored[:start] + other[start : start + size] + stored[start + size :]
    for wrong in (stored + b"x", stored + stored[start:], swapped, foreign):
        with pytest.raises(BackupError, match=r"was changed|end of this backup"):
            unseal(wrong)


def test_another_key_is_said_to_be_another():
    with pytest.raises(BackupError, match="made with another key"):
        unseal(seal(b"x"), bytes(32))


def test_another_file_is_said_to_be_none_of_ours():
    with pytest.raises(BackupError, match="not a backup"):
        unseal(b"PK\x03\x04 some other file of a hundred bytes and more " * 3)
