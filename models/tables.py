"""What a table contract is, and the tables at the border between the flow and the models.

A table is a class: its docstring says the grain, its columns their meaning. The class is the one source of the Arrow
schema, of the checks (SQL, run where the data is) and of the dictionary.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pyarrow as pa

ColumnKind = Literal["identifier", "contact", "sensitive", "fact", "derived"]


@dataclass(frozen=True)
class Column:
    """One column of a table contract.

    Attributes:
        type: Arrow type.
        meaning: What the value says, as one sentence.
        unit: Unit of a number, empty where there is none.
        source: Where the value comes from, empty where the table says it.
        null_means: What a null says, empty where the column is never null.
        kind: Class of the data, which decides who may see it.
        key: Whether the column is part of the table's key; keys are never null.
        nullable: Whether null is allowed.
        at_least: Smallest allowed value.
        at_most: Largest allowed value.
        one_of: The allowed values, empty for any.
        partition: Whether the column stands in the folder names and not in the file.
        name: Set by the table class.
    """

    type: pa.DataType
    meaning: str
    unit: str = ""
    source: str = ""
    null_means: str = ""
    kind: ColumnKind = "fact"
    key: bool = False
    nullable: bool = True
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] = ()
    partition: bool = False
    name: str = ""


def column(type: pa.DataType, meaning: str, **rest: Any) -> Any:
    """A column of a table contract; see `Column` for the keywords."""
    never_null = rest.get("key") or rest.get("partition") or not rest.get("null_means")
    return Column(type, meaning, **{"nullable": not never_null, **rest})


@dataclass(frozen=True)
class Check:
    """One rule of a table, as SQL.

    Attributes:
        column: Column that the rule is about.
        rule: The rule in words.
        violation: SQL expression that counts the rows which break it.
    """

    column: str
    rule: str
    violation: str


class TableContract:
    """A table whose columns, key, partitions and rules are declared by its class.

    `table_name` is the asset's name; the part before the first underscore is its layer and folder.
    """

    table_name: ClassVar[str] = ""
    _columns: ClassVar[dict[str, Column]] = {}

    def __init_subclass__(cls, **rest: Any) -> None:
        """Collect the declared columns in the order they are written."""
        super().__init_subclass__(**rest)
        declared = {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
        named = {name: dataclasses.replace(value, name=name) for name, value in declared.items()}
        cls._columns = {**cls._columns, **named}

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """The columns by name, in the order of the class."""
        return cls._columns

    @classmethod
    def partitions(cls) -> tuple[str, ...]:
        """Names of the columns that stand in the folder names, outermost first."""
        return tuple(name for name, found in cls._columns.items() if found.partition)

    @classmethod
    def key(cls) -> tuple[str, ...]:
        """Names of the columns that tell one row from another within a partition."""
        return tuple(name for name, found in cls._columns.items() if found.key)

    @classmethod
    def schema(cls) -> pa.Schema:
        """Arrow schema of a file of the table: every column but the partitions."""
        stored = [found for found in cls._columns.values() if not found.partition]
        return pa.schema([pa.field(found.name, found.type, found.nullable) for found in stored])

    @classmethod
    def checks(cls) -> Iterator[Check]:
        """The rules that a file of the table must keep, each as a count in SQL."""
        stored = [found for found in cls._columns.values() if not found.partition]
        for found in stored:
            yield from _column_checks(found)
        if cls.key():
            named = ", ".join(f'"{name}"' for name in cls.key())
            yield Check(", ".join(cls.key()), "is unique", f"count(*) - count(DISTINCT ({named}))")


def _column_checks(found: Column) -> Iterator[Check]:
    quoted = f'"{found.name}"'
    if not found.nullable:
        yield Check(found.name, "is never null", f"count(*) FILTER ({quoted} IS NULL)")
    if pa.types.is_floating(found.type):
        yield Check(found.name, "is a finite number", f"count(*) FILTER (NOT isfinite({quoted}))")
    if found.at_least is not None:
        yield Check(found.name, f"is at least {found.at_least}", f"count(*) FILTER ({quoted} < {found.at_least})")
    if found.at_most is not None:
        yield Check(found.name, f"is at most {found.at_most}", f"count(*) FILTER ({quoted} > {found.at_most})")
    if found.one_of:
        listed = ", ".join(f"'{value}'" for value in found.one_of)
        rule = "is one of " + ", ".join(found.one_of)
        yield Check(found.name, rule, f"count(*) FILTER ({quoted} NOT IN ({listed}))")
