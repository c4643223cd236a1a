"""States drafted with their YAML hidden: how many of their columns a draft has right, strictly.

A canonical column of the true layout (of core_voters, and of the votes) is right where the draft

- reads it from the same headers. Of a text that is joined from several, those that are blank in the whole file do not
  count, for nothing can be told from them; a column of votes is held by its values alone; and
- gives the same value for at least 99% of the rows of which the truth states one: dates the same day, codes our word.
  County, precinct, district and race are in a source's own codes, for which there is no word of ours: there each value
  of the truth must stand for one of the draft's and the other way round, in 99% of the rows.

A column that the draft names and the truth does not read is wrong too: the denominator is the union. A file whose draft
is held has no column right. Both are loaded by the same `Admission` that loads every delivery.
"""

import argparse
import datetime as dt
import json
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.config import read_config
from models.errors import WalklistError
from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission
from pipelines.lake import Lake
from pipelines.layouts.history import LongHistory
from pipelines.layouts.limits import Plausibility
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.slots import RelativeSlots
from pipelines.layouts.source import Layout, Source, read_source
from pipelines.layouts.wide import WideHistory
from pipelines.layouts.writing.delivery import DeliveryWriter
from pipelines.raw.landing import receive
from pipelines.settings import CONFIGS
from pipelines.sniff.draft import draft_source
from pipelines.sniff.sample import Sample, read_samples
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.tables.core import VoteHistory, Voters
from tests.accept.decoys import fill_unread
from tests.contracts.round_trip import DAY, STATES, dated_layouts, simulation_of_state

_SAME = 0.99
_OWN_CODES = {"county_code", "precinct_code", "precinct_name", "congressional_code", "race_code"}
_OPEN = {"rejected_share": 1.0, "total_change_share": 1.0, "dropped_share": 1.0, "null_change_share": 1.0}
_VOTE_COLUMNS = ("election_date", "election_type", "is_voted", "method_code", "ballot_party_code", "county_code")


@dataclass
class DraftGrade:
    """How a draft compares with the true layout.

    Attributes:
        state: Name of the state's source, and the day of the files.
        right: Columns that are right.
        wrong: Columns that are wrong, with what is wrong.
        is_role_right: Whether the roles of the files are those of the true layout.
        is_shape_right: Whether the shape of the history is.
        trouble: Why nothing could be compared; empty where it could.
    """

    state: str
    right: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    is_role_right: bool = False
    is_shape_right: bool = False
    trouble: str = ""

    @property
    def share(self) -> float:
        """Share of the columns that are right, in [0, 1]."""
        return len(self.right) / max(len(self.right) + len(self.wrong), 1)


def judge_drafts(states: Sequence[str], voters: int, hidden: Sequence[str] = ()) -> dict[str, DraftGrade]:
    """The grade of the draft of each state's newest files.

    Args:
        states: Names of the sources to draft.
        voters: Voters of each simulated state.
        hidden: Sources whose YAML the drafter does not see besides the one at hand.
    """
    sources = {name: read_source(CONFIGS, name) for name in STATES}
    return {
        name: judge_draft(name, DAY, 0, voters, [found for key, found in sources.items() if key not in (name, *hidden)])
        for name in states
    }


def judge_draft(name: str, day: dt.date, nth: int, voters: int, known: Sequence[Source]) -> DraftGrade:
    """The grade of the draft of one delivery.

    Args:
        name: Name of the state's source.
        day: Day of the files.
        nth: Which of the looks of their layout they have.
        voters: Voters of the simulated state.
        known: Sources that the drafter sees.
    """
    source = read_source(CONFIGS, name)
    layout = source.layout_on(day).variants()[nth]
    calendar = read_calendar(CONFIGS).of_state(source.state)
    with tempfile.TemporaryDirectory(prefix="walklist-judge-") as root:
        folder = write_files(source, layout, day, voters, Path(root) / "files")
        grade = DraftGrade(f"{name} {day}{f' look {nth}' if nth else ''}")
        try:
            samples = read_samples(sorted(folder.iterdir()))
            draft = _read(draft_source(samples, Vocabulary.of(known), source.state, calendar), Path(root))
            truth = _tables(name, source, calendar, folder, day, Path(root) / "truth")
            drafted = _tables(name, draft, calendar, folder, day, Path(root) / "draft")
        except WalklistError as error:
            grade.trouble = str(error)[:300]
            return grade
        grade.is_role_right = set(draft.layouts[0].files) == set(layout.files)
        grade.is_shape_right = _shapes(draft.layouts[0]) == _shapes(layout)
        _compare(grade, layout, draft.layouts[0], samples, truth, drafted)
        return grade


def write_files(source: Source, layout: Layout, day: dt.date, voters: int, folder: Path) -> Path:
    """A delivery of the simulated state, its unread columns filled with texts of their kind."""
    simulation = simulation_of_state(source.state, voters)
    (chunk,) = simulation.chunks()
    elections = [found for found in simulation.elections if simulation.state.history_since <= found.date < day]
    with fill_unread(DeliveryWriter(layout, folder, source.state, day, elections)) as writer:
        writer.append(chunk.voters(day), chunk.history(day))
    return folder


def _read(text: str, root: Path) -> Source:
    path = root / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    return read_config(Source, path)


Rows = dict[tuple, dict]


def _tables(name, source, calendar, folder: Path, day: dt.date, root: Path) -> tuple[Rows, Rows]:
    """People by id, and votes by voter and day, as a source reads the files."""
    open_source = source.model_copy(update={"plausibility": Plausibility(**_OPEN, fault_share=1.0)})
    shutil.copytree(folder, root / "landing" / name / day.isoformat())
    lake, now = Lake(root / "data", "1GB", 2), dt.datetime.now(dt.UTC)
    receive(lake, root / "landing", name, open_source, now)
    judged = Admission(lake, name, open_source, calendar).admit_all(now + dt.timedelta(hours=100))
    if not judged or judged[-1].verdict != "accepted":
        raise WalklistError(f"{root.name}: {judged[-1].reason if judged else 'nothing was received'}")
    with lake.connect() as connection:
        read = [
            connection.sql(lake.table(table, state=source.state).select()).to_arrow_table().to_pylist()
            for table in (Voters, VoteHistory)
        ]
    people = {(row["voter_id"],): row for row in read[0]}
    return people, {(row["voter_id"], row["election_date"]): row for row in read[1]}


def _shapes(layout: Layout) -> set[str]:
    return {look.history.shape for look in layout.files.values() if look.history}


def _compare(grade: DraftGrade, truth: Layout, draft: Layout, samples, true_rows, draft_rows) -> None:
    """Fill in which columns are right."""
    true_columns, draft_columns = truth.files["voters"].voters, draft.files["voters"].voters
    for name in sorted({*true_columns, *draft_columns}):
        fault = _fault_of_person(name, truth, draft, samples) or _difference(name, true_rows[0], draft_rows[0])
        _enter(grade, name, fault)
    told, found = _told_of_votes(truth), _told_of_votes(draft)
    for name in sorted(told | found):
        fault = "not drafted" if name not in found else "the truth does not read it" if name not in told else ""
        _enter(grade, f"vote.{name}", fault or _difference(name, true_rows[1], draft_rows[1]))


def _enter(grade: DraftGrade, name: str, fault: str) -> None:
    if fault:
        grade.wrong[name] = fault
    else:
        grade.right.append(name)


def _fault_of_person(name: str, truth: Layout, draft: Layout, samples: Sequence[Sample]) -> str:
    """Whether a column of a voter is read from other headers, in words."""
    look, drafted = truth.files["voters"], draft.files["voters"]
    if name not in drafted.voters:
        return "not drafted"
    if name not in look.voters:
        return "the truth does not read it"
    if look.format.kind == "fixed_width":
        return ""  # places may be cut otherwise: values tell
    sample = next(
        found
        for found in samples
        if len(found.headers) >= len(look.format.names) and found.kind.match() == drafted.match
    )
    names = sample.headers if sample.has_header else tuple(look.format.names)
    filled = {place for row in sample.rows[:3000] for place, text in enumerate(row) if text.strip()}
    true_places = _places(look.voters[name], Positions(names))
    draft_places = _places(drafted.voters[name], Positions(tuple(drafted.format.names)))
    if len(true_places | draft_places) > 1:
        true_places, draft_places = true_places & filled, draft_places & filled
    return "" if true_places == draft_places else "read from other headers"


def _places(column, positions: Positions) -> set[int]:
    found = [place for place in map(positions.of, column.from_) if place is not None]
    return set(found if column.join or column.flags else found[:1])


def _told_of_votes(layout: Layout) -> set[str]:
    """Columns of a vote that a layout reads, whoever it is of included."""
    history = next((look.history for look in layout.files.values() if look.history), None)
    if history is None:
        return set()
    told = {"election_date", "election_type"}
    groups = history.slots if isinstance(history, RelativeSlots) else [history]
    for group in groups:
        if isinstance(group, WideHistory) and group.ballot_parties:
            told.add("ballot_party_code")
        if isinstance(group, LongHistory | WideHistory) or hasattr(group, "columns"):
            told |= set(group.column_layouts())
    return told & {*_VOTE_COLUMNS, *(["voter_id"] if "history" in layout.files else [])}


def _difference(name: str, truth: Rows, draft: Rows) -> str:
    """In how many rows the values differ, in words; empty where they are the same."""
    stated = {key: row[name] for key, row in truth.items() if row[name] is not None}
    if not stated and name not in ("voter_id", "election_date"):
        return ""
    pairs = [(value, draft[key][name] if key in draft else None) for key, value in stated.items()]
    same = sum(mine == value for value, mine in pairs)
    if name in _OWN_CODES and same < _SAME * len(pairs):
        same = _one_to_one(pairs)
    if name == "election_date":
        same -= max(len(draft) - len(truth), 0)
    return "" if same >= _SAME * len(pairs) else f"{len(pairs) - same:,} of {len(pairs):,} values differ"


def _one_to_one(pairs) -> int:
    """Rows whose values stand for each other and for nothing else."""
    counts = Counter((value, mine) for value, mine in pairs if mine is not None)
    there, back = {}, {}
    for (value, mine), _ in sorted(counts.items(), key=lambda entry: -entry[1]):
        if value not in there and mine not in back:
            there[value], back[mine] = mine, value
    return sum(count for (value, mine), count in counts.items() if there.get(value) == mine)


def draws_of_five(count: int, seed: int) -> Iterator[list[str]]:
    """Draws of five states whose YAML are hidden together."""
    drawn = random.Random(seed)
    yield from (sorted(drawn.sample(STATES, 5)) for _ in range(count))


def describe(grades: Sequence[DraftGrade]) -> str:
    """A table of grades for people."""
    lines = [f"{'files':24} right  share  role  shape  wrong"]
    for grade in grades:
        marks = [("yes" if found else "NO").ljust(5) for found in (grade.is_role_right, grade.is_shape_right)]
        wrong = grade.trouble or "; ".join(f"{name} ({fault})" for name, fault in grade.wrong.items())
        count = len(grade.right) + len(grade.wrong)
        lines.append(
            f"{grade.state:24} {len(grade.right):2}/{count:2}  {grade.share:5.0%}  {marks[0]} {marks[1]}  {wrong}"
        )
    right, wrong = sum(len(grade.right) for grade in grades), sum(len(grade.wrong) for grade in grades)
    lines.append(f"{right:,} of {right + wrong:,} columns are right ({right / max(right + wrong, 1):.1%})")
    return "\n".join(lines)


def main() -> None:
    """Print the grades of all states, of older layouts, or of draws of five."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("states", nargs="*")
    parser.add_argument("--voters", type=int, default=2000)
    parser.add_argument("--older", action="store_true", help="every dated layout and look")
    parser.add_argument("--draws", type=int, default=0, help="draws of five states hidden together")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    states = told.states or STATES
    if told.draws:
        for drawn in draws_of_five(told.draws, seed=5):
            print(", ".join(drawn))
            print(describe(list(judge_drafts(drawn, told.voters, drawn).values())), flush=True)
        return
    if told.older:
        sources = {name: read_source(CONFIGS, name) for name in STATES}
        grades = [
            judge_draft(name, day, nth, told.voters, [found for key, found in sources.items() if key != name])
            for name, day, nth in dated_layouts()
            if name in states
        ]
    else:
        grades = list(judge_drafts(states, told.voters).values())
    print(json.dumps({grade.state: round(grade.share, 3) for grade in grades}) if told.json else describe(grades))


if __name__ == "__main__":
    main()
