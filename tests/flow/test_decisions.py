"""A person decides on a held delivery: by one launch it is read, accepted as it is, or never looked at again."""

import datetime as dt
import shutil
import zipfile

import pytest
import yaml

from models.errors import ConfigError, DeliveryError
from pipelines.core import delivery as judging
from pipelines.core.deciding import Decision, decide
from pipelines.core.delivery import Admission
from pipelines.core.findings import Finding, read_finding, unseen
from pipelines.core.trial import Trying
from pipelines.lake import Lake
from pipelines.raw.adopted import adopt_entry, with_adopted
from pipelines.raw.landing import receive
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.core import Voters

DAY = dt.date(2026, 10, 1)
VOTERS, HISTORY = "ncvoter_Statewide.zip", "ncvhis_Statewide.zip"
RENAMED = (b'"registr_dt"', b'"reg_date"')


class World:
    """A data root with two accepted snapshots; a third delivery arrives as a test writes it."""

    def __init__(self, home, good, source):
        self.landing, self.lake, self.source, self.good = home / "landing", Lake(home / "data"), source, good
        self.now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)

    @property
    def ledger(self):
        return ReceiptLedger(self.lake, "nc")

    def land(self, change, day=DAY):
        """Land the good files for a day, with the text of the voters file changed."""
        folder = self.landing / "nc" / str(day)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.good / HISTORY, folder)
        with (
            zipfile.ZipFile(self.good / VOTERS) as archive,
            zipfile.ZipFile(folder / VOTERS, "w", zipfile.ZIP_DEFLATED) as written,
        ):
            written.writestr(archive.namelist()[0], change(archive.read(archive.namelist()[0])))

    def judge(self):
        source = with_adopted(self.lake, "nc", self.source)
        receive(self.lake, self.landing, "nc", source, self.now)
        return Admission(self.lake, "nc", source).admit_all(self.now)[-1]

    def decide(self, choice, delivery=None, why="the board told us on the phone"):
        named = delivery or self.ledger.deliveries()[-1].delivery_id
        return decide(self.lake, "nc", with_adopted(self.lake, "nc", self.source), Decision(named, choice, why, "ann"))

    def snapshots(self):
        return {day: record.fingerprint for (_, day), record in self.lake.table(Voters, state="NC").records().items()}


@pytest.fixture
def world(nc_accepted, nc_landing, nc, tmp_path):
    for part in ("data", "landing"):
        shutil.copytree(nc_accepted / part, tmp_path / part)
    return World(tmp_path, nc_landing / "nc" / str(DAY), nc)


def renamed(text: bytes) -> bytes:
    assert RENAMED[0] in text
    return text.replace(*RENAMED, 1)


def a_third(text: bytes) -> bytes:
    lines = text.split(b"\r\n")
    return b"\r\n".join([lines[0], *lines[1::3], b""])


def test_an_adopted_entry_reads_the_delivery_and_the_snapshots_before_it_stand(world):
    before = world.snapshots()
    world.land(renamed)
    held = world.judge()
    assert held.verdict == "held" and "registr_dt is now reg_date" in held.reason
    assert world.snapshots() == before
    told = world.decide("approve")
    assert "is in force" in told
    accepted = world.judge()
    assert accepted.verdict == "accepted"
    assert {event["layout"] for event in world.ledger.deliveries()[-1].events} == {f"nc/{DAY}"}
    count = len(world.ledger.events())
    assert world.judge().verdict == "accepted" and len(world.ledger.events()) == count  # it stands
    now = world.snapshots()
    assert now.pop(str(DAY)) and now == before  # a new dated entry rebuilds nothing that stands
    [decided] = {
        (event["decided_by"], event["verdict"]): event["reason"]
        for event in world.ledger.events()
        if event["decided_by"] != "rules"
    }.items()
    assert decided[0] == ("ann", "received") and "the board told us on the phone" in decided[1]


def test_the_pasted_entry_takes_the_place_of_the_adopted_one(world):
    world.land(renamed)
    delivery = world.judge().delivery
    entry = read_finding(world.lake, delivery).entry
    world.decide("approve")
    told = world.source.model_dump(mode="json", by_alias=True)
    pasted = type(world.source).model_validate({**told, "layouts": [*told["layouts"], *yaml.safe_load(entry)]})
    assert with_adopted(world.lake, "nc", pasted) == pasted
    assert with_adopted(world.lake, "nc", world.source).layouts[-1] == pasted.layouts[-1]


def test_an_entry_adopted_for_a_day_that_has_one_is_like_it(world):
    for number, (like, change) in enumerate(
        (("2022-02-01", "renamed: {registr_dt: reg_date}"), (DAY, "added: [cell]"))
    ):
        entry = f"- valid_from: {DAY}\n  like: {like}\n  changes:\n    voters:\n      {change}\n"
        source = with_adopted(world.lake, "nc", world.source)
        file = adopt_entry(world.lake, "nc", source, DAY, entry, "ann")
        assert file.name == f"{DAY}.{number:03d}.yaml"
    names = with_adopted(world.lake, "nc", world.source).layout_on(DAY).files["voters"].format.names
    assert {"reg_date", "cell"} <= set(names) and "registr_dt" not in names


def test_an_adopted_entry_that_fits_no_more_is_told_with_its_file(world):
    world.land(renamed)
    world.judge()
    world.decide("approve")
    [file] = (world.lake.root / "raw" / "layouts" / "nc").glob("*.yaml")
    file.write_text(file.read_text().replace("renamed", "renammed"))
    with pytest.raises(ConfigError, match=file.name):
        with_adopted(world.lake, "nc", world.source)


def test_an_implausible_delivery_is_accepted_as_it_is_and_the_next_one_is_judged_again(world):
    world.land(a_third)
    assert world.judge().verdict == "held"
    assert "accepted" in world.decide("approve")
    accepted = world.judge()
    assert accepted.verdict == "accepted"
    assert accepted.reason.startswith("Accepted by ann: the board told us on the phone.")
    assert "voters are gone" in accepted.reason  # what the rules found is not hushed up
    world.land(lambda text: a_third(a_third(text)), day=DAY + dt.timedelta(days=7))
    assert world.judge().verdict == "held"


def test_an_accepted_snapshot_goes_out_of_use_where_a_digest_contradicts_its_file(world):
    world.land(lambda text: text)
    world.now = dt.datetime.now(dt.UTC)
    assert world.judge().verdict == "accepted" and str(DAY) in world.snapshots()
    digests = [world.landing / "nc" / str(DAY) / f"{name}.sha256" for name in (VOTERS, HISTORY)]
    for digest in digests:
        digest.write_text("0" * 64)
    world.now = dt.datetime.now(dt.UTC)
    assert world.judge().delivery.snapshot_date < DAY and str(DAY) not in world.snapshots()
    for digest in digests:
        digest.unlink()
    world.now = dt.datetime.now(dt.UTC)
    assert world.judge().verdict == "accepted" and str(DAY) in world.snapshots()


def test_an_approval_holds_for_what_was_seen():
    seen = Finding("", ["7 voters are gone (5.0%, allowed 1.0%).", "No name."])
    assert unseen(["1,008 voters are gone (50.1%, allowed 1.0%).", "No name."], seen) == []
    told = "last_name: 7 voters have another value than before (100.0%, allowed 1.0%)."
    assert unseen([told, "No name."], seen) == [told]
    assert unseen([told], None) == [told] and unseen([], None) == []
    lost = "OH-{}-11-05-general: 894 of 894 known votes are gone."
    assert unseen([lost.format(2022)], Finding("", [lost.format(2024)])) == [lost.format(2022)]


def test_a_rejected_delivery_is_never_looked_at_again(world):
    world.land(a_third)
    world.judge()
    assert "rejected" in world.decide("reject")
    assert world.judge().delivery.snapshot_date < DAY
    world.land(a_third)  # the same bytes once more
    assert world.judge().delivery.snapshot_date < DAY
    world.land(lambda text: text)
    assert world.judge().verdict == "accepted"


def test_what_cannot_be_read_is_not_accepted_by_anybody(world):
    world.land(lambda _: b"<html>Try again later</html>")
    assert world.judge().verdict == "held"
    for choice in ("approve", "approve_as_it_is"):
        with pytest.raises(DeliveryError, match="it was not read, and no layout entry is known"):
            world.decide(choice)


def test_a_decision_needs_a_reason_and_a_held_delivery(world):
    accepted = world.ledger.deliveries()[-1].delivery_id
    with pytest.raises(DeliveryError, match="it is accepted, not held"):
        world.decide("approve", accepted)
    world.land(a_third)
    held = world.judge().delivery
    with pytest.raises(DeliveryError, match="say why"):
        world.decide("approve", why=" ")
    with pytest.raises(DeliveryError, match=f"Held are: {held.delivery_id}"):
        world.decide("approve", "nc-2026-10-01-unheard")
    assert "rejected" in world.decide("reject", held.events[0]["file_id"])


def test_a_held_delivery_is_read_once(world, monkeypatch):
    world.land(a_third)
    held = world.judge()

    def never(*_):
        raise AssertionError("it was read again")

    monkeypatch.setattr(judging, "stage_delivery", never)
    assert world.judge().reason == held.reason


def test_a_finding_holds_what_a_person_needs(world):
    world.land(a_third)
    delivery = world.judge().delivery
    finding = read_finding(world.lake, delivery)
    assert finding.is_read and finding.reasons and not finding.entry
    assert finding.files[VOTERS]["row_count"] > 0 and finding.files[VOTERS]["encoding"] == "latin-1"


def test_a_file_is_tried_without_loading_it(world, tmp_path):
    world.land(renamed, day=DAY)
    file = world.landing / "nc" / str(DAY) / VOTERS
    before = sorted(world.lake.root.rglob("*"))
    with Lake(tmp_path / "trial").connect() as connection:
        scratch = tmp_path / "scratch"
        trial = Trying("nc", world.source).try_files(connection, [file], DAY, scratch)
    assert trial.roles == ["voters"] and "registr_dt is now reg_date" in trial.reasons[0]
    assert "reg_date" in trial.entry
    assert sorted(world.lake.root.rglob("*")) == before


def test_an_accepted_delivery_can_be_taken_out_of_use(world):
    before = world.snapshots()
    world.land(lambda text: text)
    accepted = world.judge()
    assert accepted.verdict == "accepted" and len(world.snapshots()) == len(before) + 1
    world.decide("reject")
    world.judge()
    assert world.snapshots() == before


def test_another_encoding_loads_by_itself_only_where_names_stay_as_they_were(world):
    accented = "Muñoz".encode("latin-1")

    def with_accents(text: bytes) -> bytes:
        rows = text.split(b"\r\n")
        nth = rows[0].split(b"\t").index(b'"last_name"')
        cells = [row.split(b"\t") for row in rows[1:-1]]
        for row in cells[::250]:
            row[nth] = b'"' + accented + b'"'
        return b"\r\n".join([rows[0], *(b"\t".join(row) for row in cells), b""])

    def in_utf8(text: bytes) -> bytes:
        moved = with_accents(text).replace(b' ST"', b' AVE"', 1)  # no file is wholly the one before
        assert moved != with_accents(text)
        return moved.decode("latin-1").encode("utf-8")

    def misread(text: bytes) -> bytes:
        return with_accents(text).decode("cp437").encode("utf-8")  # what a wrong tool on the way makes of it

    world.land(with_accents)
    assert world.judge().verdict == "accepted"
    day = DAY + dt.timedelta(days=7)
    world.land(misread, day)
    held = world.judge()
    assert held.verdict == "held" and "letters beyond ASCII 0 have the name of before" in held.reason
    world.land(in_utf8, day)
    accepted = world.judge()
    assert accepted.verdict == "accepted" and "UTF-8" in accepted.reason
