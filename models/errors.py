"""The named errors of Walklist and the one text that reports a broken rule.

Every message is made of counts, columns, files and row numbers: a value of a person's row never stands in one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.wording import counted


class WalklistError(Exception):
    """What went wrong, where, what was expected, and the next step, in words fit for a log."""


class ConfigError(WalklistError):
    """A YAML file breaks its class: every fault at once, with file and key."""


class LayoutError(WalklistError):
    """A received file does not fit its layout.

    Args:
        message: The cause, as a sentence.
        change: What a dated layout entry would have to say of the role so that the file is read, in the words of
            `pipelines.layouts.dated.changes.RoleChange`; nothing where no entry can help.
        role: Role of the file, once it is known.
    """

    def __init__(self, message: str, change: Mapping[str, Any] | None = None, role: str | None = None) -> None:
        super().__init__(message)
        self.change, self.role = change, role


class NoMemberError(LayoutError):
    """An archive holds no member that is meant."""


class DeliveryError(WalklistError):
    """A delivery cannot be judged or used."""


class ContractError(WalklistError):
    """A table breaks its contract: column, rule and count."""


class AsOfError(WalklistError):
    """Something asks for knowledge later than the as-of day."""


class FeatureMismatchError(WalklistError):
    """A frame is not the one a model was trained on."""


class ArtefactError(WalklistError):
    """A model artefact is missing, or its bytes are not those the ledger recorded."""


class RegistryError(WalklistError):
    """The record of models cannot be written; scoring goes on without it."""


class TrainingError(WalklistError):
    """A model cannot be trained honestly on what it was given."""


class PublicationError(WalklistError):
    """A release is broken, or may not be published."""


@dataclass(frozen=True)
class BrokenRule:
    """How many rows break one rule of one column.

    Attributes:
        column: Name of the column, or of several joined by a comma.
        rule: The rule in words.
        count: Rows that break it, at least 1.
    """

    column: str
    rule: str
    count: int


def broken_contract(table: str, broken: Iterable[BrokenRule]) -> ContractError:
    """The error that says which rules of a table are broken, by column, rule and count."""
    faults = [f"{fault.column} {fault.rule}: {fault.count:,} rows" for fault in broken]
    told = counted(len(faults), "rule", "of its contract is broken", "of its contract are broken")
    return ContractError(f"{table}: {told}: " + "; ".join(faults) + ".")


class LinkError(WalklistError):
    """Records cannot be linked as asked: nothing to learn from, a blocking rule over its budget, or one not known."""


class PolicyError(WalklistError):
    """Data may not serve a purpose, or a person may not do what was asked."""
