import datetime as dt
import hashlib
import os
import time
from pathlib import Path

import pytest

from models.errors import DeliveryError
from pipelines.raw import store
from pipelines.raw.landing import landed_files, receive
from pipelines.raw.receipts import ReceiptLedger, kept_file
from pipelines.raw.store import is_proven


@pytest.fixture
def drop(tmp_path):
    def drop(name="ncvoter.txt", content=b"one", day="2026-10-01"):
        file = tmp_path / "landing" / "nc" / day / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    return drop


def take(lake, tmp_path, nc, settle=0, minutes=1):
    now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    return receive(lake, tmp_path / "landing", "nc", nc, now, settle)


def test_a_file_is_taken_in_once_and_kept_as_it_came(lake, tmp_path, nc, drop):
    drop()
    assert [take(lake, tmp_path, nc) for _ in range(3)] == [1, 0, 0]
    (event,) = ReceiptLedger(lake, "nc").events()
    assert kept_file(lake.root, event["file_id"]).read_bytes() == b"one"
    assert (event["role"], event["layout"], event["verdict"]) == ("voters", "nc/2022-02-01", "received")
    assert event["license"] and event["permitted_uses"] == ["elections", "research"]


def test_a_file_that_may_still_grow_is_left_for_the_next_time(lake, tmp_path, nc, drop):
    drop()
    assert take(lake, tmp_path, nc, settle=300) == 0
    assert take(lake, tmp_path, nc, settle=300, minutes=10) == 1


def test_new_bytes_of_the_same_length_and_an_older_time_are_noticed(lake, tmp_path, nc, drop):
    drop(content=b"one")
    receive(lake, tmp_path / "landing", "nc", nc, dt.datetime.now(dt.UTC))
    file = drop(content=b"two")
    os.utime(file, (1, 1))
    assert receive(lake, tmp_path / "landing", "nc", nc, dt.datetime.now(dt.UTC)) == 1
    (delivery,) = ReceiptLedger(lake, "nc").deliveries()
    assert len(delivery.events) == 1 and len(ReceiptLedger(lake, "nc").events()) == 2


def test_the_same_bytes_under_two_names_count_once(lake, tmp_path, nc, drop):
    drop("ncvoter1.txt")
    drop("ncvoter2.txt")
    take(lake, tmp_path, nc)
    newest = ReceiptLedger(lake, "nc").newest()
    assert [newest[dt.date(2026, 10, 1), f"ncvoter{n}.txt"]["verdict"] for n in (1, 2)] == ["received", "rejected"]


@pytest.mark.parametrize("name", ["ncvhis.txt", "ncvoter.txt"])
def test_bytes_of_another_day_are_taken_in(name, lake, tmp_path, nc, drop):
    drop(name)
    drop(name, day="2026-11-01")
    take(lake, tmp_path, nc)
    assert len(ReceiptLedger(lake, "nc").deliveries()) == 2


def test_a_day_before_every_layout_is_told(lake, tmp_path, nc, drop):
    drop(day="1999-01-01")
    take(lake, tmp_path, nc)
    (event,) = ReceiptLedger(lake, "nc").events()
    assert event["verdict"] == "rejected" and "no layout is valid on 1999-01-01" in event["reason"]


@pytest.mark.parametrize("folder", ["October", "20261001", "2026-13-01", "2026-W40-1"])
def test_a_folder_that_is_no_day_is_told(tmp_path, folder):
    (tmp_path / "nc" / folder).mkdir(parents=True)
    with pytest.raises(DeliveryError, match="named as a day"):
        list(landed_files(tmp_path, "nc"))


def test_hidden_files_and_folders_are_left_alone(tmp_path, drop):
    drop(day=".2026-10-01")
    drop(".ncvoter.txt.part")
    assert list(landed_files(tmp_path / "landing", "nc")) == []


def test_a_file_that_grew_while_it_was_copied_is_not_taken_in(lake, tmp_path, nc, drop, monkeypatch):
    file, copy = drop(), store._copy

    def grow(source, target):
        copied = copy(source, target)
        file.write_bytes(b"one and more")
        return copied

    monkeypatch.setattr(store, "_copy", grow)
    with pytest.raises(DeliveryError, match="changed while it was copied"):
        take(lake, tmp_path, nc)
    assert not list((lake.root / "raw" / "files").rglob("*"))
    assert ReceiptLedger(lake, "nc").events() == []


def test_a_full_disk_is_told_before_it_is_full(lake, tmp_path, nc, drop, monkeypatch):
    drop()
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 8}))
    with pytest.raises(DeliveryError, match="less than three times its size is free"):
        take(lake, tmp_path, nc)


def verdicts(lake, name="ncvoter.txt"):
    return [event["verdict"] for event in ReceiptLedger(lake, "nc").events() if event["file_name"] == name]


def digest_of(content, kind="sha256"):
    return hashlib.new(kind, content).hexdigest()


STATED = {
    "as sha256sum writes it": (".sha256", lambda one: f"{digest_of(one)}  ncvoter.txt\n"),
    "of a binary file": (".sha256", lambda one: f"{digest_of(one)} *out/ncvoter.txt\n"),
    "bare": (".sha256", lambda one: digest_of(one).upper()),
    "among others": (".sha256", lambda one: f"{'0' * 64}  other.txt\n{digest_of(one)}  ncvoter.txt\n"),
    "tagged": (".sha256", lambda one: f"SHA256 (ncvoter.txt) = {digest_of(one)}\n"),
    "with its ending in capitals": (".SHA256", lambda one: digest_of(one)),
    "as md5sum writes it": (".md5", lambda one: f"{digest_of(one, 'md5')}  ncvoter.txt\r\n"),
}


@pytest.mark.parametrize("case", STATED)
def test_a_file_is_held_against_the_digest_beside_it(lake, tmp_path, nc, drop, case):
    suffix, stated = STATED[case]
    drop(f"ncvoter.txt{suffix}", stated(b"one").encode())
    assert take(lake, tmp_path, nc) == 0
    drop(content=b"one and more")
    assert [take(lake, tmp_path, nc, minutes=minutes) for minutes in (1, 2)] == [1, 0]
    (event,) = ReceiptLedger(lake, "nc").events()
    assert event["verdict"] == "rejected" and f"is not the one in ncvoter.txt{suffix}: the transfer" in event["reason"]
    assert ReceiptLedger(lake, "nc").deliveries() == [] and not is_proven(kept_file(lake.root, event["file_id"]))
    drop(content=b"one")
    assert take(lake, tmp_path, nc, minutes=3) == 1 and verdicts(lake) == ["rejected", "received"]
    assert is_proven(kept_file(lake.root, digest_of(b"one")))


def later(lake, tmp_path, nc):
    """Take in a moment later, for a clock that tells two writes apart."""
    time.sleep(0.02)
    now = dt.datetime.now(dt.UTC)
    time.sleep(0.02)
    return receive(lake, tmp_path / "landing", "nc", nc, now)


def test_a_digest_that_is_put_right_or_taken_away_frees_the_file(lake, tmp_path, nc, drop):
    drop()
    digest = drop("ncvoter.txt.sha256", b"0" * 64)
    assert later(lake, tmp_path, nc) == 1 and verdicts(lake) == ["rejected"]
    digest.write_text(digest_of(b"one"))
    assert later(lake, tmp_path, nc) == 1 and verdicts(lake)[-1] == "received"
    digest.write_text("no digest")
    assert later(lake, tmp_path, nc) == 1 and verdicts(lake)[-1] == "rejected"
    assert "ncvoter.txt.sha256 holds no SHA-256 of it" in ReceiptLedger(lake, "nc").events()[-1]["reason"]
    digest.unlink()
    assert later(lake, tmp_path, nc) == 1 and verdicts(lake)[-1] == "received"
    assert later(lake, tmp_path, nc) == 0


def test_broken_bytes_leave_the_good_ones_of_their_name_in_use(lake, tmp_path, nc, drop):
    drop()
    drop("ncvoter.txt.sha256", digest_of(b"one").encode())
    take(lake, tmp_path, nc)
    drop(content=b"broken")
    take(lake, tmp_path, nc, minutes=2)
    assert verdicts(lake) == ["received", "rejected"]
    (delivery,) = ReceiptLedger(lake, "nc").deliveries()
    assert [event["file_id"] for event in delivery.events] == [digest_of(b"one")]


def strange(tmp_path, drop):
    """A file outside, and things in the landing folder that are none."""
    good = drop("ncvoter1.txt")
    (tmp_path / "secret").write_bytes(b"secret")
    (good.parent / "ncvoter2.txt").symlink_to(tmp_path / "secret")
    (good.parent / "ncvoter3.txt").symlink_to("nowhere")
    os.mkfifo(good.parent / "ncvoter4.txt")
    (good.parent / "ncvoter5.txt").mkdir()
    (good.parent / "ncvoter6\nheld: no.txt").write_bytes(b"six")
    (good.parent / f"ncvoter{'7' * 220}.txt").write_bytes(b"seven")
    os.link(tmp_path / "secret", good.parent / "ncvoter8.txt")
    Path(os.fsdecode(os.fsencode(good.parent) + b"/ncvoter9\xff.txt")).write_bytes(b"nine")


def test_what_is_no_plain_file_is_rejected_unread_and_told_once(lake, tmp_path, nc, drop):
    strange(tmp_path, drop)
    assert [take(lake, tmp_path, nc, minutes=minutes) for minutes in (1, 2)] == [9, 0]
    events = {event["file_name"][:8]: event for event in ReceiptLedger(lake, "nc").events()}
    reasons = {"ncvoter2": "a link", "ncvoter3": "a link", "ncvoter4": "a pipe", "ncvoter5": "a folder"}
    for name, what in reasons.items():
        assert f"{name}.txt: it is {what}, and no file" in events[name]["reason"]
    for name in ("ncvoter6", "ncvoter7", "ncvoter9"):
        assert "its name has signs that cannot be seen, or more than 200" in events[name]["reason"]
        assert len(events[name]["reason"]) < 400 and "\n" not in events[name]["reason"]
    rejected = {name for name, event in events.items() if event["verdict"] == "rejected"}
    assert rejected == {f"ncvoter{number}" for number in (2, 3, 4, 5, 6, 7, 9)}
    assert {events[name]["bytes_count"] for name in rejected} == {0}
    assert events["ncvoter8"]["file_id"] == digest_of(b"secret")


def test_a_folder_that_is_a_link_is_told(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "nc").mkdir()
    (tmp_path / "nc" / "2026-10-01").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeliveryError, match="no link to one"):
        list(landed_files(tmp_path, "nc"))


def test_a_file_that_became_a_link_or_a_pipe_is_not_followed(lake, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(DeliveryError):
            store.keep(lake.root, tmp_path / name)
    assert not [path for path in (lake.root / "raw" / "files").rglob("*") if path.is_file()]
