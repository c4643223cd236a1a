"""A written file is read back and held against its contract before anyone else may read it."""

import re
from contextlib import AbstractContextManager
from pathlib import Path

import duckdb

from models.errors import BrokenRule, PublicationError, broken_contract
from models.tables import Check
from pipelines.connections import connect
from pipelines.publish.targets import PublicationConfig
from pipelines.publish.writer import Written


def check_release(written: dict[str, Written], config: PublicationConfig, staging: Path) -> None:
    """Hold every state's file against the contract.

    Raises:
        PublicationError: A state has no rows or breaks a rule; every state, column, rule and count is listed.
    """
    faults = [fault for state, file in sorted(written.items()) for fault in _state_faults(state, file, config, staging)]
    if not written:
        faults = ["no state was given"]
    if faults:
        raise PublicationError(
            f"{config.name} is not published, the last good release stays in use. " + " ".join(faults)
        )


def _state_faults(state: str, file: Written, config: PublicationConfig, staging: Path) -> list[str]:
    if not file.summary.row_count:
        return [f"state={state} has no rows."]
    broken = [*file.broken, *broken_rules(file.path, state, config, staging)]
    return [str(broken_contract(f"{config.table}, state={state}", broken))] if broken else []


def broken_rules(path: Path, state: str, config: PublicationConfig, staging: Path) -> list[BrokenRule]:
    """The rules of the contract that a file breaks, counted by DuckDB over the file as it is on disk."""
    checks = [*_applicable(config), Check("voter_id", f"starts with {state}-", _foreign(state))]
    counts = ", ".join(f"coalesce({check.violation}, 0)" for check in checks)
    with bounded_duckdb(staging) as connection:
        try:
            found = connection.execute(f"SELECT {counts} FROM read_parquet(?)", [str(path)]).fetchall()[0]
        except duckdb.Error:
            raise PublicationError(
                f"state={state}: the written file cannot be read back; nothing was published."
            ) from None
    return [BrokenRule(check.column, check.rule, count) for check, count in zip(checks, found, strict=True) if count]


def bounded_duckdb(staging: Path) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A connection that spills into the staging folder when a gigabyte does not do."""
    return connect("1GB", 2, staging / "spill")


def _applicable(config: PublicationConfig) -> list[Check]:
    """The contract's rules but those that name a column which is not published."""
    absent = set(config.contract.columns()) - set(config.columns)
    return [check for check in config.contract.checks() if not absent & set(re.findall(r"\w+", check.violation))]


def _foreign(state: str) -> str:
    return f"count(*) FILTER (NOT starts_with(voter_id, '{state}-'))"
