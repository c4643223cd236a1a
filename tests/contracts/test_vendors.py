"""Every vendor's layout survives write-and-read: simulated records come back typed and equal, each with its id."""

import functools
import random
from collections import Counter

import duckdb
import pytest

from models.config import read_config
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import select_typed
from pipelines.layouts.source import read_vendor, vendor_paths
from pipelines.layouts.writing.texts import texts_of
from pipelines.policy import Policy
from pipelines.settings import CONFIGS
from pipelines.tables.campaign import RECORD_TABLES
from tests.contracts.quirks import QUIRKS
from tests.contracts.vendor_trip import VendorTrip, dated_layouts, people_of_state

VENDORS = {name: read_vendor(CONFIGS, name) for name in vendor_paths(CONFIGS)}
known = functools.cache(people_of_state)


def quirks_of(name, day, nth):
    """Some quirks; none where the id of a row is the hash of its texts, which stand otherwise then."""
    draws = random.Random(f"{name} {day} {nth}")
    looks = [look for layout in VENDORS[name].layouts for look in layout.all_looks()]
    has_ids = all("source_record_id" in look.records for look in looks)
    return draws.sample(QUIRKS, draws.randint(0, len(QUIRKS))) if has_ids else []


@pytest.mark.parametrize(("name", "day", "nth"), list(dated_layouts()), ids=str)
def test_records_come_back_equal(tmp_path, name, day, nth):
    trip = VendorTrip(name, day, nth, known(1500), tmp_path, quirks_of(name, day, nth))
    assert not trip.faults()
    assert min(len(trip.read(role)) for role in trip.layout.files) >= (10 if "deceased" in str(trip.layout) else 60)


CODED = [
    (f"{name} {layout.valid_from} {role}", column, how)
    for name, vendor in VENDORS.items()
    for layout in vendor.layouts
    for role in layout.files
    for look in layout.looks(role)
    for column, how in look.records.items()
    if how.words() and not how.is_derived
]


@pytest.mark.parametrize(("place", "column", "how"), CODED, ids=lambda found: found if isinstance(found, str) else "")
def test_every_word_that_a_layout_knows_is_written_and_read(place, column, how):
    """Simulated records do not hold all of them."""
    texts, words = texts_of({column: how}, {column}, ""), sorted(how.words())
    fields = ", ".join(f"{text} AS c{nth}" for nth, text in enumerate(texts.values()))
    written = f"(SELECT {fields} FROM (SELECT unnest({words}) AS {column}))"
    query = select_typed({column: how}, Positions(tuple(texts)), written)
    assert [word for word, _, _ in duckdb.sql(query).fetchall()] == words, place


@pytest.mark.parametrize("role", RECORD_TABLES)
def test_each_kind_has_two_vendors_at_least(role):
    assert sum(role in vendor.roles for vendor in VENDORS.values()) >= 2


def test_contacts_go_by_every_channel():
    told = Counter()
    for vendor in VENDORS.values():
        for layout in vendor.layouts:
            files = layout.files.get("contact_attempts")
            if files:
                always = files.always.get("channel_code")
                told.update([always] if always else files.records["channel_code"].words())
    assert {"canvass", "phone", "text", "mail"} <= set(told)


def test_some_vendors_changed_their_files():
    assert sum(len(vendor.layouts) > 1 for vendor in VENDORS.values()) >= 2


@pytest.mark.parametrize("name", VENDORS)
def test_a_vendor_says_what_its_data_may_be_used_for(name):
    vendor, policy = VENDORS[name], read_config(Policy, CONFIGS / "policy.yaml")
    assert vendor.permitted_uses and vendor.license and vendor.obtained_from
    assert set(vendor.permitted_uses) <= set(policy.grants)
    purposes = set(policy.purposes)
    assert all(set(refused) <= purposes for refused in vendor.withheld_columns.values())


def test_nobody_asks_federal_contributors_for_money():
    policy = read_config(Policy, CONFIGS / "policy.yaml")
    told = {purpose for word in VENDORS["fec_individual"].permitted_uses for purpose in policy.grants[word]}
    assert "fundraising" not in told


def test_the_example_of_the_manual_loads(tmp_path):
    manual = (CONFIGS / "README.md").read_text(encoding="utf-8")
    (example,) = [block for block in manual.split("```") if block.startswith("yaml\n# vendors/")]
    (tmp_path / "vendors").mkdir()
    (tmp_path / "vendors" / "example_crm.yaml").write_text(example.removeprefix("yaml\n"), encoding="utf-8")
    vendor = read_vendor(tmp_path, "example_crm")
    assert vendor.roles == ["donations"] and vendor.layouts[0].files["donations"].is_additional


def test_the_manual_tells_of_every_operation_and_role():
    manual = (CONFIGS / "README.md").read_text(encoding="utf-8")
    words = ["amount", "minus", "count", "values", "split", "every_flag", "several", "always", "is_additional"]
    assert not [word for word in [*words, *RECORD_TABLES] if f"`{word}" not in manual and f" {word}:" not in manual]
