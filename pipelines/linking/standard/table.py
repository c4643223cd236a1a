"""Raw fields of people to standard columns: the way in."""

import duckdb

from pipelines.linking.standard.addresses import keep_addresses
from pipelines.linking.standard.distinct import keep
from pipelines.linking.standard.emails import keep_emails
from pipelines.linking.standard.letters import collect_foreign
from pipelines.linking.standard.names import NAME_COLUMNS, keep_names
from pipelines.linking.standard.phones import keep_phones
from pipelines.linking.standard.streets import cities
from pipelines.linking.standard.words import looked_up
from pipelines.sql import identifier

_FOLDED = ("full_name", "first_name", "middle_name", "last_name", "name_suffix", "address_line", "city")
_TEXTS = (*_FOLDED, "gender_code", "zip_code", "phone", "email")
FIELDS = {"record_id": "VARCHAR", **dict.fromkeys(_TEXTS, "VARCHAR"), "birth_date": "DATE", "birth_year": "SMALLINT"}
"""Columns that a relation of raw fields may have, and their types; only record_id must be there."""

STANDARD_COLUMNS = (
    "record_id", *NAME_COLUMNS, "birth_date", "birth_year", "gender", "house_number", "street", "unit", "zip5", "city",
    "phone", "email",
)  # fmt: skip
"""Columns of the standard table, in order."""

_GENDERS = {"F": "F", "FEMALE": "F", "M": "M", "MALE": "M"}
_YEARS = "1901 AND 2100"  # of birth: the days of 1900 are placeholders, and what lies far ahead is a typing error


def standardise(connection: duckdb.DuckDBPyConnection, relation: str, table: str) -> None:
    """Make `table` with one row per row of `relation`, sorted by record_id: STANDARD_COLUMNS, null where not known.

    first, middle, last: upper case, A to Z; middle and last may be several words. last_parts: sorted words of last.
    first_forms: sorted, first and all that it may be short for. suffix: JR, SR, II, III, IV or V. first_key, last_key:
    see `keys.with_keys`. A person of one name has it as last and no first (see `names.keep_names`).
    birth_date, birth_year: null but for 1901 to 2100; the year is the date's where none is given. gender: F or M.
    house_number, street, unit: see `addresses.keep_addresses`. zip5: five digits. phone: ten digits.

    Args:
        connection: Where the relation is; temporary tables named standard_... come and go.
        relation: SELECT of record_id (a key, not null) and any of FIELDS; columns that it lacks count as null.
        table: Name of the table to make; one of that name is replaced.

    Source:
        Street words: USPS Publication 28, appendix C, as the library usaddress-scourgify has it.
    """
    keep(connection, "standard_rows", _raw(connection, relation))
    collect_foreign(connection, "standard_rows", _FOLDED)
    keep_names(connection, "standard_rows", "standard_names")
    keep(connection, "standard_cities", cities("SELECT DISTINCT city AS text FROM standard_rows"))
    keep_addresses(connection, _lines(), "standard_addresses")
    keep_phones(connection, "SELECT DISTINCT phone AS text FROM standard_rows", "standard_phones")
    keep_emails(connection, "SELECT DISTINCT email AS text FROM standard_rows", "standard_emails")
    connection.execute(f"CREATE OR REPLACE TABLE {identifier(table)} AS {_standard()}")
    _drop_working_tables(connection)


def _raw(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """SELECT of place (number of the row) and FIELDS in their types; what has not the type is null."""
    given = {name for name, *_ in connection.execute(f"DESCRIBE {relation}").fetchall()}
    columns = ", ".join(
        f"TRY_CAST({name if name in given else 'NULL'} AS {kind}) AS {name}" for name, kind in FIELDS.items()
    )
    return f"SELECT row_number() OVER () AS place, {columns} FROM ({relation})"


def _lines() -> str:
    """SELECT of distinct text and city_said of the address lines."""
    return """
    SELECT DISTINCT address_line AS text, spelled AS city_said
    FROM standard_rows AS rows
    LEFT JOIN standard_cities ON text = rows.city"""


def _standard() -> str:
    """SELECT of STANDARD_COLUMNS."""
    return f"""
    SELECT record_id,
        {", ".join(NAME_COLUMNS)},
        CASE WHEN year(birth_date) BETWEEN {_YEARS} THEN birth_date END AS birth_date,
        CASE WHEN coalesce(birth_year, year(birth_date)) BETWEEN {_YEARS}
            THEN coalesce(birth_year, year(birth_date)) END::SMALLINT AS birth_year,
        {looked_up("upper(trim(gender_code))", _GENDERS)} AS gender,
        house_number, street, unit,
        {_zip5("zip_code")} AS zip5,
        cities.city,
        phones.phone,
        emails.email
    FROM standard_rows AS rows
    LEFT JOIN standard_names AS names USING (place)
    LEFT JOIN standard_cities AS cities ON cities.text = rows.city
    LEFT JOIN standard_addresses AS lines
        ON lines.text = address_line AND lines.city_said IS NOT DISTINCT FROM cities.spelled
    LEFT JOIN standard_phones AS phones ON phones.text = rows.phone
    LEFT JOIN standard_emails AS emails ON emails.text = rows.email
    ORDER BY record_id"""


def _zip5(text: str) -> str:
    """SQL of a ZIP's five digits: of five or nine, or of four or eight whose leading zero a program has lost."""
    return rf"""nullif(nullif(CASE
            WHEN regexp_full_match({text}, '\s*[0-9]{{5}}(?:[ -]?[0-9]{{4}}|-|\.0)?\s*') THEN left(trim({text}), 5)
            WHEN regexp_full_match({text}, '\s*[0-9]{{4}}(?:-?[0-9]{{4}}|\.0)?\s*') THEN '0' || left(trim({text}), 4)
        END, '00000'), '99999')"""


def _drop_working_tables(connection: duckdb.DuckDBPyConnection) -> None:
    found = "SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'standard_')"
    for (name,) in connection.execute(found).fetchall():
        connection.execute(f"DROP TABLE temp.{identifier(name)}")
