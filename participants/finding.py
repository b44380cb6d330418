"""People looked for by words of their names and addresses."""

from collections.abc import Iterable

from django.db.models import Q

# Of what somebody types into a box; nobody has a name with more words.
MOST_LETTERS, MOST_WORDS = 200, 6
COLUMNS = ("first_name", "last_name", "email")


def words_of(text: str) -> list[str]:
    return text[:MOST_LETTERS].split()[:MOST_WORDS]


def with_words(text: str, person: str) -> Q:
    """Rows with whose `person` (the path to a user) each word fits, in whatever order; no word fits everybody."""
    fits = Q()
    for word in words_of(text):
        fits &= Q(*((f"{person}__{column}__icontains", word) for column in COLUMNS), _connector=Q.OR)
    return fits


def is_named(names: Iterable[str], text: str) -> bool:
    """As `with_words`, of one of these names."""
    words = [word.casefold() for word in words_of(text)]
    return any(all(word in name.casefold() for word in words) for name in names)
