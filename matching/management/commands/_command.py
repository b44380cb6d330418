"""What the commands of matching have in common: refusals go to stderr with status 2, and nothing is written."""

import json
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from programs.models import Program, Track


class MatchingCommand(BaseCommand):
    def refuse(self, message: str) -> NoReturn:
        raise CommandError(message, returncode=2)

    def program(self, slug: str) -> Program:
        found = Program.objects.filter(slug=slug).first()
        return found or self.refuse(f"There is no program “{slug}”.")

    def track(self, program: Program, slug: str | None) -> Track:
        """The track of that slug, or the only one there is."""
        tracks = list(program.tracks.all())
        listed = ", ".join(track.slug for track in tracks) or "none"
        if slug:
            found = next((track for track in tracks if track.slug == slug), None)
            return found or self.refuse(f"“{program.slug}” has no track “{slug}”. Its tracks: {listed}.")
        if len(tracks) != 1:
            self.refuse(f"“{program.slug}” has {len(tracks)} tracks: say which with --track. Its tracks: {listed}.")
        return tracks[0]

    def answer(self, data: dict[str, Any], text: str, *, as_json: bool) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False) if as_json else text)
