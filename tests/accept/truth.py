"""The published scores of simulated voters against what was planted: probabilities, outcomes, moments."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from models.baselines import make_baseline
from models.calibrate import fit_platt, tie_level
from models.config import read_config
from models.evaluate import calibration_error, equal_mass_bins, grade, log_losses, loss_difference
from models.features import Features
from models.lgbm import predict
from models.matrix import learn_spec, training_table
from models.model_config import ModelConfig, StateModel
from models.propensity import fit_member, matrix_of
from models.splits import household_fold, production_roles
from pipelines.calendar import read_calendar
from pipelines.demo import simulation_of
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.modelling.occasions import past_occasions, target_occasion
from pipelines.modelling.training import read_cohorts
from pipelines.publish.reader import open_release
from pipelines.settings import Settings
from pipelines.synthetic.moments import moments
from tests.accept.lines import Account

REPEATS, SEED = 500, 7


@dataclass(frozen=True)
class Graded:
    """The coming election: who was scored, with what, and what was true.

    Attributes:
        state: Two-letter code of the state.
        frame: Features of the scored people, with the columns truth, outcome and score.
        config: The model.
        past: Cohorts that taught it.
    """

    state: str
    frame: pd.DataFrame
    config: StateModel
    past: pd.DataFrame

    @property
    def y(self) -> np.ndarray:
        """Simulated outcomes, (n_voters,) of 0/1."""
        return self.frame["outcome"].to_numpy(dtype=float)

    @property
    def households(self) -> np.ndarray:
        """Household of each voter, (n_voters,)."""
        return self.frame["household_id"].to_numpy()


def show_truth(account: Account, settings: Settings) -> None:
    """The demands on simulated truth, for the coming election of the demo, state by state."""
    for name in settings.profile.sources:
        graded = read_graded(settings, name)
        p = graded.frame["score"].to_numpy(dtype=float)
        _against_oracle(account, graded, p)
        _against_baselines(account, graded, p)
        _against_probabilities(account, graded, p)
        _moments(account, settings, graded.state)


def read_graded(settings: Settings, name: str) -> Graded:
    """Published scores of a source joined with the truth, for everyone who could vote in the coming election."""
    lake, calendar = Lake(settings.root), read_calendar(settings.configs)
    model = read_config(ModelConfig, settings.configs / "models" / f"{settings.profile.models[0]}.yaml")
    source = read_source(settings.configs, name)
    config = model.of_state(source.state, source.name)
    occasion = target_occasion(lake, config, calendar, source)
    published = open_release(settings.root).to_table(columns=["voter_id", "turnout_probability"]).to_pandas()
    truth = pd.read_parquet(settings.root / "truth" / f"{config.target_election}.parquet")
    truth = truth[truth["is_registered_at_deadline"]].rename(columns={"probability": "truth", "voted": "outcome"})
    with lake.connect() as connection:
        features = connection.sql(
            lake.table(Features, state=source.state, election_id=config.target_election).select()
        ).df()
    scored = published.rename(columns={"turnout_probability": "score"}).dropna()
    frame = features.merge(scored, on="voter_id").merge(truth[["voter_id", "truth", "outcome"]], on="voter_id")
    past = read_cohorts(lake, config, past_occasions(lake, config, calendar, source), [name]).frame
    assert occasion.election.election_id == config.target_election
    return Graded(source.state, frame.sort_values("voter_id").reset_index(drop=True), config, past)


def oracle_scores(graded: Graded) -> np.ndarray:
    """Scores of the same booster on the same features, taught the true probabilities of other homes, in five folds."""
    config, frame = graded.config, graded.frame
    spec = learn_spec(training_table(frame, config.features), config.features)
    dealt, found = household_fold(frame["household_id"], 5), np.zeros(len(frame))
    for fold in range(5):
        seen, rest = frame[dealt != fold], frame[dealt == fold]
        booster = fit_member(seen, seen["truth"].to_numpy(), spec, config, objective="cross_entropy")
        found[dealt == fold] = predict(booster, matrix_of(rest, spec), 2)
    return found


def _against_oracle(account: Account, graded: Graded, p: np.ndarray) -> None:
    best = oracle_scores(graded)
    mine, ideal = log_losses(p, graded.y).mean(), log_losses(best, graded.y).mean()
    tied = log_losses(tie_level(p, float(graded.y.mean())), graded.y).mean()
    account.add(
        f"{graded.state}, simulated truth: log loss against an oracle", "at most 3% above",
        f"{mine:.4f} against {ideal:.4f}: {mine / ideal - 1:+.2%} ({tied / ideal - 1:+.2%} with the level tied)",
        mine <= 1.03 * ideal, log_loss=mine, oracle=ideal, tied=tied,
    )  # fmt: skip


def _against_baselines(account: Account, graded: Graded, p: np.ndarray) -> None:
    for name in graded.config.baselines:
        found = loss_difference(p, _baseline(graded, name), graded.y, graded.households, REPEATS, SEED)
        told = f"{found.value:+.5f} ({found.low:+.5f} to {found.high:+.5f})"
        figures = {"value": found.value, "low": found.low, "high": found.high}
        demand = f"{graded.state}, simulated truth: log loss against the baseline {name}"
        account.add(demand, "95% interval over households below 0", told, found.high < 0, **figures)


def _baseline(graded: Graded, name: str) -> np.ndarray:
    """A baseline taught and calibrated on the same past occasions as the model."""
    config, past = graded.config, graded.past
    roles = production_roles(past[["election_date", "election_kind"]].drop_duplicates(), config.target_kind)
    fitted, later = past[past["election_date"].isin(roles.fit)], past[past["election_date"] == roles.calibrate]
    plain = make_baseline(name, config.baseline_columns, config.features).fit(
        fitted, fitted["outcome"].to_numpy(dtype=float)
    )
    calibrator = fit_platt(plain.predict(later), later["outcome"].to_numpy(dtype=float), may_fall=True)
    return calibrator.apply(plain.predict(graded.frame))


def _against_probabilities(account: Account, graded: Graded, p: np.ndarray) -> None:
    truth = graded.frame["truth"].to_numpy(dtype=float)
    tied = tie_level(p, float(truth.mean()))
    error, raw = (calibration_error(each, truth, equal_mass_bins(each)) for each in (tied, p))
    demand = f"{graded.state}, simulated truth: calibration error against true probabilities, level tied"
    levels = f"mean score {p.mean():.4f}, mean truth {truth.mean():.4f}"
    found = f"{error:.4f} (as it is {raw:.4f}; {levels})"
    account.add(demand, "at most 0.0100", found, error <= 0.01, tied=error, raw=raw)
    figures = grade(p, graded.y, graded.households, REPEATS, SEED)
    told = {name: round(found.value, 4) for name, found in figures.items()}
    print(f"         (coming election: {told})", flush=True)


def _moments(account: Account, settings: Settings, state: str) -> None:
    for moment in moments(simulation_of(settings, state)):
        account.add(
            f"{state}, simulator: {moment.name}",
            f"{moment.low} to {moment.high}",
            f"{moment.found:.4f}",
            moment.is_within,
            measured=moment.found,
        )


def demo_root(checkout: Path) -> Path:
    """Data root of the demo in a checkout."""
    return checkout / "data" / "demo"
