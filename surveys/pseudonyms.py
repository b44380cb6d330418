"""Under which name answers are kept that is not their author's.

Each program has a key of its own, drawn by lot. A person's pseudonym is what that key makes of the number of their
account, so that a later survey finds the earlier one without anybody's name on either. When the key is destroyed
nothing leads from one to the other any more.
"""

import hmac
import secrets
from collections.abc import Iterable

from surveys.models import AnswerKey


def new_key() -> str:
    return secrets.token_hex(32)


def person_code(key: str, user_id: int) -> str:
    """The pseudonym of a person: 32 hexadecimal digits of an HMAC-SHA256 under the program's key."""
    return _code(key, f"person {user_id}")


def match_code(key: str, match_id: int) -> str:
    """The same of a match, so that answers about one match are known to belong together."""
    return _code(key, f"match {match_id}")


def _code(key: str, message: str) -> str:
    # In one call, as a report asks for everybody's.
    return hmac.digest(key.encode(), message.encode(), "sha256").hex()[:32]


def keys_of(programs: Iterable[int]) -> dict[int, str]:
    """The keys of those programs (their numbers) that have one and have not destroyed it. Queries: one."""
    rows = AnswerKey.objects.filter(program__in=list(programs)).values_list("program", "key")
    return {program: key for program, key in rows if key}
