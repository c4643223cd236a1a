"""What data may be used for, and who may decide: the class of `configs/policy.yaml`.

A source states its terms in words of its own (`permitted_uses`); the policy says which purposes they cover. Whatever
hands out data demands the purpose here first, and is told in a sentence when it is refused.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field, model_validator

from models.config import Strict, read_config
from models.errors import PolicyError
from models.tables import TableContract

Act = Literal["approve", "roll_back", "move_champion", "erase", "review_links", "train_links"]
EVERYONE = "*"


class Terms(Protocol):
    """What a source says of its data: `pipelines.layouts.source.Feed` is one.

    A vendor's `retention_until` and `withheld_columns` count, too; a state's source has neither.
    """

    @property
    def license(self) -> str | None:
        """Licence, contract or statute."""
        ...

    @property
    def permitted_uses(self) -> Sequence[str]:
        """Words of its terms."""
        ...


@dataclass(frozen=True)
class ColumnTerms:
    """What travels with a column of a source.

    Attributes:
        license: Licence, contract or statute that governs it; none where none is stated.
        purposes: What it may serve, in the order of the policy.
    """

    license: str | None
    purposes: tuple[str, ...]


class Restriction(Strict):
    """Purposes that a source may not serve, whatever its terms say."""

    refused: list[str] = Field(description="The purposes.", min_length=1)
    because: str = Field(description="Why, as a sentence with the rule it follows.")


class Policy(Strict):
    """Purposes, what the terms of sources cover, and who may do what."""

    purposes: dict[str, str] = Field(description="What data are used for: a name, and a sentence.", min_length=1)
    grants: dict[str, list[str]] = Field(description="A word of `permitted_uses` to the purposes that it covers.")
    sources: dict[str, Restriction] = Field({}, description="What single sources may not serve, by their name.")
    who_may: dict[Act, list[str]] = Field(description="An act to the people who may do it; `*` is everyone.")

    @model_validator(mode="after")
    def _names_purposes(self) -> "Policy":
        named = {f"grants.{term}": found for term, found in self.grants.items()}
        named |= {f"sources.{name}": found.refused for name, found in self.sources.items()}
        unknown = [
            f"{place}: {purpose}" for place, found in named.items() for purpose in found if not self._is(purpose)
        ]
        if unknown:
            raise ValueError(f"no purpose of that name: {', '.join(unknown)}")
        return self

    def _is(self, purpose: str) -> bool:
        return purpose in self.purposes

    def purposes_of(self, name: str, feed: Terms, on: dt.date) -> tuple[str, ...]:
        """What a source may serve on a day, in the order of the policy; nothing once its data should be gone.

        Args:
            name: Name of the source.
            feed: Its terms.
            on: Today: a licence ends on a day, whatever day a score is made for.

        Raises:
            PolicyError: Its terms hold a word that the policy does not know.
        """
        covered = self._covered(name, feed)
        refused = self.sources[name].refused if name in self.sources else []
        return tuple(p for p in self.purposes if p in covered and p not in refused) if not _is_over(feed, on) else ()

    def demand(self, name: str, feed: Terms, purpose: str, on: dt.date) -> None:
        """Refuse a source to a purpose that it may not serve.

        Args:
            name: Name of the source.
            feed: Its terms.
            purpose: What its data are wanted for.
            on: Today.

        Raises:
            PolicyError: It may not: what is refused, why, and what would mend it.
        """
        if not self._is(purpose):
            raise PolicyError(f"No purpose is named {purpose}; known are {', '.join(self.purposes)}.")
        if purpose not in self.purposes_of(name, feed, on):
            raise PolicyError(f"{name}: {purpose} is refused. {self._why_not(name, feed, purpose, on)}")

    def allowed_columns(self, feed: Terms, purpose: str, columns: Iterable[str]) -> list[str]:
        """The columns, of these, that a source does not withhold from a purpose, in their order.

        Raises:
            PolicyError: A purpose that columns are withheld from is none of the policy's: nothing would be withheld.
        """
        withheld = _withheld(feed)
        unknown = sorted({found for purposes in withheld.values() for found in purposes if not self._is(found)})
        if unknown:
            raise PolicyError(
                f"withheld_columns names {', '.join(unknown)}; the purposes are {', '.join(self.purposes)}."
            )
        return [column for column in columns if purpose not in withheld.get(column, ())]

    def column_terms(self, name: str, feed: Terms, table: type[TableContract], on: dt.date) -> dict[str, ColumnTerms]:
        """What travels with every column of a source's table: its licence, and what it may serve.

        Args:
            name: Name of the source.
            feed: Its terms.
            table: The campaign table.
            on: Today.
        """
        served = self.purposes_of(name, feed, on)
        allowed = {purpose: set(self.allowed_columns(feed, purpose, table.columns())) for purpose in served}
        return {
            column: ColumnTerms(feed.license, tuple(purpose for purpose in served if column in allowed[purpose]))
            for column in table.columns()
        }

    def may(self, identity: str, act: Act) -> bool:
        """Whether somebody may do something; what nobody is named for, nobody may.

        Args:
            identity: Who acts, from the environment.
            act: What.
        """
        return not {identity, EVERYONE}.isdisjoint(self.who_may.get(act, []))

    def demand_may(self, identity: str, act: Act) -> None:
        """Refuse an act to who may not do it.

        Raises:
            PolicyError: It is refused, and who may is said.
        """
        if not self.may(identity, act):
            named = ", ".join(self.who_may.get(act, [])) or "nobody"
            told = act.replace("_", " ")
            raise PolicyError(f"{identity} may not {told}. configs/policy.yaml, who_may, names {named} for it.")

    def _covered(self, name: str, feed: Terms) -> set[str]:
        unknown = [term for term in feed.permitted_uses if term not in self.grants]
        if unknown:
            raise PolicyError(
                f"{name}: permitted_uses {', '.join(unknown)} is unknown. Say in configs/policy.yaml, grants, which "
                "purposes it covers, or use one of " + ", ".join(self.grants) + "."
            )
        return {purpose for term in feed.permitted_uses for purpose in self.grants[term]}

    def _why_not(self, name: str, feed: Terms, purpose: str, on: dt.date) -> str:
        if _is_over(feed, on):
            return (
                f"Its data may be kept until {_kept_until(feed)}, and it is {on}. Have them erased, or state the new "
                "retention_until once the licence is renewed."
            )
        if name in self.sources and purpose in self.sources[name].refused:
            return f"{self.sources[name].because} (configs/policy.yaml, sources)"
        if not feed.permitted_uses:
            return "Its permitted_uses is empty: its terms were not seen. Read them, and state there what they permit."
        served = ", ".join(self.purposes_of(name, feed, on)) or "nothing"
        return (
            f"Its terms ({', '.join(feed.permitted_uses)}) cover {served}. Where its licence permits more, state so in "
            "its permitted_uses."
        )


def read_policy(configs: Path) -> Policy:
    """The policy of a folder of configurations.

    Raises:
        ConfigError: It is missing or broken.
    """
    return read_config(Policy, configs / "policy.yaml")


def _kept_until(feed: Terms) -> dt.date | None:
    return getattr(feed, "retention_until", None)


def _is_over(feed: Terms, on: dt.date) -> bool:
    until = _kept_until(feed)
    return until is not None and on > until


def _withheld(feed: Terms) -> Mapping[str, Sequence[str]]:
    return getattr(feed, "withheld_columns", {})
