import datetime as dt

from pipelines.defs.tables import SHOWN_AT_ONCE, delivery_metadata, markdown_table
from pipelines.raw.receipts import Delivery


def delivery(day: int, verdict: str, reason: str | None = None) -> Delivery:
    event = {
        "verdict": verdict,
        "reason": reason,
        "row_count": 1234 if verdict == "accepted" else None,
        "reject_count": 5,
    }
    return Delivery("nc", dt.date(2026, 1, 1) + dt.timedelta(days=day), (event, event))


def test_numbers_stand_to_the_right_with_commas():
    table = markdown_table([{"state": "NC", "rows": 1234567, "share": 0.5, "is new": True}]).value
    assert table.splitlines() == [
        "| state | rows | share | is new |",
        "|---|---:|---:|---:|",
        "| NC | 1,234,567 | 0.5000 | yes |",
    ]


def test_a_long_table_is_cut_to_what_the_interface_shows_at_once():
    rows = [{"snapshot": str(number), "rows": number} for number in range(500)]
    shown = markdown_table(rows, at_most=SHOWN_AT_ONCE).value
    assert len(shown) < 1000 and shown.endswith("older*") and "| 0 | 0 |" in shown


def test_the_newest_delivery_and_every_held_one_are_told_in_words():
    found = delivery_metadata([delivery(0, "accepted"), delivery(1, "held", "It lacks a column.")])
    assert found["newest delivery"].value == "It lacks a column."
    assert found["held"].value == "2026-01-02"
    assert "| 2026-01-02 | held | - | 10 |" in found["deliveries"].value


def test_nothing_landed_is_said():
    assert delivery_metadata([])["newest delivery"].value == "Nothing has landed yet."
