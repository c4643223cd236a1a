"""An address line without what belongs to other columns: city, state and ZIP at its end, odd signs."""

from pipelines.linking.standard.letters import plain_texts
from pipelines.linking.standard.units import TYPES, UNIT_WORDS
from pipelines.linking.standard.words import either

_HAS_HOUSE = r"^\s*[A-Z]?[0-9]\S* +\S"
_UNITS = rf"^\s*(?:(?:#|{either(UNIT_WORDS)}|P ?\.? ?O ?\.? ?BOX)\b|#|[0-9]\S{{0,5}}\s*$|[A-Z]\s*$)"
_HAS_STREET = rf"^[0-9]\S* .+ (?:{either(TYPES)})(?: |$)"
_STATE = " [A-Z]{2}(?: [0-9]{5}(?:-?[0-9]{4})?)?$"


def lines(texts: str) -> str:
    """SELECT of text, city_said and line: upper case, single blanks, no signs but #, /, & and -.

    Behind a house and its street only those pieces between commas stay that look like a unit. A line with the type of
    a street in it, and its row's own city at its end, loses the city.

    Args:
        texts: SELECT of text (seen by `letters.collect_foreign`) and city_said (upper case, may be null).
    """
    return rf"""
    WITH sided AS (
        SELECT text, city_said, {_first_side("said")} AS said
        FROM ({plain_texts(texts)})
    ), spaced AS (
        SELECT text, city_said,
            CASE
                WHEN regexp_full_match(said, '[A-Z0-9#]+( [A-Z0-9#]+)*') THEN said
                ELSE {_spaced("said")}
            END AS line
        FROM sided
    ), tailed AS (
        SELECT *, if(regexp_matches(line, '{_STATE}'), regexp_replace(line, '{_STATE}', ''), line) AS tailless
        FROM spaced
    ), ended AS (
        SELECT *,
            if(ends_with(tailless, ' ' || city_said), left(tailless, length(tailless) - length(city_said) - 1), NULL)
                AS cityless
        FROM tailed
    )
    SELECT text, city_said, if(regexp_matches(cityless, '{_HAS_STREET}'), cityless, line) AS line
    FROM ended"""


def _first_side(said: str) -> str:
    """SQL of a line without the pieces between commas that are no units."""
    kept = f"list_filter(string_split({said}, ','), lambda part, place: place = 1 OR regexp_matches(part, '{_UNITS}'))"
    return f"""CASE
            WHEN contains({said}, ',') AND regexp_matches(split_part({said}, ',', 1), '{_HAS_HOUSE}')
            THEN array_to_string({kept}, ' ')
            ELSE {said}
        END"""


def _spaced(said: str) -> str:
    """SQL of a line with single blanks, and without apostrophes and signs that part nothing."""
    signs = f"regexp_replace(replace({said}, '''', ''), '[^A-Z0-9#/&-]+', ' ', 'g')"
    return f"trim(replace({signs}, ' - ', ' '), ' -/&')"
