import datetime as dt
import os

import pytest

from models.errors import DeliveryError
from pipelines.raw import store
from pipelines.raw.landing import landed_files, receive
from pipelines.raw.receipts import ReceiptLedger, kept_file


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
