"""A dated layout of records changes the headers of flags and signs too, wherever they stand."""

import pytest
from pydantic import ValidationError

from pipelines.layouts.source import Vendor

VENDOR = {
    "name": "Test",
    "obtained_from": "a test",
    "permitted_uses": ["campaign"],
    "states": ["GA"],
    "refresh_days": 7,
    "posting_lag_days": 0,
    "layouts": [
        {
            "valid_from": "2024-01-01",
            "files": {
                "donations": {
                    "match": ["gifts*.csv"],
                    "format": {
                        "kind": "delimited",
                        "delimiters": [","],
                        "encodings": ["utf-8"],
                        "names": ["id", "who", "kind", "amount"],
                    },
                    "records": {
                        "source_record_id": {"from": "id", "key": True},
                        "full_name": "who",
                        "amount_usd": {"from": "amount", "amount": True, "minus": {"kind": ["R"]}},
                    },
                },
                "volunteers": {
                    "match": ["people*.csv"],
                    "format": {
                        "kind": "delimited",
                        "delimiters": [","],
                        "encodings": ["utf-8"],
                        "names": ["who", "Doors", "Phones"],
                    },
                    "records": {
                        "full_name": "who",
                        "roles": {"every_flag": {"Doors": "doors", "Phones": "phones"}},
                    },
                },
            },
        }
    ],
}


def changed(**changes):
    later = {"valid_from": "2026-01-01", "like": "2024-01-01", "changes": changes}
    vendor = Vendor.model_validate({**VENDOR, "layouts": [*VENDOR["layouts"], later]})
    return vendor.layouts[-1].files


def test_the_field_that_tells_a_sign_is_renamed():
    files = changed(donations={"renamed": {"kind": "type", "amount": "usd"}})["donations"]
    assert files.records["amount_usd"].minus == {"type": ["R"]}
    assert files.records["amount_usd"].from_ == ["usd"]


def test_flags_of_a_list_are_renamed_dropped_and_joined_by_new_ones():
    change = {
        "renamed": {"Doors": "Walks"},
        "dropped": ["Phones"],
        "added": ["Texts"],
        "set": {"records": {"roles": {"every_flag": {"Texts": "texts"}}}},
    }
    files = changed(volunteers=change)["volunteers"]
    assert files.records["roles"].every_flag == {"Walks": "doors", "Texts": "texts"}
    assert files.format.names == ["who", "Walks", "Texts"]


def test_a_column_of_records_can_be_left_out():
    files = changed(donations={"set": {"records": {"full_name": None, "email": "who"}}})["donations"]
    assert set(files.records) == {"source_record_id", "email", "amount_usd"}


def test_the_field_that_tells_a_sign_cannot_be_dropped():
    with pytest.raises(ValidationError, match="the sign of an amount is told by kind"):
        changed(donations={"dropped": ["kind"]})
