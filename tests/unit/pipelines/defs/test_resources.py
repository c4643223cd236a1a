import errno
import logging
import sqlite3

import dagster as dg
import duckdb
import pytest

from models.errors import ConfigError, DeliveryError
from pipelines.defs.resources import Desk, told_in_words


def failure_of(error: Exception) -> dg.Failure:
    with pytest.raises(dg.Failure) as caught, told_in_words("core_voters NC"):
        raise error
    return caught.value


def test_a_named_fault_is_its_sentence_and_is_not_retried():
    failure = failure_of(DeliveryError("2 rows are broken."))
    assert failure.description == "2 rows are broken." and not failure.allow_retries


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "Jane Roe"),
        MemoryError(),
        duckdb.IOException("Jane Roe"),
        sqlite3.OperationalError("Jane"),
    ],
)
def test_what_may_pass_is_retried_and_its_text_withheld(error):
    failure = failure_of(error)
    assert failure.allow_retries and "This may pass." in failure.description and "Jane" not in failure.description


def test_a_fault_of_the_program_is_told_by_kind_and_place_only():
    with pytest.raises(dg.Failure) as caught, told_in_words("core_voters NC"):
        Desk(profile=["Jane Roe"])
    assert "Jane" not in caught.value.description and not caught.value.allow_retries


def test_the_place_is_a_file_and_a_line_of_the_program():
    from pipelines.sql import identifier

    with (
        pytest.raises(dg.Failure, match=r"AttributeError at pipelines/sql\.py line \d+"),
        told_in_words("core_voters NC"),
    ):
        identifier(7)


def test_the_log_has_counts_and_seconds(caplog):
    with caplog.at_level(logging.INFO, logger="walklist"), told_in_words("core_voters NC") as told:
        told += ["20 snapshots", "1,012,345 rows"]
    assert caplog.messages[0].split() == ["core_voters", "NC", "20", "snapshots,", "1,012,345", "rows", "0.0", "s"]


def test_a_state_without_a_source_is_named():
    with pytest.raises(ConfigError, match="none of its sources is of XX"):
        Desk(profile="demo").source_of("XX")


def wrapped(cause: Exception) -> Exception:
    """A named fault that was raised because of another."""
    try:
        try:
            raise cause
        except type(cause):
            raise DeliveryError("the SQL engine stopped.") from None
    except DeliveryError as error:
        return error


@pytest.mark.parametrize(
    ("cause", "may_pass"),
    [
        (OSError(errno.ENOSPC, "full"), True),
        (OSError(errno.EIO, "disk"), True),
        (duckdb.OutOfMemoryException("Jane Roe"), True),
        (FileNotFoundError(errno.ENOENT, "gone"), False),
        (ValueError("broken JSON"), False),
        (duckdb.ConversionException("Jane Roe"), False),
    ],
)
def test_a_sentence_is_retried_only_when_the_machine_stands_behind_it(cause, may_pass):
    failure = failure_of(wrapped(cause))
    assert failure.description == "the SQL engine stopped." and failure.allow_retries == may_pass
