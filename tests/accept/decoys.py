"""Fields that no layout reads, filled as real files fill them: mailing addresses, names of counties, other dates.

The simulator leaves them blank, which would make a draft too easy: whatever is filled would be worth reading.
"""

from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import FixedWidth
from pipelines.layouts.spelling import normalise
from pipelines.layouts.writing.delivery import DeliveryWriter
from pipelines.sniff.words import words_of

_ANY = "hash(voter_id || '{}')"
_DAY = f"strftime(DATE '2013-02-01' + CAST({_ANY} % 4000 AS INTEGER), '%m/%d/%Y')"
_DECOYS = [  # words of a header, all of them, to the SQL of its texts
    ({"mail", "city"}, f"CASE WHEN {_ANY} % 4 = 0 THEN 'POSTVILLE' END"),
    ({"mail", "zip", "4"}, None),
    ({"mail", "zip"}, f"CASE WHEN {_ANY} % 4 = 0 THEN '0' || (1000 + {_ANY} % 9000) END"),
    ({"mail", "state"}, f"CASE WHEN {_ANY} % 4 = 0 THEN 'ZZ' END"),
    ({"mail", "address"}, f"CASE WHEN {_ANY} % 4 = 0 THEN ({_ANY} % 900 + 1) || ' BOX ST' END"),
    ({"zip", "4"}, f"CAST(1000 + {_ANY} % 9000 AS VARCHAR)"),
    ({"zip", "plus"}, f"CAST(1000 + {_ANY} % 9000 AS VARCHAR)"),
    ({"date", "birth"}, None),
    ({"date"}, f"CASE WHEN {_ANY} % 3 > 0 THEN {_DAY} END"),
    ({"county", "description"}, "'COUNTY ' || translate(row_county, '0123456789', 'ABCDEFGHIJ')"),
    ({"county", "name"}, "'COUNTY ' || translate(row_county, '0123456789', 'ABCDEFGHIJ')"),
    ({"county", "id"}, f"CAST(100000 + {_ANY} % 1500 AS VARCHAR)"),  # unique within a county only
    ({"voter", "registration", "number"}, f"CAST(100000 + {_ANY} % 1500 AS VARCHAR)"),
    ({"status", "reason"}, f"CASE WHEN {_ANY} % 9 = 0 THEN 'VERIFIED' END"),
    ({"party", "description"}, f"CASE WHEN {_ANY} % 2 = 0 THEN 'DEMOCRATIC' ELSE 'REPUBLICAN' END"),
    ({"state", "senate"}, f"CAST(1 + {_ANY} % 40 AS VARCHAR)"),
    ({"senate", "district"}, f"CAST(1 + {_ANY} % 40 AS VARCHAR)"),
    ({"house", "district"}, f"CAST(1 + {_ANY} % 90 AS VARCHAR)"),
    ({"legislative", "district"}, f"CAST(1 + {_ANY} % 40 AS VARCHAR)"),
    ({"school"}, f"CAST(100 + {_ANY} % 40 AS VARCHAR)"),
    ({"ward"}, f"CAST(1 + {_ANY} % 9 AS VARCHAR)"),
    ({"township"}, f"CAST(1 + {_ANY} % 9 AS VARCHAR)"),
    ({"email"}, f"'p' || {_ANY} % 99999 || '@mail.example'"),
    ({"state"}, "'ZZ'"),
]


def fill_unread(delivery: DeliveryWriter) -> DeliveryWriter:
    """The writer, from here on filling the fields that its layouts do not read."""
    for writer in delivery._writers:
        if not isinstance(writer.layout.format, FixedWidth):
            writer._texts = _with_decoys(writer.layout, writer._texts)
    return delivery


def _with_decoys(layout: FileLayout, texts):
    columns = layout.column_layouts().values()
    told = {normalise(header) for column in columns for header in column.from_}
    told |= {normalise(header) for header in layout.read_headers()}
    told |= {normalise(header) for lookup in layout.all_lookups() for header in lookup.by}
    unread = [header for header in layout.format.names if normalise(header) not in told]
    decoys = {header: sql for header in unread if (sql := decoy(header))}
    return lambda given: decoys | texts(given)


def decoy(header: str) -> str | None:
    """SQL of the texts of an unread field, by the words of its header; nothing where it stays blank."""
    words = set(words_of(header))
    sql = next((sql for wanted, sql in _DECOYS if wanted <= words), None)
    return f"coalesce({sql.replace('{}', normalise(header))}, '')" if sql else None
