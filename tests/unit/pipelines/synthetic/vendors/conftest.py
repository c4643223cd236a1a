import datetime as dt

import pandas as pd
import pytest

from pipelines.synthetic.vendors.records import vendor_records

DAY = dt.date(2026, 10, 1)


@pytest.fixture(scope="session")
def state(make_simulation):
    """A state of two chunks."""
    return make_simulation(voters=12_000, chunk_households=4000)


@pytest.fixture(scope="session")
def file(state):
    """The state's voter file, by voter_id."""
    return pd.concat(chunk.voters(DAY).to_pandas() for chunk in state.chunks()).set_index("voter_id")


@pytest.fixture(scope="session")
def of_kind(state):
    """Records of a kind beside their truth, 12,000 of them; each kind is drawn once."""
    found = {}

    def records(kind):
        if kind not in found:
            drawn = vendor_records(state, kind, DAY, 12_000, seed=1)
            found[kind] = drawn.records.to_pandas().join(drawn.truth.drop_columns(["record_id"]).to_pandas())
        return found[kind]

    return records
