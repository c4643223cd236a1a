"""How a name, a text and a list of files are written into SQL; the only place where SQL is quoted."""

from collections.abc import Iterable
from pathlib import Path


def identifier(name: str) -> str:
    """A column or table name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text constant, quoted."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Text constants as the inside of an IN list; an empty list matches nothing."""
    return ", ".join(literal(text) for text in texts) or "NULL"


def listed(numbers: Iterable[int]) -> str:
    """Numbers as the inside of an IN list."""
    return ", ".join(map(str, numbers))


def parquet(files: Iterable[Path]) -> str:
    """The table function that reads Parquet files, in the order given."""
    return f"read_parquet([{', '.join(literal(str(file)) for file in files)}], hive_partitioning = false)"
