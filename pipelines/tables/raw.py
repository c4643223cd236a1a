"""What is written down when a file arrives."""

import pyarrow as pa

from models.tables import TableContract, column

VERDICTS = ("received", "accepted", "held", "rejected", "superseded")


class Receipts(TableContract):
    """One row per event of a received file; the newest event of a file is its verdict. Append-only.

    Pitfalls: a file has several rows, so count distinct `file_id`. Files of one delivery share their verdict.
    """

    table_name = "raw_receipts"
    source = column(pa.string(), "Source that the file belongs to: the name of its YAML.", partition=True)
    receipt_id = column(pa.string(), "Hash of the event's content and its place in the ledger.", key=True)
    sequence = column(pa.int32(), "Place of the event in the ledger of its source, from 1.", unit="count", at_least=1)
    file_id = column(pa.string(), "SHA-256 of the bytes as received.")
    file_name = column(pa.string(), "Name of the file in the landing folder.")
    delivery_id = column(
        pa.string(), "All files of one source for one snapshot date: `<source>-<snapshot_date>-<hash>`."
    )
    role = column(pa.string(), "What the file holds.", null_means="The file fits no role of the layout.")
    snapshot_date = column(pa.date32(), "Day the file was made, from the landing folder.")
    received_at = column(pa.timestamp("us", tz="UTC"), "When the file was taken in.")
    bytes_count = column(pa.int64(), "Size as received.", unit="bytes", at_least=0)
    line_count = column(
        pa.int64(), "Lines of text, header included.", unit="count", null_means="Not text, or not read."
    )
    row_count = column(pa.int64(), "Rows read.", unit="count", null_means="Not read yet, or refused before reading.")
    reject_count = column(pa.int64(), "Rows refused.", unit="count", null_means="Not read yet.")
    encoding = column(pa.string(), "Encoding found.", null_means="Not text, or not resolved.")
    delimiter = column(pa.string(), "Delimiter found.", null_means="Not delimited text, or not resolved.")
    layout = column(pa.string(), "Layout used: `<source>/<valid from>`.", null_means="No layout is valid on that day.")
    license = column(pa.string(), "Licence or statute that governs the file.", null_means="The source names none.")
    permitted_uses = column(pa.list_(pa.string()), "Purposes the source may serve.")
    verdict = column(pa.string(), "Where the file stands since this event.", one_of=VERDICTS)
    reason = column(pa.string(), "Why, in words, with counts and columns only.", null_means="Nothing to say.")
    decided_by = column(pa.string(), "Who decided: `rules`, or the person who launched the decision.")
