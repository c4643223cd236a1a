"""What a replay shows: which published rows are other than they may be, and which file is not accounted for."""

import datetime as dt
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.lake import Lake
from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import Delimited
from pipelines.layouts.lookups import fits_any
from pipelines.layouts.source import Layout, read_source
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.core import Households, Rejects, VoteHistory, Voters
from tests.accept.replay import BROKEN, TWIN, Replay, Seen
from tests.accept.replay_plan import Planned

_NO_SCORES = {"behind_days", "turnout_version_id"}
"""Columns that tell of files: how old the one in use is, and the name of a model by the files that taught it."""

_OF_OTHERS = {"turnout_decile"}
"""Columns that a refused row moves for everybody: a decile is a place among all."""


@dataclass
class Verdict:
    """What a replay showed; a list of faults for each demand, in sentences of states, months, breaks and counts.

    Attributes:
        wrong: Published scores that are other than without the breaks, and may not be.
        lost: Files whose rows are not all accounted for.
        unexplained: Breaks that are held, wait or cost rows, and whose sentence does not name the cause.
        untold: Breaks that load, and whose sentence does not name the change.
        late: States that a month left behind without a broken file of their own.
        misjudged: Breaks that ended otherwise than they may: harmful ones taken for good among them, and those that a
            person decided on in vain.
        outcomes: Breaks by what became of them.
        harmless: Harmless breaks, and those of them that loaded.
        compared: Scores compared, count.
        accounted: Rows accounted for, count.
    """

    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    misjudged: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    harmless: tuple[int, int] = (0, 0)
    compared: int = 0
    accounted: int = 0


@dataclass(frozen=True)
class Judge:
    """Compares the two roots of a replay that was played.

    Attributes:
        replay: The replay.
        with_breaks: How every state stood after every month where files broke.
        without: The same where none did.
    """

    replay: Replay
    with_breaks: dict[tuple[str, int], Seen]
    without: dict[tuple[str, int], Seen]

    def verdict(self) -> Verdict:
        """Everything that the replay shows."""
        found, planned = Verdict(), {(one.state, one.month): one for one in self.replay.planned}
        for place, seen in self.with_breaks.items():
            self._judge_scores(found, seen)
            self._judge_times(found, seen, planned.get(place))
            self._judge_rows(found, seen)
        for seen in self.without.values():
            self._judge_twin(found, seen)
        for one in self.replay.planned:
            self._judge_break(found, one)
        return found

    def _place(self, seen: Seen, planned: Planned | None = None) -> str:
        told = f" ({planned.name})" if planned else ""
        return f"{seen.state} {self.replay.months[seen.month]}{told}"

    def _judge_scores(self, found: Verdict, seen: Seen) -> None:
        """The rows in use are those that the twin published from the same file."""
        source = self._month_of(seen.standing.get("snapshot_date"))
        if source is None:
            found.wrong.append(f"{self._place(seen)}: published from a file of no month of the replay.")
            return
        mine = pq.read_table(self.replay.rows(BROKEN, seen.state, seen.month))
        twin = pq.read_table(self.replay.rows(TWIN, seen.state, source))
        mine_then, twin_then = (Snapshot(self.replay, root, seen.state, source) for root in (BROKEN, TWIN))
        moved, refused = moved_by_refusal(mine_then, twin_then)
        faults = differing(mine, twin, moved, refused)
        found.wrong += [
            f"{self._place(seen)}, from the file of {self.replay.months[source]}: {fault}" for fault in faults
        ]
        found.compared += mine.num_rows

    def _month_of(self, day: str | None) -> int | None:
        days = [str(found) for found in self.replay.months]
        return days.index(day) if day in days else None

    def _judge_times(self, found: Verdict, seen: Seen, planned: Planned | None) -> None:
        """A state whose file came whole stands at it; one whose file broke stands at its last good one, and says so."""
        day, standing = self.replay.months[seen.month], seen.standing
        if seen.failed:
            found.late.append(f"{self._place(seen, planned)}: the run failed: {seen.failed}")
        good = max((known for known, verdict in seen.verdicts.items() if verdict == "accepted"), default="")
        if standing.get("snapshot_date") != good or (planned is None and good != str(day)):
            told = f"published from {standing.get('snapshot_date')}, its newest good file is of {good}: {seen.reasons}"
            found.late.append(f"{self._place(seen, planned)}: {told}")
        waiting = [
            known for known, verdict in seen.verdicts.items() if verdict in ("held", "received") and known > good
        ]
        behind = (dt.date.fromisoformat(max(waiting)) - dt.date.fromisoformat(good)).days if waiting and good else 0
        if standing.get("behind_days") != behind:
            told = f"said to be {standing.get('behind_days')} days behind, and is {behind}"
            found.late.append(f"{self._place(seen, planned)}: {told}")

    def _judge_twin(self, found: Verdict, seen: Seen) -> None:
        """Where nothing breaks every state is published from its newest file, with scores."""
        if seen.failed or seen.standing.get("snapshot_date") != str(self.replay.months[seen.month]):
            found.late.append(f"{self._place(seen)}, no file broken: {seen.failed or seen.reasons}")
        scores = pq.read_table(self.replay.rows(TWIN, seen.state, seen.month), columns=["turnout_probability"])
        if not scores.num_rows or scores["turnout_probability"].null_count:
            found.wrong.append(f"{self._place(seen)}, no file broken: {scores.num_rows} rows, some without a score")

    def _judge_rows(self, found: Verdict, seen: Seen) -> None:
        """Every row of a file is loaded, refused or folded and told; or the file waits with a reason."""
        snapshot = Snapshot(self.replay, BROKEN, seen.state, seen.month)
        known = {event["file_name"] for event in snapshot.events()}
        landed = {file.name for file in self.replay.landed(BROKEN, seen.state, snapshot.day).iterdir()}
        found.lost += [f"{self._place(seen)}: {name} has no receipt" for name in sorted(landed - known)]
        if seen.verdicts.get(str(snapshot.day)) != "accepted":
            untold = [event["file_name"] for event in snapshot.events() if not event["reason"]]
            found.lost += [f"{self._place(seen)}: {name} is not used and no reason is given" for name in untold]
            return
        found.lost += [f"{self._place(seen)}: {fault}" for fault in snapshot.faults()]
        found.accounted += snapshot.row_count()

    def _judge_break(self, found: Verdict, planned: Planned) -> None:
        """A break ends as it may, and its sentence names the cause."""
        seen, kind = self.with_breaks[planned.state, planned.month], planned.kind
        snapshot = Snapshot(self.replay, BROKEN, planned.state, planned.month)
        outcome = snapshot.outcome(seen)
        place = f"{planned.name}, {seen.state} {snapshot.day}"
        found.outcomes[outcome] += 1
        if kind.is_harmless:
            found.harmless = found.harmless[0] + 1, found.harmless[1] + (outcome == "loads")
        elif outcome not in planned.outcomes:
            found.misjudged.append(
                f"{place}: {outcome}, and may be {' or '.join(sorted(planned.outcomes))}: {seen.reasons}"
            )
        decided = {"approve": "accepted", "reject": "rejected"}.get(planned.decision, "")
        if decided and seen.verdicts.get(str(snapshot.day)) != decided:
            found.misjudged.append(f"{place}: a person decided to {planned.decision}, and it is not {decided}")
        if not (planned.is_mended or re.search(kind.cause, seen.reasons)):  # mended, it is news no more
            (found.untold if outcome == "loads" else found.unexplained).append(
                f"{place}: {outcome}: {seen.reasons or 'no reason'}"
            )


@dataclass(frozen=True)
class Snapshot:
    """One delivery of one root: what landed, what the receipts say, and what was loaded.

    Attributes:
        replay: The replay.
        root: `twin` or `broken`.
        state: Two-letter code.
        month: The month, from 0.
    """

    replay: Replay
    root: str
    state: str
    month: int

    @property
    def day(self) -> dt.date:
        """Day of the files."""
        return self.replay.months[self.month]

    @property
    def lake(self) -> Lake:
        """The data root."""
        return Lake(self.replay.home / self.root)

    def outcome(self, seen: Seen) -> str:
        """What became of it, in the words of the catalogue."""
        verdict = seen.ruled
        if verdict == "accepted":
            return "rows_refused" if self.refused_rows() else "loads"
        return "waits" if verdict == "received" else verdict

    def events(self) -> list[dict]:
        """The newest event of each of its files."""
        newest = ReceiptLedger(self.lake, self.state.lower()).newest().values()
        return [found for found in newest if found["snapshot_date"] == self.day and found["verdict"] != "superseded"]

    def faults(self) -> list[str]:
        """Rows that nothing accounts for, in words."""
        return [*self._faults_of_files(), *self._faults_of_people()]

    def row_count(self) -> int:
        """Rows of its files, as their bytes have them."""
        return sum(count for _, count in self._counted())

    def refused_rows(self, role: str = "") -> int:
        """Rows refused, as the receipts count them; none where no line of `core_rejects` says which.

        Args:
            role: Role of the files that are meant; all of them if empty.
        """
        counted = sum(event["reject_count"] or 0 for event in self.events() if role in ("", event["role"]))
        return counted if counted and self._one(f"SELECT count(*) FROM ({self._select(Rejects)})") else 0

    def folded(self) -> int:
        """Rows that gave way to another of their id, as the receipt tells."""
        told = [re.search(r"([\d,]+) repeated rows were folded", event["reason"] or "") for event in self.events()]
        return max((int(found[1].replace(",", "")) for found in told if found), default=0)

    def people(self) -> set[str]:
        """Ids of its voters."""
        return {row[0] for row in self._rows(f"SELECT voter_id FROM ({self._select(Voters)})")}

    def homes(self) -> dict[str, str]:
        """The home of each voter."""
        return dict(self._rows(f"SELECT voter_id, household_id FROM ({self._select(Households)})"))

    def votes(self) -> set[tuple[str, str]]:
        """Votes known by its day: voter and election."""
        select = self.lake.table(VoteHistory, state=self.state).select()
        text = f"SELECT DISTINCT voter_id, election_id FROM ({select}) WHERE snapshot_date <= DATE '{self.day}'"
        return set(self._rows(text))

    def _faults_of_files(self) -> Iterator[str]:
        """Files whose receipt tells of other rows: fewer than came, or more than the pieces of refused ones."""
        told = {event["file_name"]: event for event in self.events() if event["verdict"] == "accepted"}
        for name, count in self._counted():
            read, refused = told[name]["row_count"], told[name]["reject_count"] or 0
            if not 0 <= read - count <= max(refused - 1, 0):  # a record that is broken in two is refused as two lines
                yield f"{name} has {count:,} rows and the receipt says {read:,}, {refused:,} of them refused"

    def _faults_of_people(self) -> Iterator[str]:
        layout = self._layout().files["voters"]
        came = sum(count_rows(file, layout) for file in self._files(layout))
        loaded = self._one(f"SELECT count(*) FROM ({self._select(Voters)}) WHERE stated_on = DATE '{self.day}'")
        told = self.refused_rows() + self.folded()
        if not 0 <= came - loaded <= told:
            yield f"{came:,} voters came, {loaded:,} are loaded, {told:,} refused or folded"

    def _counted(self) -> list[tuple[str, int]]:
        """Rows of each landed file that holds data, over the roles that it holds."""
        layouts = self._layout().files.values()
        files = sorted({file for layout in layouts for file in self._files(layout)})
        return [
            (file.name, sum(count_rows(file, found) for found in layouts if found.fits(file.name))) for file in files
        ]

    def _files(self, layout: FileLayout) -> list[Path]:
        used = {event["file_name"] for event in self.events() if event["verdict"] == "accepted"}
        folder = self.replay.landed(self.root, self.state, self.day)
        return [file for file in sorted(folder.iterdir()) if layout.fits(file.name) and file.name in used]

    def _layout(self) -> Layout:
        layout = read_source(self.replay.configs, self.state.lower()).layout_on(self.day)
        assert layout is not None
        return layout

    def _select(self, table: type) -> str:
        return self.lake.table(table, state=self.state, snapshot_date=self.day).select()

    def _rows(self, text: str) -> list[tuple]:
        with self.lake.connect() as connection:
            return connection.execute(text).fetchall()

    def _one(self, text: str) -> int:
        return self._rows(text)[0][0]


def moved_by_refusal(mine: Snapshot, twin: Snapshot) -> tuple[set[str], set[str]]:
    """Voters whose home holds a refused row, and those refused; none where more are gone than are counted."""
    count, of_people = mine.refused_rows(), mine.refused_rows("voters")
    if not count:
        return set(), set()
    here = mine.people()
    gone = twin.people() - here
    fewer = [voter for voter, _ in twin.votes() - mine.votes() if voter in here]  # who left may have left unseen
    if len(gone) > of_people or len(gone) + len(fewer) > count:
        return set(), set()
    homes = twin.homes()
    hit = {homes[voter] for voter in gone | set(fewer) if voter in homes}
    return {voter for voter, home in homes.items() if home in hit}, gone


def differing(mine: pa.Table, twin: pa.Table, moved: set[str], refused: set[str]) -> list[str]:
    """How published rows differ where they may not; `moved` live with a refused row, `refused` are gone themselves."""
    left_out = _NO_SCORES | (_OF_OTHERS if moved else set())
    columns = [name for name in mine.column_names if name not in left_out]
    found, expected = ({row["voter_id"]: row for row in table.select(columns).to_pylist()} for table in (mine, twin))
    lost, more = expected.keys() - found.keys() - refused, found.keys() - expected.keys()
    other = [key for key in found.keys() & expected.keys() - moved if found[key] != expected[key]]
    names = sorted({name for key in other for name in columns if found[key][name] != expected[key][name]})
    told = [f"{len(lost):,} voters are missing"] if lost else []
    told += [f"{len(more):,} voters are published that were not"] if more else []
    return told + ([f"{len(other):,} rows say another {', '.join(names)}"] if other else [])


def count_rows(file: Path, layout: FileLayout) -> int:
    """Rows of a landed file's texts of one role, counted from the bytes alone."""
    return sum(_count_text(text, layout) for text in _texts(file, layout))


def _texts(file: Path, layout: FileLayout) -> Iterator[bytes]:
    if not zipfile.is_zipfile(file):
        yield file.read_bytes()
        return
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        for name in archive.namelist():
            if fits_any(name, layout.members) and not fits_any(name, layout.skipped):
                yield archive.read(name)


def _count_text(content: bytes, layout: FileLayout) -> int:
    """Records of a text: lines that are not blank, those joined whose line end stands within quotes."""
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16") if is_wide else content.decode("utf-8-sig", errors="surrogateescape")
    lines = re.split("\r\n|\n|\r", text)
    format_ = layout.format
    if not isinstance(format_, Delimited):
        return sum(bool(line.strip()) for line in lines)
    before = format_.skipped_lines + (format_.header is True)
    quote = format_.quote
    return max(0, len(_records(lines, quote)) - before)


def _records(lines: list[str], quote: str | None) -> list[str]:
    if not quote or sum(line.count(quote) for line in lines) % 2:
        return [line for line in lines if line.strip()]
    found, is_open = list[str](), False
    for line in lines:
        if is_open:
            found[-1] += line
        elif line.strip():
            found.append(line)
        is_open ^= line.count(quote) % 2 == 1
    return found


def judge(replay: Replay) -> Verdict:
    """What a replay that was played shows."""
    return Judge(replay, replay.seen(BROKEN), replay.seen(TWIN)).verdict()
