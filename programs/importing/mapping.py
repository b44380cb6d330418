"""A mapping of columns as somebody has written it down in a file."""

import json
from collections.abc import Sequence

from programs.importing.targets import field_slug
from programs.reading import Target


class BadMapping(ValueError):
    """The mapping file does not say which column is what; str() says why."""


def mapping_from_file(data: bytes, headers: Sequence[str], targets: Sequence[Target]) -> dict[str, str | None]:
    """The mapping in a JSON file: {"email": "E-mail of the mentor", "grade": "Band", "capacity": null}.

    Keys are a person's own facts or the slugs of fields; values are headers of the file, or null for what is not in
    it. The other way round (header to fact) is understood as well. Raises BadMapping naming the first bad entry.
    """
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadMapping(f"The mapping is not JSON: {error}") from error
    if not isinstance(content, dict) or not all(isinstance(value, str | None) for value in content.values()):
        raise BadMapping('The mapping is one JSON object of texts (or null), such as {"email": "E-mail"}')
    names = {name.casefold(): target.key for target in targets for name in _names(target)}
    columns = {header.casefold(): header for header in headers}
    mapping: dict[str, str | None] = {}
    for left, right in content.items():
        key, header = _entry(left, right, names, columns)
        if mapping.get(key) not in (None, header):
            raise BadMapping(f"Two columns are given for “{key}”")
        if key:
            mapping[key] = header
    return mapping


def _names(target: Target) -> set[str]:
    return {target.key, target.label, field_slug(target.key) if ":" in target.key else target.key}


def _entry(left: str, right: str | None, names: dict[str, str], columns: dict[str, str]) -> tuple[str, str | None]:
    left_key, left_column = names.get(left.strip().casefold()), columns.get(left.strip().casefold())
    if not right:
        if left_key is None and left_column is None:
            raise BadMapping(f"“{left}” is neither a field nor a column of the file")
        return left_key or "", None
    right_key, right_column = names.get(right.strip().casefold()), columns.get(right.strip().casefold())
    if left_key and right_column:
        return left_key, right_column
    if left_column and right_key:
        return right_key, left_column
    unknown = left if left_key is None and left_column is None else right
    raise BadMapping(f"“{left}”: “{right}” does not join a field with a column: “{unknown}” is not known")
