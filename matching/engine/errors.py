"""What can be wrong with a problem, said with the person and the rule concerned."""


class Infeasible(ValueError):
    """No solution keeps the stated rules.

    `rule` is a short name ("giver_minimum", "fixed", "size", ...); `takers` and `givers` are the row and column numbers
    of the people between whom the rule cannot be kept (for one-sided problems all of them stand in `takers`).
    """

    def __init__(self, message: str, *, rule: str, takers: tuple[int, ...] = (), givers: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.rule = rule
        self.takers = takers
        self.givers = givers


def names(people: tuple[int, ...] | list[int], most: int = 10) -> str:
    """Numbers in a sentence, cut off where a list would no longer be read."""
    shown = ", ".join(str(person) for person in people[:most])
    return shown if len(people) <= most else f"{shown} and {len(people) - most} more"
