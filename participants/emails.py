"""One written form for each e-mail address, so that a person is one account."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# Characters that look like nothing but make two equal-looking addresses differ.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_LOCAL = re.compile(r"^[^\s<>\"(),:;@\[\]\\]{1,64}$")


class BadEmail(ValueError):
    """Not an address a message can be sent to; str() says why."""


def canonical_email(text: str) -> str:
    """The stored form of an address: NFKC, trimmed, lower case.

    Raises BadEmail for what Django's validator accepts but no mail reaches: quoted or bracketed parts, hosts
    without a dot, local parts over 64 characters, or several addresses in one text.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip()
    if not plain:
        raise BadEmail("There is no e-mail address")
    local, _, host = plain.rpartition("@")
    if not _LOCAL.match(local) or "." not in host or host.startswith("["):
        raise BadEmail(f"“{plain[:80]}” is not an e-mail address")
    try:
        validate_email(plain)
    except ValidationError as error:
        raise BadEmail(f"“{plain[:80]}” is not an e-mail address") from error
    return plain.lower()
