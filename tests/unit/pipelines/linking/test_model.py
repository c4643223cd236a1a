"""A model is refused in a sentence where nothing can be learned."""

import datetime as dt

import duckdb
import pytest

from models.errors import LinkError
from pipelines.linking.model import train
from tests.unit.pipelines.linking.people import make_table


def named(count: int, opening: str, **more) -> list[dict]:
    return [
        {
            "record_id": f"{opening}{n}",
            "first": f"{opening}F{n}",
            "last": f"{opening}L{n}",
            "zip5": f"{27000 + n}",
            **more,
        }
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("voters", "records", "told"),
    [
        ([], [], "from 0 and 0 rows"),
        (named(1, "a"), named(1, "a"), "from 1 and 1 rows"),
        (named(200, "a"), [{"record_id": str(n)} for n in range(200)], "with 1 columns in common"),
        (named(200, "a"), named(200, "a"), "teaches what agreement on"),
        (
            named(200, "a", birth_date=dt.date(1950, 1, 1)),
            named(200, "b", birth_date=dt.date(1960, 1, 1)),
            "No linkage model",
        ),
    ],
)
def test_nothing_to_learn_is_told(voters, records, told):
    connection = duckdb.connect()
    make_table(connection, "v", voters)
    make_table(connection, "r", records)
    with pytest.raises(LinkError, match=told):
        train(connection, "v", "r", 1)
