"""The cells of a wide history as a stream of rows, a row per stated cell.

SQL could unfold them too, but looks at each cell as a text, and most are blank. Here the cells of some ten thousand
people are one block of bytes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.sql import identifier, listed

_PEOPLE = 1 << 16  # at once; their cells are some megabytes


class CellStream:
    """Rows `voter_id, county_code, place, letter` of the people in some texts, in the order of voter and election.

    `place` counts the elections from 1, `letter` is the byte of the cell's letter. It can be read more than once.

    Args:
        connection: Holds `staged_voters`.
        numbers: file_no of the texts; they have the same elections.
        letters: Letters of the cells that state a vote.
        election_count: Elections that count, the first ones; later cells are left out.
    """

    schema = pa.schema(
        {
            "voter_id": pa.dictionary(pa.int32(), pa.string()),
            "county_code": pa.dictionary(pa.int32(), pa.string()),
            "place": pa.int16(),
            "letter": pa.uint8(),
        }
    )

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, numbers: Sequence[int], letters: Sequence[str], election_count: int
    ) -> None:
        self._connection, self._numbers, self._election_count = connection, numbers, election_count
        self._database = connection.execute("SELECT current_database()").fetchall()[0][0]
        self._is_stated = np.zeros(256, dtype=bool)
        self._is_stated[[ord(letter) for letter in letters]] = True

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The rows as an Arrow stream, read anew each time it is asked for."""
        return pa.RecordBatchReader.from_batches(self.schema, self._batches()).__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        people = (
            f"SELECT voter_id, county_code, cells FROM staged_voters WHERE file_no IN ({listed(self._numbers)}) "
            "ORDER BY voter_id"
        )
        with self._connection.cursor() as cursor:
            cursor.execute(f"USE {identifier(self._database)}")
            for batch in cursor.sql(people).to_arrow_reader(_PEOPLE):
                yield self._unfolded(batch)

    def _unfolded(self, people: pa.RecordBatch) -> pa.RecordBatch:
        voters, counties, texts = (column.cast(pa.string()) for column in people.columns)
        cells = _bytes_of(texts)[:, : self._election_count]
        who, place = np.nonzero(self._is_stated[cells])
        index = pa.array(who.astype(np.int32))
        told = [pa.DictionaryArray.from_arrays(index, column) for column in (voters, counties)]
        told += [pa.array((place + 1).astype(np.int16)), pa.array(cells[who, place])]
        return pa.RecordBatch.from_arrays(told, schema=self.schema)


def _bytes_of(texts: pa.StringArray) -> np.ndarray:
    """The bytes of texts of one length, people x elections."""
    _, offsets, data = texts.buffers()
    begins = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data, np.uint8)[begins[0] : begins[-1]].reshape(len(texts), -1)
