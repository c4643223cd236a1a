"""A number below what its column may hold is a counted fault of one row, and holds no file by itself."""

from pipelines.tables.campaign import Consumers
from tests.unit.pipelines.core.records.vendor_world import NEXT, VendorWorld, donors

COLUMNS = {
    "source_record_id": {"from": "id", "key": True},
    "last_name": "name",
    "income_usd": {"from": "income", "amount": True},
    "children_count": {"from": "children", "count": True},
}


def test_a_sentinel_is_null_and_counted(lake, tmp_path):
    names = ["id", "name", "income", "children"]
    told = donors().model_dump(mode="json", by_alias=True)
    text = told["layouts"][0]["files"]["donations"]["format"] | {"names": names}
    told["layouts"][0]["files"] = {"consumers": {"match": ["*.csv"], "format": text, "records": COLUMNS}}
    of = type(donors()).model_validate(told)
    world = VendorWorld(lake, tmp_path / "landing", of)
    rows = [f"{n},N{n},{50000 + n},2" for n in range(400)]
    judged = world.admit(",".join(names), *rows[:-2], "398,N398,-1,2", "399,N399,7,99999", day=NEXT)
    assert judged.verdict == "accepted", judged.reason
    assert "income_usd: 1 text breaks the rule 'is a number, at least 0': null" in judged.reason
    assert "children_count: 1 text breaks the rule 'is a whole number, at least 0': null" in judged.reason
    counts = "count(*), count(income_usd), count(children_count)"
    assert world.rows(counts, NEXT, Consumers) == [(400, 399, 399)]
