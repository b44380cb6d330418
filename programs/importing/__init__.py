"""From a table of texts to what would change in a track: read only, so that it can be shown before it is done."""

from programs.importing.mapping import BadMapping, mapping_from_file
from programs.importing.plan import Plan, Reading, Step, compare, plan_rows, read_rows
from programs.importing.targets import guess_for, roles_of, targets_for

__all__ = [
    "BadMapping",
    "Plan",
    "Reading",
    "Step",
    "compare",
    "guess_for",
    "mapping_from_file",
    "plan_rows",
    "read_rows",
    "roles_of",
    "targets_for",
]
