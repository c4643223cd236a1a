"""Every break that real deliveries show ends in a clear sentence; nothing downstream changes and nothing is lost."""

import datetime as dt
import hashlib
import io
import shutil
import stat
import zipfile

import pyarrow.parquet as pq
import pytest

from models.errors import DeliveryError
from pipelines.core.delivery import Admission
from pipelines.lake import Lake
from pipelines.raw.landing import receive
from pipelines.raw.receipts import ReceiptLedger, kept_file
from pipelines.synthetic.breaks import texts as breaks
from pipelines.tables.core import Rejects, VoteHistory, Voters

DAY = dt.date(2026, 10, 1)
CANARY = "ZZCANARYZZ"
VOTERS, HISTORY = "ncvoter_Statewide.zip", "ncvhis_Statewide.zip"
TABLES = (Voters, VoteHistory, Rejects)
NC = breaks.QUOTED_TABS


def pack(content: bytes, name: str = "ncvoter_Statewide.txt") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def unpack(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(archive.namelist()[0])


class World:
    """A data root with two accepted snapshots, and a third delivery that a test writes as it likes."""

    def __init__(self, home, good, source):
        self.landing, self.lake, self.source = home / "landing", Lake(home / "data"), source
        self.now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
        self.good, self.folder = good, self.landing / "nc" / str(DAY)
        self.before = self.fingerprints()

    @property
    def text(self) -> bytes:
        """The good voters file, with a marker for a name in its first rows."""
        rows = NC.rows(unpack((self.good / VOTERS).read_bytes()))
        nth = NC.position(rows, "last_name")
        for row in rows[1:10]:
            row[nth] = NC.quoted(CANARY)
        return NC.content(rows)

    def fingerprints(self):
        return {table.table_name: self.lake.table(table).fingerprint for table in TABLES}

    def land(self, voters: bytes | None, name: str = VOTERS, history: bool = True, day: dt.date = DAY):
        folder = self.landing / "nc" / str(day)
        folder.mkdir(parents=True, exist_ok=True)
        if voters is not None:
            (folder / name).write_bytes(voters)
        if history:
            shutil.copy(self.good / HISTORY, folder)

    def judge(self, hours: float = 0, source=None):
        source = source or self.source
        now = self.now + dt.timedelta(hours=hours)
        receive(self.lake, self.landing, "nc", source, now)
        return Admission(self.lake, "nc", source).admit_all(now)[-1]

    def lenient(self):
        limits = self.source.plausibility.model_copy(update={"rejected_share": 0.2})
        return self.source.model_copy(update={"plausibility": limits})

    def events(self):
        return [event for event in ReceiptLedger(self.lake, "nc").events() if event["snapshot_date"] == DAY]


@pytest.fixture
def world(nc_accepted, nc_landing, nc, tmp_path):
    for part in ("data", "landing"):
        shutil.copytree(nc_accepted / part, tmp_path / part)
    return World(tmp_path, nc_landing / "nc" / str(DAY), nc)


def row_break(change):
    """A break of single lines, written as a function of the list of lines."""

    def broken(content: bytes) -> bytes:
        lines = content.decode("latin-1").split("\r\n")
        return "\r\n".join(change(lines)).encode("latin-1")

    return broken


def emptied(content: bytes, column: str, every: int = 2) -> bytes:
    rows = NC.rows(content)
    nth = NC.position(rows, column)
    for row in rows[1::every]:
        row[nth] = NC.quoted("")
    return NC.content(rows)


def rewritten(content: bytes, column: str, change) -> bytes:
    rows = NC.rows(content)
    nth = NC.position(rows, column)
    for row in rows[1:]:
        row[nth] = NC.quoted(change(row[nth].strip('"')))
    return NC.content(rows)


HELD = {
    "a required column is dropped": (
        lambda text: breaks.drop_column(text, "birth_year"),
        "required column is missing: birth_year",
    ),
    "a header is renamed": (
        lambda text: breaks.rename_header(text, "registr_dt", "regist_date"),
        "registr_dt is now regist_date",
    ),
    "UTF-8 with a bad byte": (
        lambda text: breaks.reencode(text, "utf-8").replace(b"CANARY", b"\xc9CANARY", 1),
        "beyond ASCII are UTF-8, the others are not",
    ),
    "two encodings": (
        lambda text: text[:200_000] + breaks.reencode(text[200_000:], "utf-8"),
        "beyond ASCII are UTF-8, the others are not",
    ),
    "a text cut short": (breaks.cut_short, "voters are gone"),
    "an empty member": (breaks.empty, "nothing but empty members (0 bytes)"),
    "nothing but blank lines": (lambda _: b"\r\n \r\n", "nothing but blanks"),
    "a header and no rows": (breaks.header_only, "a header and no rows"),
    "ids that contradict": (
        lambda text: breaks.duplicate_ids(text, "ncid"),
        "10 rows were refused, voter_id breaks the rule 'has one set of facts for an id'",
    ),
    "NUL bytes": (breaks.nul_bytes, "NUL bytes stand in the text"),
    "days of 1800": (lambda text: breaks.placeholder_dates(text, "registr_dt"), "registration_date: empty for"),
    "years of 1800": (lambda text: breaks.placeholder_dates(text, "birth_year", "1800"), "birth_year: empty for"),
    "days to come": (lambda text: breaks.placeholder_dates(text, "registr_dt", "01/01/2999"), "registration_date: 5"),
    "a day that is none": (
        lambda text: breaks.placeholder_dates(text, "registr_dt", "02/30/2020"),
        "texts break the rule 'is a day as %m/%d/%Y",
    ),
    "a page": (breaks.html_page, "a web page or XML stands where delimited text was expected"),
    "all values shifted": (lambda text: breaks.shift_values(text, "last_name"), "last_name:"),
    "districts shifted": (lambda text: breaks.shift_values(text, "precinct_abbrv"), "precinct_code:"),
    "a column shuffled": (lambda text: breaks.shuffle_column(text, "gender_code"), "gender_code:"),
    "ten times fewer rows": (breaks.fewer_rows, "a change of -90%"),
    "half of a column emptied": (lambda text: emptied(text, "party_cd"), "party_code: empty for"),
    "half of a rare column emptied": (lambda text: emptied(text, "full_phone_number"), "phone: empty for"),
    "signs in place of names": (lambda text: rewritten(text, "last_name", lambda _: "***"), "last_name:"),
    "one county gone": (
        lambda text: NC.content([row for row in NC.rows(text) if row[0] != '"1"' and row[0] != '"001"']),
        "1 of 5 counties lost more than",
    ),
    "a delimiter more in every row": (
        row_break(lambda lines: [lines[0], *[line + '\t"x"' for line in lines[1:-1]], ""]),
        "has as many fields as the header",
    ),
    "a field less in every row": (
        row_break(lambda lines: [lines[0], *[line.rpartition("\t")[0] for line in lines[1:-1]], ""]),
        "has as many fields as the header",
    ),
    "no header": (row_break(lambda lines: lines[1:]), "the first line is not the header"),
    "two ids in the header": (
        lambda text: breaks.rename_header(text, "voter_reg_num", "NCID"),
        "stand twice in the header",
    ),
}


def assert_nothing_lost(world, judgement, landed: bytes):
    """The bytes are kept, and lines = header + blank + accepted + refused + folded."""
    kept = kept_file(world.lake.root, hashlib.sha256(landed).hexdigest())
    assert kept.read_bytes() == landed and stat.S_IMODE(kept.stat().st_mode) == 0o440
    if judgement.staged and judgement.verdict == "accepted":
        facts = judgement.staged.files[hashlib.sha256(landed).hexdigest()]
        accepted = world.lake.table(Voters, snapshot_date=DAY).row_count
        assert facts["row_count"] == accepted + facts["reject_count"] + judgement.staged.folded_count


def assert_no_value_told(world):
    told = [str(event) for event in ReceiptLedger(world.lake, "nc").events()]
    assert not any("CANARY" in text for text in told)
    rejects = [
        str(pq.read_table(file).to_pylist()) for file in (world.lake.root / "core").rglob("*rejects*/**/*.parquet")
    ]
    assert not any("CANARY" in text for text in rejects)


def assert_held(world, judgement, landed: bytes, sentence: str, name: str = VOTERS):
    assert judgement.verdict == "held" and sentence in judgement.reason, judgement.reason
    assert judgement.reason.startswith("nc 2026-10-01 is held: ")
    assert judgement.reason.endswith("The last good snapshot stays in use.")
    assert world.fingerprints() == world.before
    newest = ReceiptLedger(world.lake, "nc").newest()
    assert {newest[DAY, file]["verdict"] for file in (name, HISTORY)} == {"held"}
    assert all(newest[DAY, file]["reason"] == judgement.reason for file in (name, HISTORY))
    assert_nothing_lost(world, judgement, landed)
    assert_no_value_told(world)


@pytest.mark.parametrize("case", HELD)
def test_a_broken_file_is_held_with_its_reason(world, case):
    change, sentence = HELD[case]
    landed = pack(change(world.text))
    world.land(landed)
    assert_held(world, world.judge(), landed, sentence)


def test_an_archive_cut_short_is_held(world):
    landed = breaks.cut_short(pack(world.text))
    world.land(landed)
    assert_held(
        world, world.judge(), landed, f"{VOTERS}: the archive is damaged or cut short; it has {len(landed):,} bytes."
    )


def test_an_empty_file_is_held(world):
    world.land(b"")
    assert_held(world, world.judge(), b"", f"{VOTERS}: the file is empty (0 bytes).")


def test_a_held_delivery_is_told_once_and_mended_by_new_bytes_under_the_old_name(world):
    world.land(pack(breaks.drop_column(world.text, "birth_year")))
    world.judge()
    told = len(world.events())
    world.judge()
    assert len(world.events()) == told
    world.land(pack(world.text))
    assert world.judge().verdict == "accepted"


def test_a_broken_file_sent_again_for_a_good_day_leaves_that_day_in_use(world):
    world.land(pack(world.text))
    assert world.judge().verdict == "accepted"
    good = world.fingerprints()
    world.land(pack(breaks.drop_column(world.text, "birth_year")))
    assert world.judge().verdict == world.judge().verdict == "held"
    assert world.fingerprints() == good


def test_a_delivery_that_todays_rules_hold_is_taken_out_of_use(world):
    world.land(pack(world.text + b"a line that is no record\r\n"))
    assert world.judge(source=world.lenient()).verdict == "accepted"
    strict = world.source.plausibility.model_copy(update={"rejected_share": 0.0})
    held = world.judge(source=world.source.model_copy(update={"plausibility": strict}))
    assert held.verdict == "held"
    assert str(DAY) not in {day for _, day in world.lake.table(Voters).records()}


ACCEPTED = {
    "another delimiter": (breaks.swap_delimiter, "its delimiter is pipe, the layout says tab"),
    "UTF-16": (breaks.reencode, "opens with the mark of UTF-16; the layout allows latin-1"),
    "UTF-8": (
        lambda text: breaks.reencode(text.replace(b'ZZ"', b'\xc9\xd1"'), "utf-8"),
        "beyond ASCII are UTF-8; the layout allows latin-1",
    ),
    "ids that repeat word for word": (
        row_break(lambda lines: [*lines[:-1], *lines[5:9], ""]),
        "4 repeated rows were folded.",
    ),
    "a few years of 1800": (
        lambda text: breaks.placeholder_dates(text, "birth_year", "1800", every=100),
        "birth_year: 17 masked or placeholder, null.",
    ),
    "a quote that never closes at the end of a line": (
        lambda text: breaks.unbalanced_quote(text, "vtd_desc", row=7),
        "",
    ),
    "a byte order mark of UTF-8": (lambda text: b"\xef\xbb\xbf" + text, ""),
    "line feeds only": (lambda text: text.replace(b"\r\n", b"\n"), ""),
    "carriage returns only": (lambda text: text.replace(b"\r\n", b"\r"), ""),
    "line ends of both kinds": (lambda text: text.replace(b"\r\n", b"\n", 50), ""),
    "a carriage return in a field": (lambda text: text.replace(b"CANARYZZ", b"CANARY\rZZ", 1), ""),
    "no line end at the end": (lambda text: text.rstrip(b"\r\n"), ""),
    "blank lines": (row_break(lambda lines: [*lines[:5], "", "", *lines[5:9], "", *lines[9:]]), ""),
    "a new column": (
        row_break(lambda lines: [lines[0] + '\t"ssn"', *[line + '\t"Y"' for line in lines[1:-1]], ""]),
        "1 column is new: ssn",
    ),
    "a nameless empty column": (row_break(lambda lines: [line + "\t" for line in lines[:-1]]), ""),
    "another code for every precinct, the names as before": (
        lambda text: rewritten(text, "precinct_abbrv", lambda code: f"N{code}" if code else ""),
        "",
    ),
    "small letters in all names and addresses": (
        lambda text: rewritten(
            rewritten(rewritten(text, "last_name", str.lower), "first_name", str.title), "res_street_address", str.title
        ),
        "",
    ),
    "latin-1 letters": (lambda text: text.replace(b'ZZ"', b'\xc9\xd1"'), ""),
    "bytes that are letters in cp1252 only": (
        lambda text: text.replace(b'ZZ"', b'\x92S"'),
        "9 bytes from 0x80 to 0x9F are no letters in latin-1",
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_an_untidy_file_is_read_whole(world, case):
    change, sentence = ACCEPTED[case]
    landed = pack(change(world.text))
    world.land(landed)
    judgement = world.judge()
    assert judgement.verdict == "accepted" and sentence in judgement.reason, judgement.reason
    assert world.lake.table(Voters, snapshot_date=DAY).row_count == len(NC.rows(world.text)) - 1
    assert_nothing_lost(world, judgement, landed)
    assert_no_value_told(world)


REFUSED = {
    "a field too many": (row_break(lambda lines: [*lines[:10], lines[10] + '\t"x"', *lines[11:]]), {11}),
    "a field too few": (row_break(lambda lines: [*lines[:10], '"a"\t"b"', *lines[11:]]), {11}),
    "blanks before": (row_break(lambda lines: [*lines[:5], "", "", *lines[5:10], '"a"', *lines[11:]]), {13}),
    "a quote that never closes": (lambda text: breaks.unbalanced_quote(text, "last_name", row=7), {8}),
    "spaces alone": (row_break(lambda lines: [*lines[:10], "   ", *lines[11:]]), {11}),
    "a line break in a field": (lambda text: text.replace(b"CANARYZZ", b"CANARY\r\nZZ", 1), {2, 3}),
    "no id": (
        row_break(
            lambda lines: [
                *lines[:5],
                "",
                '"a"',
                *lines[5:10],
                lines[10].replace(lines[10].split("\t")[3], '""'),
                *lines[11:],
            ]
        ),
        {7, 13},
    ),
    "ids that contradict": (
        row_break(lambda lines: [*lines[:5], "", *lines[5:8], lines[4].replace(CANARY, "OTHER"), *lines[8:]]),
        {5, 10},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_lines_are_numbered_as_the_file_counts_them(world, case):
    change, expected = REFUSED[case]
    text = change(world.text)
    landed = pack(text)
    world.land(landed)
    judgement = world.judge(source=world.lenient())
    assert judgement.verdict == "accepted", judgement.reason
    with world.lake.connect() as connection:
        rejects = world.lake.table(Rejects, snapshot_date=DAY).select()
        found = {line for (line,) in connection.execute(f"SELECT row_number FROM ({rejects})").fetchall()}
    assert found == expected
    assert_nothing_lost(world, judgement, landed)
    assert_no_value_told(world)
    kept = list((world.lake.root / "raw" / "quarantine").rglob("*.txt"))
    lines = text.split(b"\r\n")
    assert len(kept) == 1 and stat.S_IMODE(kept[0].stat().st_mode) == 0o600
    assert kept[0].read_bytes() == b"".join(b"%d\t%s\n" % (line, lines[line - 1]) for line in sorted(expected))


def test_the_same_bytes_for_another_day_are_a_delivery_sent_again(world):
    old = world.landing / "nc" / "2026-09-01" / VOTERS
    world.land(old.read_bytes())
    judgement = world.judge()
    told = "Its voters files are byte for byte those of 2026-09-01: a delivery sent again."
    assert judgement.verdict == "held" and told in judgement.reason
    assert world.fingerprints() == world.before


def test_a_file_of_no_role_is_rejected_until_the_layout_names_it(world):
    world.land(pack(world.text), name="VoterFile_NC.zip")
    world.judge()
    newest = ReceiptLedger(world.lake, "nc").newest()[DAY, "VoterFile_NC.zip"]
    assert newest["verdict"] == "rejected" and "fits no file of the layout nc/2022-02-01" in newest["reason"]
    assert world.fingerprints() == world.before
    layout = world.source.layouts[-1]
    voters = layout.files["voters"].model_copy(update={"match": ["voterfile_*.zip"]})
    mended = layout.model_copy(update={"files": {**layout.files, "voters": voters}})
    assert world.judge(source=world.source.model_copy(update={"layouts": [mended]})).verdict == "accepted"


def test_a_delivery_waits_for_its_history_and_goes_on_without_it(world):
    world.land(pack(world.text), history=False)
    waiting = world.judge()
    assert (waiting.verdict, waiting.reason) == ("received", "Waits for history, up to 24 hours.")
    assert world.fingerprints() == world.before
    judgement = world.judge(hours=25)
    assert judgement.verdict == "accepted"
    assert judgement.reason.startswith("No history file came within 24 hours; what was known before stays in use.")
    assert world.lake.table(VoteHistory, snapshot_date=DAY).row_count == 0


def test_history_without_voters_is_held_in_the_end(world):
    world.land(None)
    assert world.judge().verdict == "received"
    held = world.judge(hours=25)
    assert held.verdict == "held" and "No voters file came within 24 hours." in held.reason
    assert world.fingerprints() == world.before


def test_a_broken_history_holds_the_whole_delivery(world):
    world.land(pack(world.text))
    good = unpack((world.good / HISTORY).read_bytes())
    broken = pack(breaks.placeholder_dates(good, "election_lbl", "13/45/2020"), "ncvhis_Statewide.txt")
    (world.folder / HISTORY).write_bytes(broken)
    judgement = world.judge()
    assert judgement.verdict == "held" and HISTORY in judgement.reason
    assert "election_date breaks the rule 'is stated and can be read'" in judgement.reason
    assert world.fingerprints() == world.before


def test_a_run_that_stopped_before_its_verdict_is_told_again_with_the_same_rows(world):
    world.land(pack(world.text))
    receive(world.lake, world.landing, "nc", world.source, world.now)
    ledger = ReceiptLedger(world.lake, "nc")
    before = sorted(ledger.folder.glob("*.parquet"))
    Admission(world.lake, "nc", world.source).admit_all(world.now)
    tables = world.fingerprints()
    told = [file for file in sorted(ledger.folder.glob("*.parquet")) if file not in before]
    content = [file.read_bytes() for file in told]
    for file in told:
        file.unlink()
    again = Admission(world.lake, "nc", world.source).admit_all(world.now)[-1]
    assert again.verdict == "accepted" and not any(record.is_new for record in again.records.values())
    assert world.fingerprints() == tables
    assert [file.read_bytes() for file in sorted(ledger.folder.glob("*.parquet")) if file not in before] == content


def test_a_folder_that_is_no_day_is_told_and_hidden_ones_are_left_alone(world):
    (world.landing / "nc" / ".2026-11-01").mkdir()
    world.judge()
    (world.landing / "nc" / "October").mkdir()
    with pytest.raises(DeliveryError, match="a snapshot folder is named as a day"):
        world.judge()
