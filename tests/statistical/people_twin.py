"""The slow, obvious twin of `pipelines.linking.people` within a state: files of numbers, and who is under each."""

import datetime as dt
from dataclasses import dataclass, field

from tests.unit.pipelines.linking.people_world import DAYS

File = dict[str, tuple[str, bool]]
"""Number to the person under it and whether the row is removed."""
RANKS = ("first_seen", "same_number", "reused_number", "split", "changed_number", "merged")


@dataclass
class Departure:
    number: str
    seen_on: int
    left_on: int
    person: str
    is_open: bool = True


@dataclass
class Twin:
    """Decides file after file; places of files stand for days.

    Attributes:
        files: The files.
        steps: Place, number, code, earlier number and the place it was seen at.
        left: Who left the roll.
    """

    files: list[File]
    steps: list[tuple[int, str, str, str | None, int | None]] = field(default_factory=list)
    left: list[Departure] = field(default_factory=list)

    def decide(self) -> "Twin":
        for place in range(len(self.files)):
            self._decide(place)
        return self

    def _on(self, place: int) -> dict[str, str]:
        return {number: person for number, (person, is_removed) in self.file(place).items() if not is_removed}

    def file(self, place: int) -> File:
        return self.files[place] if place >= 0 else {}

    def _decide(self, place: int) -> None:
        now, before, on, was_on = self.file(place), self.file(place - 1), self._on(place), self._on(place - 1)
        known = {number for file in self.files[:place] for number in file}
        new = now.keys() - before.keys()
        back = {n for n in on if n not in was_on and n in known}
        renamed = {n for n in on if n in was_on and on[n] != was_on[n]}
        reused = {}
        for number in renamed | back | (new & known):
            old = self._last_seen(place, number)
            if old and old[0] != now[number][0]:
                reused[number] = old[1]
        today = [(n, "first_seen", None, None) for n in new - known]
        today += [(n, "reused_number", None, seen) for n, seen in reused.items()]
        today += [(n, "split", n, at - 1) for n in back - reused.keys() if (at := self._taken_back(n, on)) is not None]
        told = {n for n, *_ in today}
        today += [(n, "same_number", n, place - 1) for n in (new & known) - told]
        for departure in self.left:
            departure.is_open &= not (departure.number in back and departure.number not in reused)
        gone = (was_on.keys() - on.keys()) | (reused.keys() & renamed)
        self.left += [Departure(n, place - 1, place, was_on[n]) for n in gone]
        today += self._pair(place, {n for n, code, *_ in today if code in ("first_seen", "reused_number")}, reused)
        self.steps += [(place, *step) for step in today]

    def _last_seen(self, place: int, number: str) -> tuple[str, int] | None:
        """Person under a number before, and the place of the file: the last one with it on the roll, else the last."""
        if number in self._on(place - 1):
            return self._on(place - 1)[number], place - 1
        departures = [found for found in self.left if found.number == number]
        if departures:
            last = max(departures, key=lambda found: found.left_on)
            return last.person, last.seen_on
        return (self.file(place - 1)[number][0], place - 1) if number in self.file(place - 1) else None

    def _taken_back(self, number: str, on: dict[str, str]) -> int | None:
        """Place at which the number was merged into one that is on the roll, if nothing was told of it since."""
        own = [step for step in self.steps if step[1] == number]
        place, _, code, other, _ = max(own, key=lambda step: (step[0], step[2] == "merged"))
        return place if code == "merged" and other in on else None

    def _pair(self, place: int, new: set[str], reused: dict[str, int]) -> list[tuple[str, str, str, int]]:
        on, now = self._on(place), self.file(place)
        arrived = {n for n in new if n in on} if place else set(on)
        leaving = [(found.number, found.seen_on, found.person) for found in self.left if found.left_on == place]
        leaving += [(n, place, now[n][0]) for n in new if n not in on and n not in reused]
        here = {on[n] for n in arrived}
        earlier = [
            (found.number, found.seen_on, found.person)
            for found in self.left
            if found.is_open and found.left_on < place and found.person in here
        ]
        pairs = [
            (number, seen, other, (number, seen) in {one[:2] for one in leaving})
            for number, seen, person in leaving + earlier
            for other in on
            if on[other] == person and other != number
        ]
        told = []
        for number, seen, other, is_leaving in pairs:
            rivals = [one for one in pairs if one[:2] == (number, seen) or one[2] == other]
            if len(rivals) == 1 and other in arrived:
                told.append((other, "changed_number", number, seen))
                self._close(lambda found, number=number, seen=seen: (found.number, found.seen_on) == (number, seen))
            elif len(rivals) == 1 and is_leaving and number not in reused:
                told.append((number, "merged", other, place))
                self._close(lambda found, number=number: (found.number, found.left_on) == (number, place))
        return told

    def _close(self, is_found) -> None:
        for departure in self.left:
            departure.is_open &= not is_found(departure)

    def spells(self) -> list[tuple]:
        """Number, first day, last day on the file, basis, and number and first day of the person's first spell."""
        starts = {}
        for place, number, code, other, seen in sorted(self.steps, key=lambda step: RANKS.index(step[2])):
            starts[number, place] = (code, other, seen)
        return sorted(self._spell(starts, number, place) for number, place in starts)

    def _spell(self, starts: dict, number: str, place: int) -> tuple:
        later = [at for n, at in starts if n == number and at > place]
        until = min(later, default=len(self.files)) - 1
        listed = [at for at in range(place, until + 1) if number in self.file(at)]
        last = max(listed) if listed else until
        is_open = last == len(self.files) - 1 and not later
        code = starts[number, place][0]
        return (f"NC-{number}", DAYS[place], None if is_open else DAYS[last], code, *self._first(starts, number, place))

    def _first(self, starts: dict, number: str, place: int) -> tuple[str, dt.date]:
        _, other, seen = starts[number, place]
        before = [at for n, at in starts if n == other and at <= seen] if other else []
        return self._first(starts, other, max(before)) if before else (f"NC-{number}", DAYS[place])
