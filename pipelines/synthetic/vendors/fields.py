"""The fields of records: names, birth, gender, address, phone and e-mail, with one error in some of them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import worded, years
from pipelines.synthetic.draws import Bools, Ints, picked
from pipelines.synthetic.vendors.config import Typos, VendorConfig
from pipelines.synthetic.vendors.draws import flagged, placed, taken, unaccented
from pipelines.synthetic.vendors.forms import other_forms
from pipelines.synthetic.vendors.mails import draw_mails, draw_phones
from pipelines.synthetic.vendors.names import draw_names, full_names
from pipelines.synthetic.vendors.people import Circle, Subjects
from pipelines.synthetic.vendors.places import draw_places
from pipelines.synthetic.vendors.typos import LEAST_LETTERS, misdated, misspelled

_NAMES = ("first_name", "middle_name", "last_name", "name_suffix")
_TITLED = (*_NAMES, "full_name", "address_line", "city")


@dataclass(frozen=True)
class Fields:
    """Fields of records, one position per record.

    Attributes:
        columns: The columns that the vendor gives.
        flags: What was done to each record, by the names of the truth's columns.
    """

    columns: dict[str, pa.Array]
    flags: dict[str, Bools]


def draw_fields(
    rules: tuple[VendorConfig, Typos],
    rng: np.random.Generator,
    chunk: Chunk,
    day: int,
    found: tuple[Circle, Subjects],
) -> Fields:
    """Fields of records about a chunk's people on a day."""
    (config, typos), rows = rules, found[1].person
    names = other_forms(rng, chunk.identity, rows, draw_names(config, rng, chunk, day, rows))
    places = draw_places(config, rng, chunk, day, found)
    columns = {
        **dict(zip(_NAMES, (names.first, names.middle, names.last, names.suffix), strict=True)),
        **_birth(config, rng, chunk, rows),
        "gender_code": _gender(config, rng, chunk, rows),
        "address_line": places.line,
        "city": places.city,
        "zip_code": places.zip_code,
        "phone": draw_phones(config.phone, rng, chunk.identity, rows),
        "email": draw_mails(config.email, rng, chunk, rows),
    }
    columns, is_typo = _with_typos((config, typos), rng, {**columns, **_plain_names(config, rng, columns)})
    flags = {
        "is_nickname": names.is_nickname,
        "is_mover": places.is_mover,
        "is_married_name": names.is_married,
        "is_other_form": names.is_other_form,
        "is_typo": is_typo,
    }
    return Fields(_given(config, columns), flags)


def _plain_names(config: VendorConfig, rng: np.random.Generator, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """The names, without accents in some records."""
    dropped = rng.random(len(columns["last_name"])) < config.accents_dropped
    return {name: unaccented(columns[name], dropped) for name in _NAMES[:3]}


def _birth(config: VendorConfig, rng: np.random.Generator, chunk: Chunk, rows: Ints) -> dict[str, pa.Array]:
    """Days of birth, and years also for some without a day."""
    draws, birth = rng.random(rows.size), chunk.people.homes.lives.birth[rows].astype(np.int32)
    is_unknown = draws >= config.birth.full + config.birth.year
    return {
        "birth_date": pa.array(birth, mask=draws >= config.birth.full).cast(pa.date32()),
        "birth_year": years(pa.array(birth, mask=is_unknown).cast(pa.date32())),
    }


def _gender(config: VendorConfig, rng: np.random.Generator, chunk: Chunk, rows: Ints) -> pa.Array:
    sex = np.where(chunk.people.homes.lives.is_female[rows], 0, 1)
    return worded(("F", "M"), np.where(rng.random(rows.size) < config.gender_missing, -1, sex))


def _with_typos(
    rules: tuple[VendorConfig, Typos], rng: np.random.Generator, columns: dict[str, pa.Array]
) -> tuple[dict[str, pa.Array], Bools]:
    """The columns with one error in some rows, and which these are."""
    (config, typos), names = rules, list(rules[1].fields)
    gives = {*config.gives, *(("first_name", "last_name") if "full_name" in config.gives else ())}
    shares = {name: share if name in gives else 0.0 for name, share in typos.fields.items()}
    if not any(shares.values()):
        return columns, np.zeros(len(columns["zip_code"]), bool)
    field = picked(rng, shares, len(columns["zip_code"]))
    able = np.select([field == nth for nth in range(len(names))], [_can_err(columns[name]) for name in names], False)
    told = flagged(rng, able, config.typo)
    wrong = {name: _erred(typos, rng, columns[name], told & (field == nth)) for nth, name in enumerate(names)}
    return {**columns, **wrong}, told


def _can_err(values: pa.Array) -> Bools:
    """Whether each value is long enough for an error."""
    if pa.types.is_date(values.type):
        return np.asarray(values.is_valid())
    return pc.call_function("utf8_length", [values]).fill_null(0).to_numpy() >= LEAST_LETTERS


def _erred(typos: Typos, rng: np.random.Generator, values: pa.Array, where: Bools) -> pa.Array:
    """Values with an error where told."""
    if pa.types.is_date(values.type):
        days = misdated(rng, taken(values, where).cast(pa.int32()).to_numpy().astype(np.int64))
        return placed(values, where, pa.array(days.astype(np.int32)).cast(pa.date32()))
    return placed(values, where, misspelled(rng, typos.errors, taken(values, where)))


def _given(config: VendorConfig, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """The columns that the vendor gives, written as it writes."""
    given = {name: full_names(columns) if name == "full_name" else columns[name] for name in config.gives}
    titled = [name for name in given if name in _TITLED and config.title_case]
    return {**given, **{name: pc.call_function("utf8_title", [given[name]]) for name in titled}}
