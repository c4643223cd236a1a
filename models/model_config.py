"""What the YAML of a model says: whom it learns from, on what, how it is split, fitted, calibrated, gated and read."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.config import Strict

StateCode = Annotated[str, Field(pattern="^[A-Z]{2}$")]
BaselineName = Literal["constant", "last_four_generals", "last_same_kind", "spline_logistic"]
LAST_FOUR_GENERALS = [f"general_lag{lag}_voted" for lag in range(1, 5)]


class PopulationConfig(Strict):
    """The part of an experiment whose people train the model."""

    experiment: str = Field(description="Name of the experiment's YAML.")
    arm: str = Field(
        description="Arm whose people train the model; people of other arms are scored, never learned from."
    )


class OccasionsSplit(Strict):
    """Time order: fit on earlier elections, calibrate on a later one, grade on a still later one."""

    scheme: Literal["occasions"] = Field(description="Split by election day.")
    stopping_share: float = Field(
        0.15, description="Share of households, of the fitted elections, that decide when to stop.", gt=0, lt=0.5
    )


class InTimeSplit(Strict):
    """One election only: households are dealt into folds, and each is scored by the booster that never saw it."""

    scheme: Literal["in_time"] = Field(description="Split by household within the one election.")
    folds: int = Field(5, description="Folds of households, count.", ge=2, le=20)
    stopping_share: float = Field(
        0.15, description="Share of the training households that decide when to stop.", gt=0, lt=0.5
    )


class BoosterConfig(Strict):
    """Settings of the LightGBM booster, under the names the house uses for them."""

    learning_rate: float = Field(0.03, description="Step of each tree, a share of its fit.", gt=0, le=1)
    num_leaves: int = Field(31, description="Largest number of leaves of a tree, count.", ge=2)
    max_depth: int = Field(
        8, description="Largest depth of a tree, count of splits; bounds the cost of explaining.", ge=1
    )
    min_child_samples: int = Field(200, description="Fewest people in a leaf, count.", ge=1)
    subsample: float = Field(0.8, description="Share of rows drawn for a tree.", gt=0, le=1)
    subsample_freq: int = Field(1, description="Trees between two draws of rows, count.", ge=0)
    colsample: float = Field(0.7, description="Share of features drawn for a tree.", gt=0, le=1)
    lambda_l2: float = Field(10.0, description="Ridge penalty on the value of a leaf.", ge=0)
    max_trees: int = Field(1500, description="Trees at most, count.", ge=1)
    early_stopping_rounds: int = Field(100, description="Trees without gain before stopping, count.", ge=1)
    refit_all: bool = Field(
        True, description="Whether the stopping households teach too, once they have said how many trees are enough."
    )
    seed: int = Field(20261103, description="Seed of every draw.", ge=0)
    num_threads: int = Field(
        2, description="Threads of training, count, shared by the boosters that are grown side by side.", ge=1
    )


class BaselineColumns(Strict):
    """Where the plain baselines look."""

    last_four_generals: list[str] = Field(
        LAST_FOUR_GENERALS, description="Columns of 0, 1 or null whose mean is the share of the last generals voted in."
    )
    last_same_kind: str = Field(
        "same_kind_lag1_voted", description="Column of 0, 1 or null: voted in the last of the kind."
    )


class GatesConfig(Strict):
    """What a version must show before it may score anybody."""

    max_calibration_error: float = Field(
        description="Largest ECE20 once the level is tied to the true turnout, probability.", gt=0, lt=1
    )
    may_tie: dict[BaselineName, float] = Field(
        {},
        description="Baselines that need not be beaten: the interval of the loss above theirs ends below this.",
    )
    slope_low: float = Field(0.9, description="Smallest calibration slope; 1 is perfect.", gt=0)
    slope_high: float = Field(1.1, description="Largest calibration slope; 1 is perfect.", gt=0)
    bootstrap_repeats: int = Field(200, description="Draws of households behind each interval, count.", ge=20)
    seed: int = Field(7, description="Seed of those draws.", ge=0)


class PassportConfig(Strict):
    """What a score means and what it may be used for; printed beside every published score.

    A text may hold `{state}`, the state's two letters, and `{state_name}`, its name; a version has them filled in.
    """

    meaning: str = Field(description="What the probability is of, as one sentence.")
    reading: str = Field(description="How to read a value, with an example.")
    population: str = Field(description="Who is scored, and of whom the claim is made.")
    allowed_uses: list[str] = Field(description="Purposes the score is fit for.", min_length=1)
    refused_uses: list[str] = Field(description="Purposes it must not serve, with the reason.", min_length=1)
    valid_until: dt.date = Field(description="Last day on which the score means what it says.")

    @model_validator(mode="after")
    def _fillable(self) -> "PassportConfig":
        unknown = sorted({place for text in self._texts() for place in _PLACES.findall(text)} - {"state", "state_name"})
        if unknown:
            raise ValueError(f"texts may hold {{state}} and {{state_name}} only, found: {', '.join(unknown)}")
        return self

    def filled(self, state: str, state_name: str) -> "PassportConfig":
        """The same texts with a state's letters and name in their places."""
        single = {name: _fill(getattr(self, name), state, state_name) for name in _SINGLE}
        listed = {name: [_fill(text, state, state_name) for text in getattr(self, name)] for name in _LISTED}
        return self.model_copy(update={**single, **listed})

    def _texts(self) -> Iterator[str]:
        yield from (getattr(self, name) for name in _SINGLE)
        for name in _LISTED:
            yield from getattr(self, name)


_SINGLE, _LISTED = ("meaning", "reading", "population"), ("allowed_uses", "refused_uses")
_PLACES = re.compile(r"{([^}]*)}")


def _fill(text: str, state: str, state_name: str) -> str:
    return text.replace("{state}", state).replace("{state_name}", state_name)


class ModelConfig(Strict):
    """One model of the family propensity: the chance that a person does something on a named occasion."""

    name: str = Field(description="Name of the model, as in the file name.", pattern="^[a-z][a-z0-9_]*$")
    family: Literal["propensity"] = Field(description="Family of models.")
    target: str = Field(
        description="Day and type of the election that is scored, in each state its own: `2026-11-03-general`.",
        pattern=r"^\d{4}-\d{2}-\d{2}-[a-z]+$",
    )
    states: list[StateCode] = Field(
        description="States that the model serves, each with a version of its own, learned from its own people.",
        min_length=1,
    )
    pool_kinds: list[str] = Field(description="Kinds of past elections that are pooled for training.", min_length=1)
    population: PopulationConfig | None = Field(None, description="Train only on people assigned to this arm.")
    features: list[str] = Field(description="Columns of the matrix, in its order.", min_length=1)
    monotone: list[str] = Field(default_factory=list, description="Features that may only raise the score.")
    monotone_increasing: bool = Field(False, description="Whether the list `monotone` is enforced.")
    weight: Literal["link_q"] | None = Field(
        None, description="Column that says how much a row teaches, such as the chance that its links are right."
    )
    split: Annotated[OccasionsSplit | InTimeSplit, Field(discriminator="scheme")] = Field(
        description="How rows are divided to fit, calibrate and grade."
    )
    cohort: Literal["snapshot", "reconstructed"] = Field(
        description="snapshot: people as a file of the time showed them; reconstructed: fields of a later file too."
    )
    booster: BoosterConfig = Field(default_factory=BoosterConfig, description="Settings of the booster.")
    calibration: Literal["platt", "none"] = Field(
        description="Calibration on the later occasion; none where none is later."
    )
    baselines: list[BaselineName] = Field(description="Plain models that this one must beat.", min_length=1)
    baseline_columns: BaselineColumns = Field(default_factory=BaselineColumns, description="Where the baselines look.")
    gates: GatesConfig = Field(description="What a version must show before it may score.")
    passport: PassportConfig = Field(description="What a score means, for whom, until when, for which uses.")

    @model_validator(mode="after")
    def _consistent(self) -> "ModelConfig":
        repeated = {"states": self.states, "features": self.features, "baselines": self.baselines}
        faults = [fault for key, names in repeated.items() for fault in _repeats(key, names)]
        if not _is_day(self.target[:10]):
            raise ValueError("; ".join([*faults, "target names a day that no calendar has"]))
        if unknown := sorted(set(self.monotone) - set(self.features)):
            faults.append(f"monotone names columns that are no features: {', '.join(unknown)}")
        if self.split.scheme == "in_time" and self.calibration != "none":
            faults.append("calibration must be none with scheme in_time, where no occasion is later than the fit")
        if self.split.scheme == "occasions" and self.target_kind not in self.pool_kinds:
            faults.append(f"pool_kinds must hold the target's kind, {self.target_kind}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def election_of(self, state: str) -> str:
        """election_id of the election that is scored in a state."""
        return f"{state}-{self.target}"

    def of_state(self, state: str, state_name: str) -> "StateModel":
        """The model as it is trained and used in one state; nothing of the other states is in it."""
        own = {"state": state, "states": [state], "passport": self.passport.filled(state, state_name)}
        return StateModel.model_validate({**self.model_dump(), **own})

    @property
    def target_date(self) -> dt.date:
        """Day of the target election."""
        return dt.date.fromisoformat(self.target[:10])

    @property
    def target_kind(self) -> str:
        """Kind of the target election: its type, with generals told apart by the year."""
        election_type = self.target.rsplit("-", 1)[-1]
        if election_type != "general":
            return election_type
        return "odd" if self.target_date.year % 2 else "presidential" if self.target_date.year % 4 == 0 else "midterm"


class StateModel(ModelConfig):
    """A model in one state: what a version there is made from.

    States share a YAML and nothing else: another state in its list, or that state's data, changes no version here.
    """

    state: StateCode = Field(description="The state whose people are trained on and scored.")

    @property
    def target_election(self) -> str:
        """election_id of the election that is scored."""
        return self.election_of(self.state)


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _repeats(key: str, names: Sequence[str]) -> list[str]:
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    return [f"{key} names twice: {', '.join(repeated)}"] if repeated else []
