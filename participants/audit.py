"""The chain behind the record of who did what: every entry's hash covers its content and the hash before it.

On PostgreSQL a deferred trigger gives an entry its place when its transaction ends, under a lock that nothing is
waited for behind. Were the place given when the entry is written, any two services that write an entry and lock a
row in different orders could wait for each other. On SQLite only one transaction writes at a time, so the place is
given at once. Both make the same hashes.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import islice

from django.db import connection
from django.db.models import Exists, OuterRef

from mail.writing import insert
from participants.models import AuditEntry, AuditLink

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the chain and the hash it had: kept elsewhere, it shows that nothing up to it was taken away."""

    number: int
    hash: str

    @classmethod
    def read(cls, text: str) -> "Anchor":
        """Read "412:9f86d0…". Raises ValueError."""
        number, _, digits = text.partition(":")
        if len(digits) != 64:
            raise ValueError(f"“{text}” is not a number, a colon and 64 digits")
        return cls(int(number), digits)

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the chain holds, and what first does not fit: nothing where `problem` is empty."""

    holds_to: Anchor
    problem: str = ""
    entry: int | None = None


START = Anchor(0, "")


def digest(entry: AuditEntry) -> str:
    """SHA-256 (64 hexadecimal digits) over everything an entry says, the same before and after it was stored."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    detail = _plain(json.loads(json.dumps(entry.detail)))
    said = [at, entry.by_id, entry.verb, entry.program_id, entry.subject_type, entry.subject_id, detail]
    return _sha256(json.dumps(said, sort_keys=True, separators=(",", ":")))


def chained(before: str, entry: AuditEntry) -> str:
    """The hash of an entry's place: over the hash before it ("" for the first), its number and its digest."""
    return _sha256(f"{before}:{entry.pk}:{entry.digest}")


def append(entry: AuditEntry) -> AuditEntry:
    """Store an entry and give it its place. Called inside the transaction of the deed."""
    entry.digest = digest(entry)
    insert([entry])
    if connection.vendor != "postgresql":
        last = AuditLink.objects.order_by("-number").first()
        number, before = (last.number, last.hash) if last else (0, "")
        AuditLink.objects.create(number=number + 1, entry_id=entry.pk, hash=chained(before, entry))
    return entry


def verify(anchors: Iterable[Anchor] = ()) -> Verdict:
    """Check every entry against the chain, and the chain against anchors kept elsewhere.

    Without an anchor it cannot be seen that the newest entries were taken away with their places, nor that somebody
    who may change the database's triggers has computed the whole chain anew.
    """
    holds_to, kept = START, {anchor.number: anchor for anchor in anchors}
    for links in _batches(AuditLink.objects.order_by("number").iterator(_BATCH)):
        entries = _read([link.entry_id for link in links])
        for link in links:
            problem = _misfit(link, entries.get(link.entry_id), holds_to)
            place = Anchor(link.number, link.hash)
            if not problem and kept.pop(link.number, place) != place:
                problem = "its place is not that of the anchor"
            if problem:
                return Verdict(holds_to, problem, link.entry_id)
            holds_to = place
    return _what_is_left(holds_to, kept)


def _misfit(link: AuditLink, entry: AuditEntry | None, before: Anchor) -> str:
    if link.number != before.number + 1:
        return f"place {before.number + 1} of the chain is missing"
    if entry is None:
        return "it is missing or cannot be read"
    if entry.digest != digest(entry):
        return "it does not say what was written"
    if link.hash != chained(before.hash, entry):
        return "its hash does not follow from the one before"
    return ""


def _what_is_left(holds_to: Anchor, kept: dict[int, Anchor]) -> Verdict:
    placed = AuditLink.objects.filter(entry_id=OuterRef("pk"))
    stray = AuditEntry.objects.filter(~Exists(placed)).order_by("pk").values_list("pk", flat=True).first()
    if stray is not None:
        return Verdict(holds_to, "it has no place in the chain", stray)
    if kept:
        return Verdict(holds_to, f"the chain ends before the anchor {kept[min(kept)]}")
    return Verdict(holds_to)


def _read(pks: Sequence[int]) -> dict[int, AuditEntry]:
    """The entries that can be read: SQLite stores anything in any column, and what it returns may be no date."""
    try:
        return AuditEntry.objects.in_bulk(pks)
    except (AttributeError, TypeError, ValueError):
        return {} if len(pks) == 1 else {number: entry for pk in pks for number, entry in _read([pk]).items()}


def _batches(links: Iterator[AuditLink]) -> Iterator[list[AuditLink]]:
    while batch := list(islice(links, _BATCH)):
        yield batch


def _plain(value: object) -> object:
    """PostgreSQL keeps numbers as decimals: a float that is whole may come back as an integer."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
