"""An address line as house number, street and unit."""

import duckdb
import usaddress
from probableparsing import RepeatedLabelError

from pipelines.linking.standard.distinct import decide, keep
from pipelines.linking.standard.lines import lines
from pipelines.linking.standard.streets import keep_streets
from pipelines.linking.standard.units import bare_unit, street_and_unit

_HOUSE = (
    r"[0-9]+(?:-?[A-Z]|-[0-9]+[A-Z]?)?(?:[ -][0-9]/[0-9])?"  # 12, 12A, 12-34 (Queens), 12 1/2
    r"|[NSEW] ?[0-9]+ ?[NSEW] ?[0-9]+|[NSEW]?[0-9]+[NSEW][0-9]+|[NSEW][0-9]+"  # N123W456, W1234 (Wisconsin), 3S123
)
_NUMBERED = rf"^({_HOUSE}) ([^ ].*)$"
_ROUTE_AND_BOX = " ?#? ?([0-9]+[A-Z]?) ?(?:BOX|BX) ?#? ?([A-Z0-9-]+)"
_BOXES = (
    (r"^(?:P ?O ?B|(?:(?:P ?O|POST OFFICE) ?)?(?:BOX|BX)|P ?O DRAWER) ?#? ?()([0-9][A-Z0-9-]*|[A-Z])$", "PO BOX"),
    (rf"^(?:RR|R R|RURAL (?:ROUTE|RTE|RT)|RFD|ROUTE|RTE|RT|R){_ROUTE_AND_BOX}$", "RR"),
    (rf"^(?:HC|H C|HIGHWAY CONTRACT|STAR)(?: (?:ROUTE|RTE|RT))?{_ROUTE_AND_BOX}$", "HC"),
)
"""Boxes: the number of the route, if any, and of the box."""


def keep_addresses(connection: duckdb.DuckDBPyConnection, texts: str, table: str) -> None:
    """Make `table`: text, city_said, house_number, street and unit of distinct lines.

    A box stands in for the house: `PO BOX 12` is number 12 of street PO BOX, `RR 2 BOX 15` number 15 of RR 2, and so
    for HC. A grid address keeps its second coordinate as the street (`123 N 400 W`: 123, N 400 W). Numbers lose
    leading zeros and blanks (`N123 W456` is N123W456, `12-A` 12A). Lines whose number stands elsewhere are read by
    usaddress; without a number all of the line is street.

    Args:
        connection: Where the texts are.
        texts: SELECT of distinct text (seen by `letters.collect_foreign`) and city_said (upper case, may be null).
        table: Name of the working table; its key is text and city_said.
    """
    keep(connection, "standard_lines", _split(texts))
    odd = "SELECT line AS text FROM standard_lines WHERE kind = 'odd'"
    decide(connection, odd, "standard_odd_lines", ["number", "rest"], _parsed)
    keep(connection, "standard_parsed", _parted())
    keep_streets(connection, "SELECT DISTINCT street_said AS text FROM standard_parsed", "standard_streets")
    keep(
        connection,
        table,
        f"""
    SELECT parsed.text, city_said, house_number, nullif(streets.street, '') AS street, {bare_unit("unit")} AS unit
    FROM standard_parsed AS parsed
    LEFT JOIN standard_streets AS streets ON streets.text = street_said""",
    )


def _split(texts: str) -> str:
    """SELECT of text, city_said, line, kind (house, box, odd or plain), number and rest."""
    boxes = " ".join(
        f"WHEN regexp_matches(line, '{pattern}') THEN {{'number': regexp_extract(line, '{pattern}', 2), "
        f"'rest': trim('{name} ' || regexp_extract(line, '{pattern}', 1))}}"
        for pattern, name in _BOXES
    )
    is_box = " OR ".join(f"regexp_matches(line, '{pattern}')" for pattern, _ in _BOXES)
    return f"""
    WITH lines AS (
        SELECT text, city_said, if(starts_with(line, 'ONE '), '1' || substr(line, 4), line) AS line
        FROM ({lines(texts)})
        WHERE line <> ''
    ), kinds AS (
        SELECT *,
            CASE
                WHEN regexp_matches(line, '{_NUMBERED}') THEN 'house'
                WHEN {is_box} THEN 'box'
                WHEN regexp_matches(line, '[0-9]') AND contains(line, ' ') THEN 'odd'
                ELSE 'plain'
            END AS kind
        FROM lines
    )
    SELECT *,
        CASE
            WHEN kind = 'house' THEN regexp_extract(line, '{_NUMBERED}', ['number', 'rest'])
            {boxes}
        END AS split
    FROM kinds"""


def _parted() -> str:
    """SELECT of text, city_said, house_number, street_said and unit, as said."""
    boxless = r"if(contains(rest, ' BOX '), regexp_replace(rest, '(.) P ?O BOX .*$', '\1'), rest)"
    return rf"""
    WITH told AS (
        SELECT lines.text, city_said,
            coalesce(split.number, odd.number) AS number,
            coalesce(split.rest, odd.rest, line) AS rest
        FROM standard_lines AS lines
        LEFT JOIN standard_odd_lines AS odd ON kind = 'odd' AND odd.text = line
    ), parted AS (
        SELECT text, city_said, number, {street_and_unit(boxless)} AS parts
        FROM told
    )
    SELECT text, city_said,
        CASE
            WHEN regexp_full_match(number, '[1-9][0-9]*') THEN number
            ELSE regexp_replace(regexp_replace(regexp_replace(number, '^0+(.)', '\1'),
                '[ -]([0-9]/[0-9])$', ' \1'), '[ -]([A-Z])|([A-Z]) ', '\1\2', 'g')
        END AS house_number,
        parts.street AS street_said,
        parts.unit AS unit
    FROM parted"""


def _parsed(line: str) -> tuple[str | None, str | None]:
    """House number and what follows it, as usaddress reads a line; nothing where it finds no number and street."""
    try:
        found, _ = usaddress.tag(line)
    except RepeatedLabelError:
        return None, None
    number, street = found.get("AddressNumber"), _joined(found, "StreetName")
    if not number or not street:
        return None, None
    unit = _joined(found, "Occupancy")
    return number, f"{street} {unit}".strip() if unit.startswith("#") or not unit.isdigit() else f"{street} # {unit}"


def _joined(found: dict[str, str], kind: str) -> str:
    """The words of one kind in the order of the line."""
    return " ".join(text for label, text in found.items() if label.startswith(kind))
