"""All races of docs/trust.md, by their numbers."""

from tests.races import matches, meetings, people, roles
from tests.races.race import Race

RACES: tuple[Race, ...] = (
    matches.PublishedTwice(),
    matches.PublishedWhileEdited(),
    matches.AcceptedAndDeclined(),
    people.LastPlaces(),
    matches.PairMatchedTwice(),
    matches.TwoMentors(),
    meetings.OneHour(),
    people.ImportedTwice(),
    meetings.SentTwice(),
    meetings.TwoDevices(),
    meetings.SentAgain(),
    meetings.NoteOverwritten(),
    meetings.WrittenWhileEnding(),
    people.LastCoordinator(),
    people.LinkUsedTwice(),
    people.OneAddress(),
    people.RoleTakenAway(),
    people.EnrolledTwice(),
    meetings.LocksCrossed(),
    people.ErasedWhileExported(),
    roles.CoordinatorRemoved(),
)
