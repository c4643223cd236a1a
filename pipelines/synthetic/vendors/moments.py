"""The rates of a vendor's records, measured and held against those of `configs/synthetic.yaml`."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.draws import Bools
from pipelines.synthetic.simulation import Simulation
from pipelines.synthetic.vendors.config import KINDS, VendorConfig
from pipelines.synthetic.vendors.records import VendorRecords, chunk_records

_ERRORS = 3
"""Standard errors that a measured rate may lie away from the planted one."""
Counted = tuple[str, Bools, Bools | None, float | None]
"""Name of a rate, the records that have it, those that could (all for None), and the planted rate (None for none)."""


@dataclass(frozen=True)
class Rate:
    """One rate of a vendor's records.

    Attributes:
        kind: Kind of vendor.
        name: Its name.
        found: Share measured, 0 to 1.
        planted: Share in the configuration; None where it follows from other rates and the simulation.
        count: Records that it is a share of.
    """

    kind: str
    name: str
    found: float
    planted: float | None
    count: int

    @property
    def is_within(self) -> bool:
        """Whether the measured share lies within three standard errors of the planted one; true without one."""
        if self.planted is None or not self.count:
            return True
        error = math.sqrt(self.planted * (1 - self.planted) / self.count)
        return abs(self.found - self.planted) <= _ERRORS * error + 1e-9

    def __str__(self) -> str:
        planted = "      " if self.planted is None else f"{self.planted:.4f}"
        mark = "" if self.is_within else "  <- off"
        return f"{self.kind:<12} {self.name:<28} found {self.found:.4f}  planted {planted}  of {self.count:>9,}{mark}"


def vendor_rates(simulation: Simulation, day: dt.date, count: int, seed: int) -> list[Rate]:
    """The rates of every kind of vendor, `count` records each, chunk by chunk."""
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    planted: dict[tuple[str, str], float | None] = {}
    sizes = np.cumsum([0, *simulation.chunk_sizes()])
    edges = count * sizes // sizes[-1]
    for chunk, opens, until in zip(simulation.chunks(), edges, edges[1:], strict=False):
        voters = chunk.voters(day)
        for kind in KINDS:
            found = chunk_records(simulation.config, chunk, (kind, day, seed), (int(opens), int(until)))
            for name, has, able, plan in _counted((simulation.config, kind), found, voters):
                sums[kind, name][0] += float(has.sum() if able is None else (has & able).sum())
                sums[kind, name][1] += float(has.size if able is None else able.sum())
                planted[kind, name] = plan
    return [
        Rate(kind, name, above / below if below else float("nan"), planted[kind, name], int(below))
        for (kind, name), (above, below) in sums.items()
    ]


def print_rates(rates: list[Rate]) -> None:
    """Prints every rate beside the planted one."""
    for rate in rates:
        print(rate)


def _counted(rules: tuple[SyntheticConfig, str], found: VendorRecords, voters: pa.Table) -> Iterator[Counted]:
    """What is measured of one chunk's records."""
    config = rules[0].vendors.kinds[rules[1]]
    nobody = _bools(pc.call_function("is_null", [found.truth["voter_id"]]))
    yield "nobody", nobody, None, config.nobody
    relation = found.truth["relation"].combine_chunks()
    for name, share in config.relations.items():
        yield (
            f"nobody_{name}",
            _bools(pc.call_function("equal", [relation, pa.scalar(name)]).fill_null(False)),
            nobody,
            share,
        )
    yield from _flags(config, found, nobody)
    yield from _values(config, found.records)
    yield from _against_file(rules, found, voters)


def _flags(config: VendorConfig, found: VendorRecords, nobody: Bools) -> Iterator[Counted]:
    """What was done to the records, and what follows from the simulation."""
    flag = {name: _bools(found.truth[name]) for name in found.truth.column_names if name.startswith(("is_", "has_"))}
    for name in ("nickname", "mover", "married_name", "typo"):
        yield name, flag[f"is_{name}"], None, getattr(config, name)
    foreign = _bools(pc.call_function("not_equal", [found.truth["naming_system"], pa.scalar("western")]))
    named = (
        ~_absent(found.records, "full_name")
        | ~_absent(found.records, "last_name")
        | ~_absent(found.records, "first_name")
    )
    yield "other_form", flag["is_other_form"], foreign & named, config.other_form
    yield "namesake", flag["is_namesake"], None, None
    yield "twin", flag["is_twin"], None, None
    yield "nobody_in_voters_home", flag["is_with_voter"], nobody, None
    yield "of_these_with_voters_surname", flag["has_voter_surname"], nobody & flag["is_with_voter"], None


def _values(config: VendorConfig, records: pa.Table) -> Iterator[Counted]:
    """Values that are missing, in the columns that the vendor gives."""
    whole = "full_name" if "full_name" in config.gives else "last_name"
    planted = {"gender_code": config.gender_missing, "phone": config.phone.missing, "email": config.email.missing}
    planted |= {"birth_year": config.birth.missing, "birth_date": config.birth.missing + config.birth.year}
    yield "no_name", _absent(records, whole) & _absent(records, "first_name"), None, config.no_name
    for name, share in planted.items():
        if name in config.gives:
            yield f"no_{name}", _absent(records, name), None, share
    if "address_line" in config.gives:
        boxes = pc.call_function(
            "starts_with",
            [pc.call_function("utf8_upper", [records["address_line"]])],
            pc.MatchSubstringOptions("PO BOX"),
        )
        yield "po_box", _bools(boxes), None, config.address.po_box


def _against_file(rules: tuple[SyntheticConfig, str], found: VendorRecords, voters: pa.Table) -> Iterator[Counted]:
    """Records held against the rows of their voters."""
    config, phone = rules[0].vendors.kinds[rules[1]], rules[0].vendors.kinds[rules[1]].phone
    known = pc.SetLookupOptions(voters["voter_id"].combine_chunks())
    filed = voters.take(pc.call_function("index_in", [found.truth["voter_id"].combine_chunks()], known))
    landlines = phone.landline * rules[0].contacts.filed_landline
    planted = {"phone": (phone.filed + landlines) / max(1 - phone.missing, 1e-9)}
    for name in ("phone", "zip_code", "birth_date"):
        if name in config.gives:
            both = ~_absent(filed, name) & ~_absent(found.records, name)
            same = _bools(pc.call_function("equal", [filed[name], found.records[name]]).fill_null(False))
            yield f"same_{name}_as_filed", same, both, planted.get(name)
    yield "confidential", _bools(filed["is_confidential"].fill_null(False)), None, None


def _absent(table: pa.Table, name: str) -> Bools:
    return _bools(pc.call_function("is_null", [table[name]]))


def _bools(values: pa.Array | pa.ChunkedArray) -> Bools:
    return np.asarray(values, dtype=bool)
