"""The dictionary tells every table and column that the classes declare."""

import pyarrow as pa
import pytest

from models.tables import TableContract, column
from pipelines.dictionary import LAYERS, is_fresh, render_dictionary, render_table, table_contracts, write_dictionary


class Pets(TableContract):
    """One row per pet. Key: pet_id.

    Pitfalls: cats answer seldom.
    """

    state = column(pa.string(), "State.", partition=True)
    pet_id = column(pa.string(), "Number of the tag.", key=True, kind="identifier")
    age_years = column(
        pa.int8(), "Age | at a glance.", unit="years", source="the vet", at_least=0, at_most=40, null_means="Unknown."
    )
    kind_code = column(pa.string(), "Kind.", one_of=("cat", "dog"))


def test_a_table_is_told_whole():
    page = render_table(Pets)
    assert "One row per pet." in page
    assert "**Pitfalls:** cats answer seldom." in page
    assert "Key: `pet_id`. Partitions: `state`." in page
    assert "| `pet_id` | string |  | Number of the tag. |  | identifier | key |" in page
    assert (
        "| `age_years` | int8 | years | Age \\| at a glance. From the vet. | Unknown. | fact | at least 0; at most 40 |"
        in page
    )
    assert "| `kind_code` | string |  | Kind. |  | fact | never null; one of `cat`, `dog` |" in page


def test_every_table_is_there_in_the_order_of_the_layers():
    names = [table.table_name for table in table_contracts()]
    layers = [LAYERS.index(name.split("_")[0]) for name in names]
    assert layers == sorted(layers)
    assert {"raw_receipts", "core_voters", "published_voter_scores"} <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("table", table_contracts(), ids=lambda table: table.table_name)
def test_every_column_is_told(table):
    page = render_dictionary()
    assert f"## {table.table_name}\n" in page
    assert all(f"| `{name}` |" in page for name in table.columns())


def test_a_changed_page_is_not_fresh(tmp_path):
    page = tmp_path / "data/dictionary.md"
    assert not is_fresh(page)
    write_dictionary(page)
    assert is_fresh(page)
    page.write_text(page.read_text() + "more\n")
    assert not is_fresh(page)
