import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from programs.models import Draw, Program
from programs.queries.drawing import drawn_of, side_of, worked_out


class Command(BaseCommand):
    help = (
        "Work the lots of a program out again from the seed of each draw, person by person. People are numbers of "
        "accounts. The status is 1 if anything is not as the seed gives it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the program's slug")
        parser.add_argument("--json", action="store_true", help="print machine-readable results")

    def handle(self, *_args: Any, **options: Any) -> None:
        program = Program.objects.filter(slug=options["slug"]).first()
        if program is None:
            raise CommandError(f"There is no program “{options['slug']}”")
        draws = list(program.draws.select_related("first", "second").prefetch_related("lots"))
        found = [_as_object(draw) for draw in draws]
        if options["json"]:
            self.stdout.write(json.dumps({"program": program.slug, "draws": found}, indent=2))
        else:
            self.stdout.write("\n".join(_as_text(each) for each in found) or "No lots were drawn")
        if not all(each["same_again"] for each in found):
            raise CommandError("The lots are not those of the seed: somebody has changed them in the database")


def _as_object(draw: Draw) -> dict[str, Any]:
    lots = list(draw.lots.all())
    drawn, again = drawn_of(draw, lots), worked_out(draw, lots)
    return {
        "number": draw.pk,
        "kind": draw.kind,
        "at": draw.at.isoformat(),
        "seed": draw.seed,
        "stratum": draw.stratum,
        "places": draw.places,
        "sides": list(drawn.sides),
        "undone": draw.undone_at is not None,
        "same_again": drawn.same_again,
        "lots": [
            {"person": each.user_id, "answer": each.stratum, "side": side_of(draw, each), "again": again[each.user_id]}
            for each in lots
        ],
    }


def _as_text(found: dict[str, Any]) -> str:
    state = "taken back" if found["undone"] else "the same again" if found["same_again"] else "NOT the same"
    lines = [f"Draw {found['number']} ({found['kind']}) of {found['at']}, seed {found['seed']}: {state}"]
    for each in found["lots"]:
        answer = f" ({each['answer']})" if each["answer"] else ""
        lines.append(f"  person {each['person']}{answer}: {found['sides'][each['side']]}")
    return "\n".join(lines)
