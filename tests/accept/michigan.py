"""Real people: the 2006 Michigan experiment through the same flow, against the figures of its own documentation."""

import json

from models.config import read_config
from models.evaluate import chance_calibration_error
from models.model_config import ModelConfig
from pipelines.lake import Lake
from pipelines.modelling.ledger import VersionLedger
from pipelines.publish.reader import open_release
from pipelines.settings import Settings
from pipelines.tables.core import Assignments
from tests.accept.lines import Account

# The README of the study's 60% part: effects to three decimals, and the control mean.
EFFECTS = {"civic_duty": 0.0165, "hawthorne": 0.0286, "self": 0.0482, "neighbors": 0.0827}
PEOPLE = 206_500


def show_michigan(account: Account, settings: Settings) -> None:
    """The demands on the experiment, after `make michigan`."""
    _effects(account, settings)
    _published(account, settings)
    _quality(account, settings)


def _effects(account: Account, settings: Settings) -> None:
    file = settings.root / "model" / "readout" / "michigan_2006.json"
    arms = {arm["arm_code"]: arm for arm in json.loads(file.read_text(encoding="utf-8"))["arms"]}
    for arm, expected in EFFECTS.items():
        found = arms[arm]
        text = f"{found['effect']:.4f} (standard error {found['standard_error']:.4f}, by household)"
        account.add(
            f"Michigan: effect of the letter {arm}",
            f"{expected:.4f} to 3 decimals",
            text,
            abs(found["effect"] - expected) < 0.0005,
            **found,
        )


def _published(account: Account, settings: Settings) -> None:
    scores = open_release(settings.root).to_table(columns=["turnout_probability", "is_out_of_fold"])
    scored = scores.num_rows - scores["turnout_probability"].null_count
    account.add(
        "Michigan: scores published",
        f"{PEOPLE:,} people, out of fold",
        f"{scored:,} people",
        scored == PEOPLE and all(scores["is_out_of_fold"].to_pylist()),
    )


def _quality(account: Account, settings: Settings) -> None:
    """Figures of the out-of-fold scores of the control group, as the version's report states them."""
    report = VersionLedger(Lake(settings.root), settings.profile.models[0], "MI").champion().report
    metrics, spline = report["metrics"], report["baselines"]["spline_logistic"]["difference"]
    text = f"{spline['value']:+.5f} ({spline['low']:+.5f} to {spline['high']:+.5f})"
    account.add(
        "Michigan: log loss against the spline logistic",
        "at most -0.002, interval excludes 0",
        text,
        spline["value"] <= -0.002 and spline["high"] < 0,
        **spline,
    )
    auc, slope = metrics["auc"]["value"], metrics["slope"]["value"]
    account.add("Michigan: AUC (above is a leak)", "0.665 to 0.70", f"{auc:.4f}", 0.665 <= auc <= 0.70, auc=auc)
    account.add("Michigan: calibration slope", "0.9 to 1.1", f"{slope:.4f}", 0.9 <= slope <= 1.1, slope=slope)
    error, chance = metrics["calibration_error"]["value"], _chance(settings)
    account.add(
        "Michigan: calibration error",
        f"at most {chance:.4f}, the 95% quantile of chance",
        f"{error:.4f}",
        error <= chance,
        error=error,
        chance=chance,
    )


def _chance(settings: Settings) -> float:
    """The 95% quantile of the calibration error that a perfectly calibrated model of the control group would show."""
    config = read_config(ModelConfig, settings.configs / "models" / f"{settings.profile.models[0]}.yaml")
    assert config.population is not None
    lake = Lake(settings.root)
    with lake.connect() as connection:
        query = f"SELECT voter_id FROM ({lake.table(Assignments).select()}) WHERE arm_code = '{config.population.arm}'"
        control = {row[0] for row in connection.execute(query).fetchall()}
    scores = open_release(settings.root).to_table(columns=["voter_id", "turnout_probability"]).to_pandas()
    p = scores.loc[scores["voter_id"].isin(control), "turnout_probability"].to_numpy(dtype=float)
    return chance_calibration_error(p, repeats=1000)
