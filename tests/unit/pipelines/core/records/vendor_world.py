"""A small vendor with gifts, and what becomes of the files that it sends."""

import datetime as dt

from pipelines.core.records.admission import RecordAdmission
from pipelines.layouts.source import Vendor
from pipelines.raw.landing import receive
from pipelines.tables.campaign import Donations

HEADER = "id,name,vid,given,amount,refund"
DAY, NEXT, LATER = dt.date(2026, 9, 1), dt.date(2026, 9, 15), dt.date(2026, 9, 20)
COLUMNS = {
    "source_record_id": {"from": "id", "key": True},
    "full_name": "name",
    "stated_voter_id": "vid",
    "donation_date": {"from": "given", "date": "%Y-%m-%d"},
    "amount_usd": {"from": "amount", "amount": True, "required": True},
    "gift_kind_code": {"from": "refund", "code": {"R": "refund", "G": "gift"}},
}


def donors(columns=None, header=HEADER, file=None, **more):
    """A vendor of one file of gifts."""
    text = {"kind": "delimited", "delimiters": [","], "encodings": ["utf-8"], "quote": '"', "names": header.split(",")}
    donations = {"match": ["*.csv"], "format": text, "records": columns or COLUMNS, **(file or {})}
    return Vendor.model_validate(
        {
            "name": "Test", "obtained_from": "Test", "permitted_uses": ["campaign"], "refresh_days": 7,
            "posting_lag_days": 5, "states": ["GA"], **more,
            "layouts": [{"valid_from": "2020-01-01", "files": {"donations": donations}}],
        }
    )  # fmt: skip


class VendorWorld:
    """Deliveries of a vendor, judged as they come."""

    def __init__(self, lake, landing, of=None):
        self.lake, self.landing, self.of = lake, landing, of or donors()

    def admit(self, *lines, day=DAY, of=None):
        """What becomes of a file of these lines."""
        of, now = of or self.of, dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
        folder = self.landing / "test" / str(day)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "gifts.csv").write_text("\n".join(lines) + "\n")
        receive(self.lake, self.landing, "test", of, now)
        return RecordAdmission(self.lake, "test", of).admit_all(now)[-1]

    def rows(self, columns, day=DAY, table=Donations):
        """Columns of the table on a day, in the order of the key."""
        with self.lake.connect() as connection:
            found = self.lake.table(table, snapshot_date=day).select()
            return connection.execute(f"SELECT {columns} FROM ({found}) ORDER BY ALL").fetchall()


def gifts(first, count, amount=10):
    """So many lines of gifts, ids in order."""
    return [f'{n},"DOE, JANE {n}",,2026-08-01,{amount + n % 7},G' for n in range(first, first + count)]
