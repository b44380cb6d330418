"""E-mail addresses as texts: one written form each, and a warning for those that look like another. No Django here."""

import re
import unicodedata

LONGEST = 254
# Characters that look like nothing but make two equal-looking addresses differ.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
# The last part of a host is never a number: that would be an internet address, not a name.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+$)[a-z0-9-]{2,63}(?<!-)")
# The idna codec drops variation selectors and takes other alphabets' full stops for dots; neither may reach it.
_HOST_LETTERS = re.compile(r"[\w.-]+")
# Letters of other alphabets that most typefaces draw like a Latin one.
_LOOKALIKES = str.maketrans(
    "ıɩіιӏаɑαеёєоοсϲрρхχуүґԁɡһјκкӄмτтпνωшѕᴀᴇᴏ",
    "iiiiiaaaeeeooccppxxyyrdghjkkkmttnvwwsaeo",
)


class BadEmail(ValueError):
    """Not an address a message can be sent to; str() says why."""


def canonical_email(text: str) -> str:
    """The stored form of an address: NFKC, trimmed, lower case. Applying it twice changes nothing.

    Raises BadEmail for what no mail reaches or what hides another address: quoted or bracketed parts, hosts
    without a dot, local parts over 64 characters, several addresses or a line break in one text.
    """
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).translate(_INVISIBLE).strip().lower()
    if not plain:
        raise BadEmail("There is no e-mail address")
    local, at, host = plain.rpartition("@")
    # Some letters have no stable lower case, and two spellings of one address must not both be stored.
    stable = unicodedata.normalize("NFKC", plain).lower() == plain
    if not (at and stable and len(plain) <= LONGEST and _is_local_part(local) and _is_host(host)):
        raise BadEmail(f"“{plain[:80]}” is not an e-mail address")
    return plain


def lookalike(address: str) -> str:
    """What the address seems to read, with letters that only look Latin made Latin. To warn by, never to compare by."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", address) if not unicodedata.combining(c))
    return bare.translate(_LOOKALIKES)


def _is_local_part(local: str) -> bool:
    return len(local) <= 64 and _LOCAL.fullmatch(local) is not None


def _is_host(host: str) -> bool:
    """A name with a dot, in letters of any alphabet as long as it can be written as a host name."""
    if not _HOST_LETTERS.fullmatch(host):
        return False
    try:
        ascii_host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return _HOST.fullmatch(ascii_host) is not None
