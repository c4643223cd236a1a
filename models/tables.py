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
    keywords: dict[str, Any] = {"nullable": not never_null, **rest}
    return Column(type, meaning, **keywords)


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
        """The rules that the columns of a file must keep, each as a count in SQL; a unique key comes on top."""
        stored = [found for found in cls._columns.values() if not found.partition]
        for found in stored:
            yield from _column_checks(found)


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


class Scores(TableContract):
    """One row per voter that a model version scored on a day. Key: voter_id and election_id within a version and day.

    Reading: of voters scored 0.3, three in ten vote in the named election, among those the passport names.
    """

    table_name = "score_turnout"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    version_id = column(pa.string(), "Model version that scored, the hash of its numbers.", partition=True)
    as_of = column(pa.date32(), "Day before which every fact behind the score was known.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<the state's own id>`.", key=True, kind="identifier")
    election_id = column(pa.string(), "Election the score is for.", key=True)
    probability = column(
        pa.float32(),
        "Calibrated chance of voting in the election, six decimals.",
        unit="probability",
        kind="derived",
        at_least=0,
        at_most=1,
        null_means="Nothing that the model reads is known about the voter; not zero.",
    )
    is_out_of_fold = column(
        pa.bool_(), "Whether the scored election also trained the model, by boosters that never saw the household."
    )


class ModelVersions(TableContract):
    """One row per event in the life of a model version, append-only. Key: sequence.

    Each model has a ledger in each state. The newest `promoted` or `rolled_back` row names the champion there.
    """

    table_name = "model_versions"
    sequence = column(pa.int64(), "Place in the ledger, from 1.", key=True, at_least=1)
    version_id = column(pa.string(), "First 16 hexadecimal digits of the hash of what decides its scores.")
    model = column(pa.string(), "Name of the model's YAML.")
    state = column(pa.string(), "Two-letter code of the state whose people it learned from and scores.")
    event = column(pa.string(), "What happened.", one_of=("trained", "promoted", "refused", "rolled_back"))
    target_election = column(pa.string(), "election_id that the version scores.")
    path = column(pa.string(), "Folder of the version, relative to the root of the data.")
    model_sha256 = column(pa.string(), "SHA-256 of its model.json, checked before anything in the folder is read.")
    features_sha256 = column(pa.string(), "SHA-256 of names, types and codes of its features.")
    window_start = column(pa.date32(), "Day of the first election that trained, calibrated or graded it.")
    window_end = column(pa.date32(), "Day of the last one.")
    receipts = column(pa.list_(pa.string()), "SHA-256 of the received files behind its rows.")
    log_loss = column(pa.float64(), "Log loss of the backtest, lower is better.", at_least=0)
    log_loss_low = column(pa.float64(), "Lower end of its 95% interval over households.")
    log_loss_high = column(pa.float64(), "Upper end of its 95% interval over households.")
    best_baseline = column(pa.string(), "The plain model that came closest.")
    difference = column(pa.float64(), "Log loss minus that of the closest plain model; below 0 is better.")
    difference_low = column(pa.float64(), "Lower end of its 95% interval over households.")
    difference_high = column(pa.float64(), "Upper end of its 95% interval over households.")
    calibration_error = column(pa.float64(), "ECE20 of the backtest as it is.", unit="probability", at_least=0)
    calibration_error_tied = column(
        pa.float64(), "ECE20 once the level is tied to the true turnout.", unit="probability", at_least=0
    )
    is_passed = column(pa.bool_(), "Whether every gate holds.")
    verdict = column(pa.string(), "The verdict of the gates in words.")
    decided_by = column(pa.string(), "`gates`, or who decided.")
    reason = column(pa.string(), "Why, in words.")
