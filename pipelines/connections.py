"""SQL connections, each with an empty database of its own: an engine that has served one waits for the next.

Starting an engine costs the processor far more than attaching an empty database to one that runs, and a run of one
state opens dozens of connections. An engine serves one connection at a time; one that broke, or has spilled to
disk, is not used again.
"""

import contextlib
import os
import threading
from collections.abc import Generator
from pathlib import Path

import duckdb

from pipelines.sql import literal

_Settings = tuple[str, int, float]
_MOST_IDLE = 3  # engines of one program; further settings are rare
_idle: list[tuple[_Settings, duckdb.DuckDBPyConnection]] = []
_lock = threading.Lock()
_of_parent: list[duckdb.DuckDBPyConnection] = []  # closing one whose threads a fork left behind would wait for ever
os.register_at_fork(after_in_child=lambda: (_of_parent.extend(engine for _, engine in _idle), _idle.clear()))


@contextlib.contextmanager
def connect(
    memory_limit: str, threads: int, spill: Path, memory_share: float = 1
) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection whose tables, views and registered relations vanish with it.

    Args:
        memory_limit: Memory that it may use before it spills, as DuckDB writes it: `1GB`.
        threads: Threads that it may use, at least 1.
        spill: Folder that it spills to; it is made when it is needed, and removed.
        memory_share: Share of the memory limit that it may use, above 0 and at most 1.
    """
    settings = (memory_limit, threads, memory_share)
    engine = _take(settings)
    try:
        engine.execute(f"SET temp_directory = {literal(str(spill))}")
        with engine.cursor() as connection:
            connection.execute("ATTACH ':memory:' AS work; USE work")
            yield connection
    finally:
        _give_back(settings, engine)


def _take(settings: _Settings) -> duckdb.DuckDBPyConnection:
    """An engine with these settings that waits, or a new one."""
    with _lock:
        for place, (found, engine) in enumerate(_idle):
            if found == settings:
                del _idle[place]
                return engine
    return _start(*settings)


def _start(memory_limit: str, threads: int, memory_share: float) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(config={"memory_limit": memory_limit, "threads": threads, "preserve_insertion_order": True})
    if memory_share < 1:
        allowed = f"{memory_share} * parse_formatted_bytes(current_setting('memory_limit'))"
        limit = engine.execute(f"SELECT CAST({allowed} AS BIGINT)").fetchall()[0][0]
        engine.execute(f"SET memory_limit = '{limit}B'")
    return engine


def _give_back(settings: _Settings, engine: duckdb.DuckDBPyConnection) -> None:
    """Let an engine wait; the one that has waited longest goes where too many do."""
    try:
        engine.execute("DETACH work; SET temp_directory = ''")
    except duckdb.Error:  # it is broken, or has spilled: then its folder cannot be changed any more
        engine.close()
        return
    with _lock:
        _idle.append((settings, engine))
        surplus = [_idle.pop(0) for _ in range(len(_idle) - _MOST_IDLE)]
    for _, old in surplus:
        old.close()
