"""A little state of planted voters and records, and a linkage model written by hand: what it weighs is known."""

import datetime as dt
import math
from typing import Any

import pyarrow as pa

from models.link_quality import LinkQuality
from models.tables import TableContract
from pipelines.lake import Lake, Record, fingerprint
from pipelines.layouts.source import Vendor
from pipelines.linking.blocking import RULES
from pipelines.linking.comparisons import comparisons
from pipelines.linking.links import write_links
from pipelines.linking.model import LinkModel
from pipelines.linking.reading import newest_records, newest_voters, record_hash
from pipelines.linking.reviews import ReviewLedger
from pipelines.policy import Policy
from pipelines.tables.campaign import RECORD_TABLES
from pipelines.tables.core import Voters
from pipelines.tables.links import Links

DAY, TODAY = dt.date(2026, 10, 1), dt.date(2026, 10, 5)
COLUMNS = ("first", "last", "middle_initial", "suffix", "birth_year", "gender", "zip5", "phone")
FIRST = (
    "Alice",
    "Bruno",
    "Carla",
    "Dmitri",
    "Esther",
    "Farid",
    "Greta",
    "Hector",
    "Ingrid",
    "Jamal",
    "Katya",
    "Lionel",
)
LAST = ("Okafor", "Lindqvist", "Petrosyan", "Nakamura", "Delacroix", "Vasquez", "Haverford", "Brzezinski", "Castellano",
        "Underhill", "Quackenbush")  # fmt: skip


def hand_made_model(rules: tuple[str, ...] | None = None) -> LinkModel:
    """A model in which agreement speaks for one person, and disagreement against it, in every trait."""
    told = [_weighed(found) for found in comparisons(COLUMNS)]
    settings = {
        "link_type": "link_only", "sql_dialect": "duckdb", "unique_id_column_name": "record_id", "comparisons": told,
        "blocking_rules_to_generate_predictions": [], "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False, "linker_uid": "walklist",
        "probability_two_random_records_match": 1e-4,
    }  # fmt: skip
    narrow = tuple(rule.name for rule in RULES if not rule.is_wide)
    return LinkModel(settings, rules or narrow)


def _weighed(found: dict[str, Any]) -> dict[str, Any]:
    levels = [level for level in found["comparison_levels"] if not level.get("is_null_level")]
    for place, level in enumerate(levels):
        is_last = place == len(levels) - 1
        level |= {"m_probability": 0.05 if is_last else 0.8 / 2**place, "u_probability": 0.9 if is_last else 0.005}
    return found


def voter(number: int, **told: Any) -> dict[str, Any]:
    """A voter; every number is another person, in another house."""
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    return {
        "voter_id": f"NC-{number:04d}", "first_name": first, "last_name": last, "birth_year": 1940 + number % 60,
        "birth_date": dt.date(1940 + number % 60, 1 + number % 12, 1 + number % 27), "gender_code": "FM"[number % 2],
        "address_line": f"{100 + number} Maple Street", "city": "Durham", "zip_code": f"27{700 + number % 80}",
        "phone": f"919555{number:04d}", "status_code": "active", "is_confidential": False, "stated_on": DAY, **told,
    }  # fmt: skip


def record_of(person: dict[str, Any], record_id: str, **told: Any) -> dict[str, Any]:
    """What a source says of a voter who gave everything."""
    same = ("first_name", "last_name", "birth_year", "birth_date", "gender_code", "address_line", "city", "zip_code")
    return {
        "source_record_id": record_id, **{name: person.get(name) for name in same}, "phone": person["phone"],
        "state": "NC", "known_on": DAY, "is_known_on_assumed": False, **told,
    }  # fmt: skip


def write(lake: Lake, contract: type[TableContract], rows: list[dict], **place: Any) -> Record:
    """Write a partition of a core table."""
    told = pa.Table.from_pylist(
        [{name: row.get(name) for name in contract.schema().names} for row in rows], schema=contract.schema()
    )
    with lake.connect() as connection:
        connection.register("told", told)
        return lake.write(contract, connection, "SELECT * FROM told", fingerprint(str(rows)), **place)


def write_voters(lake: Lake, people: list[dict], state: str = "NC", day: dt.date = DAY) -> Record:
    """Write a snapshot of a state."""
    return write(lake, Voters, people, state=state, snapshot_date=day)


def write_records(
    lake: Lake, rows: list[dict], role: str = "donations", source: str = "acme", day: dt.date = DAY
) -> Record:
    """Write a delivery of a source."""
    return write(lake, RECORD_TABLES[role], rows, source=source, snapshot_date=day)


def vendor(*roles: str, states: tuple[str, ...] = ("NC", "GA"), **told: Any) -> Vendor:
    """A source that tells of some roles; its layouts play no part here."""
    return Vendor.model_construct(
        **{
            "name": "Acme", "obtained_from": "Test", "license": "Licence of Acme", "permitted_uses": ["campaign"],
            "states": list(states), "retention_until": None, "withheld_columns": {},
            "layouts": [_Roles(roles or ("donations",))], **told,
        }
    )  # fmt: skip


class _Roles:
    """Stands in for a layout: the roles that it has files of."""

    def __init__(self, roles: tuple[str, ...]) -> None:
        self.files = dict.fromkeys(roles)


def policy(**told: Any) -> Policy:
    """A policy under which `campaign` covers everything."""
    names = ("scoring", "contact", "fundraising", "suppression", "measurement", "research")
    return Policy.model_validate(
        {
            "purposes": {name: f"To {name}." for name in names},
            "grants": {"campaign": list(names), "research": ["research", "measurement"]},
            "who_may": {"review_links": ["rita"], "train_links": ["*"]}, **told,
        }
    )  # fmt: skip


def link(
    lake: Lake,
    role: str = "donations",
    source: str = "acme",
    state: str = "NC",
    model: LinkModel | None = None,
    quality: LinkQuality | None = None,
    **rest: Any,
) -> Record:
    """Link a source by the model written by hand."""
    args = (lake, state, source, rest.get("vendor") or vendor(role), role, newest_voters(lake, state))
    return write_links(*args, model or hand_made_model(), quality, ReviewLedger(lake, state), rest.get("ready"))


def links(lake: Lake, columns: str = "*", role: str = "donations", source: str = "acme", state: str = "NC") -> dict:
    """The rows of core_links: a record's id to the values of some columns."""
    table = lake.table(Links, state=state, source=source, role=role)
    with lake.connect() as connection:
        rows = connection.execute(f"SELECT source_record_id, {columns} FROM ({table.select()}) ORDER BY 1").fetchall()
    return {row[0]: row[1] if len(row) == 2 else row[1:] for row in rows}


def decide(lake: Lake, record_id: str, voter_id: str, decision: str, chance: float | None = None) -> None:
    """Write a decision of a person into the ledger of North Carolina."""
    decide_all(lake, [(record_id, voter_id, decision, chance)])


def decide_all(lake: Lake, told: list[tuple[str, str, str, float | None]]) -> None:
    """Write decisions on records of acme's donations into the ledger: record, voter, word, chance."""
    ReviewLedger(lake, "NC").append(
        {
            "source": "acme", "role": "donations", "source_record_id": record_id, "voter_id": voter_id,
            "decision_code": decision, "chance": chance, "pair_id": None,
            "decided_at": dt.datetime(2026, 10, 5, tzinfo=dt.UTC), "decided_by": "rita",
        }
        for record_id, voter_id, decision, chance in told
    )  # fmt: skip


def flat_quality(chance: float = 0.97) -> LinkQuality:
    """A second stage that gives every link one chance."""
    return LinkQuality(("match_weight",), (0.0,), (1.0,), (0.0,), math.log(chance / (1 - chance)), 500)


def plant_links(
    lake: Lake, rows: list[dict[str, Any]], role: str = "donations", source: str = "acme", state: str = "NC"
) -> Record:
    """Write rows of core_links for records that are there, as if somebody had compared them."""
    records = newest_records(lake, role, source).select()
    with lake.connect() as connection:
        hashes = dict(connection.execute(f"SELECT source_record_id, {record_hash()} FROM ({records})").fetchall())
    told = [_link(row, hashes) for row in sorted(rows, key=lambda row: row["source_record_id"])]
    return write(lake, Links, told, state=state, source=source, role=role)


def _link(row: dict[str, Any], hashes: dict[str, str]) -> dict[str, Any]:
    usual = {
        "decided_by": "auto", "found_by": "auto", "candidate_count": 1, "is_name_proven": True,
        "is_person_proven": True, "surname_code": "common", "is_surname_compound": False, "compared_from": "test",
        "rule_version": "test", "best_voter_id": row.get("voter_id"), "best_q": row.get("link_q"),
        "near_voter_ids": [row["voter_id"]] if row.get("voter_id") else None, "match_weight": 20.0, "gap_bits": 20.0,
        "record_hash": hashes[row["source_record_id"]],
    }  # fmt: skip
    return {**usual, **row}
