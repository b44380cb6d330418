"""The forms of an import: which file, which column is what, and whether the letters read well."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from participants.formkit import LookForm
from programs.importing import roles_of
from programs.models import Program, Track
from programs.reading import ENCODINGS, Table, Target

PASTED = "pasted.csv"
_SAMPLES = 3
_SAMPLE_LENGTH = 60


def who_choices(program: Program) -> list[tuple[str, str]]:
    """Each role of each track, as one choice; the track is named only where there are several."""
    tracks = list(program.tracks.all())
    several = len(tracks) > 1
    return [
        (f"{track.slug}:{role}", f"{role.label}s, {track.name}" if several else f"{role.label}s")
        for track in tracks
        for role in roles_of(track)
    ]


def track_and_role(program: Program, who: str) -> tuple[Track, str] | None:
    """What a choice of `who_choices` means, or None for anything else."""
    if who not in dict(who_choices(program)):
        return None
    slug, _, role = who.rpartition(":")
    return program.tracks.get(slug=slug), role


class UploadForm(LookForm):
    # One of file and pasted rows is needed, so that neither is called optional.
    mark_optional: ClassVar[bool] = False

    who = forms.ChoiceField(label="Who is in the file?", widget=forms.RadioSelect)
    file = forms.FileField(
        label="File",
        required=False,
        help_text="CSV or Excel (.xlsx), one person a row, names of the columns in the first row.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    pasted = forms.CharField(
        label="Or rows copied from a spreadsheet",
        required=False,
        strip=False,
        help_text="With the row of column names.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        self.too_large = False
        self.fields["who"].choices = who_choices(program)  # type: ignore[attr-defined]  # it is a choice field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, pasted = cleaned.get("file"), cleaned.get("pasted") or ""
        self.too_large = bool(file and file.size > settings.IMPORT_MAX_BYTES)
        if self.too_large:
            most = settings.IMPORT_MAX_BYTES // 2**20
            self.add_error("file", f"The file is larger than {most} MB. Split it, or leave out columns.")
        elif not file and not pasted.strip() and "file" not in self.errors:
            self.add_error("file", "Choose a file, or paste rows below")
        elif file and pasted.strip():
            self.add_error("pasted", "There is a file as well; keep one of the two")
        return cleaned

    def content(self) -> tuple[bytes, str]:
        """The bytes to read and their name. Called once the form is valid."""
        file = self.cleaned_data["file"]
        if file:
            return file.read(), file.name
        return self.cleaned_data["pasted"].encode("utf-8", "replace"), PASTED


@dataclass(frozen=True)
class Column:
    """One column of the file as the page shows it."""

    header: str
    samples: list[str]
    field: forms.BoundField
    guessed: bool


class ColumnsForm(LookForm):
    """For each column of the file what it is; a target can be chosen once."""

    encoding = forms.ChoiceField(choices=[("", ""), *ENCODINGS.items()], required=False, widget=forms.HiddenInput)
    letters = forms.BooleanField(label="These letters read well", required=False)

    def __init__(
        self,
        *args: Any,
        table: Table,
        targets: Sequence[Target],
        proposal: Mapping[str, str | None],
        is_guess: bool,
        **kwargs: Any,
    ) -> None:
        self.table, self.targets, self.is_guess = table, list(targets), is_guess
        chosen = {header: key for key, header in proposal.items() if header}
        kwargs["initial"] = {
            f"column_{place}": chosen.get(header, "") for place, header in enumerate(table.headers)
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        choices = [("", "Leave out"), *((target.key, target.label) for target in self.targets)]
        for place, header in enumerate(table.headers):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header, choices=choices, required=False, widget=forms.Select(attrs={"class": "form-select"})
            )
        if not self.asks_for_letters:
            del self.fields["letters"]

    @property
    def asks_for_letters(self) -> bool:
        return bool(self.table.needs_confirmation or self.initial.get("encoding"))

    def columns(self) -> Iterator[Column]:
        for place, header in enumerate(self.table.headers):
            field = self[f"column_{place}"]
            samples = [row.values[place].strip() for row in self.table.rows if row.values[place].strip()][:_SAMPLES]
            shown = [text[:_SAMPLE_LENGTH] + ("…" if len(text) > _SAMPLE_LENGTH else "") for text in samples]
            yield Column(header, shown, field, self.is_guess and bool(field.initial))

    def odd_texts(self) -> list[str]:
        """The first texts with letters outside ASCII: what a person looks at to see whether they read well."""
        cells = (cell for row in self.table.rows for cell in row.values if not cell.isascii())
        return [text[:_SAMPLE_LENGTH] for text, _ in zip(cells, range(6), strict=False)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        used: dict[str, str] = {}
        labels = {target.key: target.label for target in self.targets}
        for place, header in enumerate(self.table.headers):
            key = cleaned.get(f"column_{place}")
            if key and key in used:
                self.add_error(f"column_{place}", f"“{labels[key]}” is already the column “{used[key]}”")
            elif key:
                used[key] = header
        if "email" not in used:
            self.add_error(None, "Say which column holds the e-mail addresses")
        if "name" in used and {"first_name", "last_name"} & set(used):
            self.add_error(None, "Choose either the whole name or first and last name")
        if self.asks_for_letters and not cleaned.get("letters"):
            self.add_error("letters", "Look at the letters and say that they read well, or choose other letters")
        return cleaned

    def mapping(self) -> dict[str, str | None]:
        """For each target's key the header chosen for it. Called once the form is valid."""
        headers = enumerate(self.table.headers)
        chosen = {self.cleaned_data[f"column_{place}"]: header for place, header in headers}
        return {target.key: chosen.get(target.key) for target in self.targets}
