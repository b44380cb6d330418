"""The steps of a draft by name: what undoing would undo and redoing redo, and what was matched by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

# The key of the share that says why two people were matched against the rules.
BY_HAND = "by hand"
Step = Mapping[str, Any]

# {0} are all the people, {1} and {2} the first and the second of them.
NAMED = {
    "swap": "swap {0}",
    "lock": "lock {0}",
    "unlock": "unlock {0}",
    "move": "move {0}",
    "match": "match {0}",
    "remove": "take out {0}",
    "place": "place {0}",
    "replace": "put {1} in place of {2}",
    "add": "add {1} for {2}",
    "drop": "take {1} from {2}",
}


def reason_of(shares: Sequence[Mapping[str, Any]]) -> str:
    """Why a coordinator made this match against the rules; "" where it keeps them."""
    prefix = "Matched by hand: "
    return next((share["sentence"].removeprefix(prefix) for share in shares if share["key"] == BY_HAND), "")


def by_hand_share(reason: str) -> dict[str, Any]:
    """Stands among a match's shares, gives nothing, and is told to coordinators only."""
    return {
        "key": BY_HAND,
        "label": "Matched by hand",
        "kind": BY_HAND,
        "points": 0,
        "max_points": 0,
        "met": True,
        "forbids": False,
        "applies": True,
        "sentence": f"Matched by hand: {reason}",
        "told": {},
    }


def done_steps(steps: Sequence[Any]) -> list[Any]:
    """Those that were not undone, oldest first."""
    return [step for step in steps if not step.get("undone")]


def undone_steps(steps: Sequence[Any]) -> list[Any]:
    """Those that were undone and can be redone, the next one first."""
    return [step for step in steps if step.get("undone")]


def step_to_undo(steps: Sequence[Any]) -> Any:  # noqa: ANN401 - a step is plain data
    """The last step, or None; steps of an older version of this software cannot be taken back."""
    done = done_steps(steps)
    return done[-1] if done and "changes" in done[-1] else None


def step_to_redo(steps: Sequence[Any]) -> Any:  # noqa: ANN401 - a step is plain data
    """The step that was undone last, or None."""
    undone = undone_steps(steps)
    return undone[0] if undone else None


def people_in_steps(proposal_steps: Sequence[Any]) -> set[int]:
    """Whose names the buttons for undo and redo need."""
    named = (step_to_undo(proposal_steps), step_to_redo(proposal_steps))
    return {person for step in named if step for person in step["people"]}


# Of more people only the first is named on a button.
FEW = 3


def step_name(step: Step | None, names: Mapping[int, str]) -> str:
    """“swap Lena and Jonas”, “lock Amara and 4 others”; "" without a step."""
    if not step:
        return ""
    each = [names.get(pk, "somebody") for pk in step["people"]]
    told = " and ".join(each if len(each) <= FEW else [each[0], f"{len(each) - 1} others"])
    return NAMED[step["verb"]].format(told, *each)
