"""A dated layout that says only what changed is the full layout; what is proposed can be pasted and is read so."""

import datetime as dt

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import ConfigError
from pipelines.layouts.dated.changes import RoleChange, describe_change, propose_entry, with_entry
from pipelines.layouts.source import read_source
from pipelines.layouts.spelling import normalise
from pipelines.settings import CONFIGS

DAY = dt.date(2026, 10, 1)
STATES = sorted(path.stem for path in (CONFIGS / "states").glob("*.yaml"))
SOURCES = {name: read_source(CONFIGS, name) for name in STATES}
NC = SOURCES["nc"]


def role_of(source, role="voters", day=DAY):
    return source.layout_on(day).files[role]


def pasted(tmp_path, name, text):
    """The source after the text was pasted at the end of its YAML."""
    (tmp_path / "states").mkdir(exist_ok=True)
    good = (CONFIGS / "states" / f"{name}.yaml").read_text()
    (tmp_path / "states" / f"{name}.yaml").write_text(f"{good}\n{text}")
    return read_source(tmp_path, name)


def test_an_entry_of_five_lines_is_the_full_layout(tmp_path):
    text = """
  - valid_from: 2026-10-01
    like: 2022-02-01
    changes:
      voters: {renamed: {registr_dt: reg_date}, added: [email], dropped: [phone_2, birth_year]}
""".replace("phone_2", "full_phone_number")
    found = role_of(pasted(tmp_path, "nc", text))
    before = role_of(NC, day=dt.date(2026, 9, 1))
    assert found.voters["registration_date"].from_ == ["reg_date"]
    assert found.voters["registration_date"].date == ["%m/%d/%Y"]
    assert set(before.voters) - set(found.voters) == {"phone", "birth_year"}
    expected = [name for name in before.format.names if name not in ("full_phone_number", "birth_year")]
    expected[expected.index("registr_dt")] = "reg_date"
    assert found.format.names == [*expected, "email"]
    assert role_of(NC, "history") == role_of(pasted(tmp_path, "nc", text), "history")
    assert pasted(tmp_path, "nc", text).layout_on(DAY).also == NC.layout_on(DAY).also


def test_the_order_of_the_parts_of_an_address_survives_a_lost_part():
    entry = propose_entry(SOURCES["ia"], DAY, {"voters": RoleChange(dropped=["HOUSE_SUFFIX"])})
    before, found = role_of(SOURCES["ia"]), role_of(with_entry(SOURCES["ia"], entry))
    parts = [part for part in before.voters["address_line"].from_ if part != "HOUSE_SUFFIX"]
    assert found.voters["address_line"].from_ == parts


def test_slots_are_renamed_by_their_template():
    source = SOURCES["ct"]
    before = role_of(source)
    slots = before.history.slots[0]
    entry = propose_entry(source, DAY, {"voters": RoleChange(renamed={slots.stated_by: "HELD {n}"})})
    found = role_of(with_entry(source, entry))
    assert found.history.slots[0].stated_by == "HELD {n}"
    assert "HELD 1" in found.format.names and f"HELD {slots.count}" in found.format.names
    assert len(found.format.names) == len(before.format.names)


def test_a_field_of_a_record_is_renamed_and_left_out_in_every_record():
    source = SOURCES["tx"]
    day = dt.date(2024, 1, 1)
    change = RoleChange(renamed={"VUID": "Voter_ID"}, dropped=["Mailing_Address_2"])
    found = role_of(with_entry(source, propose_entry(source, day, {"voters": change})), day=day)
    assert found.voters["voter_id"].from_ == ["Voter_ID"]
    assert all("Voter_ID" in record and "Mailing_Address_2" not in record for record in found.format.records)


def test_what_is_set_is_merged_deeply_and_a_column_set_to_null_is_left_out():
    told = {"format": {"delimiters": ["|"]}, "voters": {"phone": None, "gender_code": {"code": {"X": None}}}}
    found = role_of(with_entry(NC, propose_entry(NC, DAY, {"voters": RoleChange(set=told)})))
    assert found.format.delimiters == ["|"] and found.format.quote == '"'
    assert "phone" not in found.voters
    assert found.voters["gender_code"].code == {"F": "F", "M": "M", "U": None, "X": None}


def test_blotted_fields_lookups_and_other_looks_follow_a_rename():
    florida = with_entry(
        SOURCES["fl"],
        propose_entry(SOURCES["fl"], DAY, {"voters": RoleChange(renamed={"Birth Date": "Born"}, dropped=["Precinct"])}),
    )
    found = role_of(florida)
    assert "Born" in found.withheld.headers and "Birth Date" not in found.withheld.headers
    assert "Precinct" not in found.withheld.headers and "precinct_code" not in found.voters
    entry = propose_entry(SOURCES["ok"], DAY, {"voters": RoleChange(renamed={"Precinct": "PREC"})})
    oklahoma = role_of(with_entry(SOURCES["ok"], entry))
    assert oklahoma.lookups[0].by == {"PREC": "PrecinctCode"} and oklahoma.voters["county_code"].from_ == ["PREC"]
    snapshot = RoleChange(renamed={"race_code": "race"}, look=1)
    other = with_entry(NC, propose_entry(NC, DAY, {"voters": snapshot})).layout_on(DAY)
    assert other.files["voters"] == role_of(NC) and other.also["voters"][0].voters["race_code"].from_ == ["race"]


def test_an_entry_of_the_same_day_takes_the_place_of_the_one_it_is_like(tmp_path):
    once = propose_entry(NC, DAY, {"voters": RoleChange(renamed={"registr_dt": "reg_date"})})
    twice = propose_entry(with_entry(NC, once), DAY, {"voters": RoleChange(renamed={"birth_year": "born"})})
    found = pasted(tmp_path, "nc", once + twice)
    assert [layout.valid_from for layout in found.layouts].count(DAY) == 1
    assert {"reg_date", "born"} <= set(role_of(found).format.names)
    assert found == with_entry(with_entry(NC, once), twice)


FAULTS = {
    "an unknown key": ("like: 2022-02-01\n    changes: {voters: {renmaed: {a: b}}}", "renmaed: unknown key"),
    "no earlier layout": ("like: 2020-01-01\n    changes: {voters: {added: [a]}}", "no layout of 2020-01-01"),
    "nothing to be like": ("changes: {voters: {added: [a]}}", "like: required key is missing"),
    "no such column": ("like: 2022-02-01\n    changes: {voters: {renamed: {a: b}}}", "voters: renamed: a: no such"),
    "a key that is gone": ("like: 2022-02-01\n    changes: {voters: {dropped: [ncid]}}", "voter_id is the key"),
    "a column twice": ("like: 2022-02-01\n    changes: {voters: {added: [NCID]}}", "added: NCID: such a column is"),
    "no such look": ("like: 2022-02-01\n    changes: {history: {added: [a], look: 1}}", "has no such files"),
    "a full and a short one": (
        "like: 2022-02-01\n    files: {}\n    changes: {voters: {added: [a]}}",
        "files: unknown",
    ),
    "a value that is none": (
        "like: 2022-02-01\n    changes: {voters: {set: {format: {delimiters: []}}}}",
        "delimiters: List should have at least 1 item",
    ),
}


@pytest.mark.parametrize("told, said", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(tmp_path, told, said):
    with pytest.raises(ConfigError, match=said):
        pasted(tmp_path, "nc", f"\n  - valid_from: 2026-10-01\n    {told}\n")


def test_nothing_is_proposed_that_would_be_no_layout():
    assert propose_entry(NC, DAY, {"voters": RoleChange(dropped=["ncid"])}) == ""
    assert propose_entry(NC, DAY, {"voters": RoleChange()}) == ""
    assert propose_entry(NC, dt.date(1990, 1, 1), {"voters": RoleChange(added=["a"])}) == ""
    with pytest.raises(ConfigError, match="no list of dated layouts"):
        with_entry(NC, "a: b")
    with pytest.raises(ConfigError, match="not YAML"):
        with_entry(NC, "a: [")


def test_the_comment_says_what_changed_on_one_line():
    change = RoleChange(renamed={"registr_dt": "reg\ndate"}, added=["NO", "010"], set={"format": {"delimiters": ["|"]}})
    entry = propose_entry(NC, DAY, {"voters": change})
    comment, *lines = entry.splitlines()
    assert comment.startswith("  # Since 2026-10-01 voters: registr_dt is now reg date; 2 columns are new: NO, 010;")
    assert not any("#" in line for line in lines) and all(line.startswith("  ") for line in lines)
    assert "another format.delimiters" in describe_change(change)


HEADERS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda text: normalise(text) and "{n}" not in text
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(STATES), data=st.data())
def test_a_proposed_entry_can_be_pasted_and_is_read_as_it_was_meant(tmp_path, name, data):
    source = SOURCES[name]
    before = role_of(source)
    names = [header for header in before.format.names if before.format.names.count(header) == 1]
    old = data.draw(st.sampled_from(names))
    taken = {normalise(header) for header in before.format.names}
    fresh = HEADERS.filter(lambda text: normalise(text) not in taken)
    new = data.draw(st.lists(fresh, min_size=2, max_size=2, unique_by=normalise))
    is_text = before.format.kind != "fixed_width"
    change = RoleChange(renamed={old: new[0]}, added=new[1:] if is_text else [])
    entry = propose_entry(source, DAY, {"voters": change})
    if not entry:  # the columns of one number of several slots cannot be renamed alone
        assert any(char.isdigit() for char in old) or before.all_lookups()
        return
    assert yaml.safe_load(entry)[0]["like"] == source.layout_on(DAY).valid_from
    found = pasted(tmp_path, name, entry)
    assert found == with_entry(source, entry)
    assert role_of(found).format.names == [
        *(new[0] if header == old else header for header in before.format.names),
        *change.added,
    ]
    assert found.layouts[:-1] == source.layouts
    assert set(role_of(found).voters) == set(before.voters)
