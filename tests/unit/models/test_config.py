import pytest
from pydantic import Field

from models.config import Strict, read_config
from models.errors import ConfigError


class Shelf(Strict):
    width: int = Field(description="Width.", ge=1)
    name: str = Field(description="Name.")


def write(tmp_path, text):
    (tmp_path / "shelf.yaml").write_text(text)
    return tmp_path / "shelf.yaml"


def test_a_configuration_is_read_and_frozen(tmp_path):
    shelf = read_config(Shelf, write(tmp_path, "{width: 3, name: oak}"))
    assert shelf == Shelf(width=3, name="oak")
    with pytest.raises(ValueError):
        shelf.width = 4


def test_every_fault_is_told_and_no_value_is_repeated(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_config(Shelf, write(tmp_path, "{width: SECRET, colour: SECRET}"))
    text = str(caught.value)
    assert "3 faults" in text and "SECRET" not in text
    assert "width: Input should be a valid integer" in text
    assert "name: required key is missing" in text and "colour: unknown key" in text


def test_a_merged_mapping_may_be_written_over_and_a_repeat_may_not(tmp_path):
    merged = "{<<: {width: 1, name: a}, name: b}"
    assert read_config(Shelf, write(tmp_path, merged)) == Shelf(width=1, name="b")
    with pytest.raises(ConfigError, match="line 1: key written twice: name"):
        read_config(Shelf, write(tmp_path, "{width: 1, name: a, name: b}"))


def test_a_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        read_config(Shelf, tmp_path / "none.yaml")
