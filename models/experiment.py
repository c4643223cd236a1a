"""The read-out of a randomised experiment: what each arm did to the outcome, with the drawn units counted together."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from models.errors import TrainingError

_Z = 1.96


def arm_effects(frame: pd.DataFrame, control: str) -> pd.DataFrame:
    """Difference of means of every arm against control, with standard errors clustered by the drawn unit.

    The error is CR1: the sandwich over units, times G/(G-1) * (N-1)/(N-k), with G units, N people and k arms; the same
    as a regression of the outcome on the arms with clustered errors.

    Args:
        frame: One row per person: unit_id (what was drawn), arm_code, outcome (0/1 or a number).
        control: Code of the arm that was left alone.

    Returns:
        One row per arm, control first, the others by name: arm_code, people, units, mean, effect, standard_error, low,
        high (95%); the last four are null for control.

    Raises:
        TrainingError: Columns are missing or hold nulls, the control arm is absent, or a unit stands in two arms.

    Source:
        Gerber, Green and Larimer (2008), APSR 102(1), table 3 (a).
    """
    _demand(frame, control)
    residual = frame["outcome"] - frame.groupby("arm_code")["outcome"].transform("mean")
    adjusted = _cr1(frame)
    arms = [control, *sorted(set(frame["arm_code"]) - {control})]
    return pd.DataFrame([_arm_row(frame, residual, arm, control, adjusted) for arm in arms])


def balance(frame: pd.DataFrame, control: str, covariates: list[str]) -> pd.DataFrame:
    """Whether the arms were alike before anything happened: each arm against control on each covariate.

    Args:
        frame: unit_id, arm_code and the covariates, numbers known before the draw.
        control: Code of the arm that was left alone.
        covariates: Columns to compare.

    Returns:
        One row per arm and covariate: difference, standard_error, and p_value of no difference. With m rows expect m/20
        below 0.05 by chance.
    """
    parts = []
    for name in covariates:
        table = arm_effects(frame[["unit_id", "arm_code"]].assign(outcome=frame[name].astype(float)), control).iloc[1:]
        p_value = 2 * stats.norm.sf(np.abs(table["effect"] / table["standard_error"]))
        compared = table[["arm_code", "standard_error"]].assign(
            covariate=name, difference=table["effect"], p_value=p_value
        )
        parts.append(compared[["arm_code", "covariate", "difference", "standard_error", "p_value"]])
    return pd.concat(parts, ignore_index=True)


def _cr1(frame: pd.DataFrame) -> float:
    units, people, arms = frame["unit_id"].nunique(), len(frame), frame["arm_code"].nunique()
    return units / (units - 1) * (people - 1) / (people - arms)


def _arm_row(frame: pd.DataFrame, residual: pd.Series, arm: str, control: str, adjusted: float) -> dict[str, Any]:
    rows, base = frame["arm_code"] == arm, frame["arm_code"] == control
    mean = float(frame.loc[rows, "outcome"].mean())
    row = {"arm_code": arm, "people": int(rows.sum()), "units": int(frame.loc[rows, "unit_id"].nunique()), "mean": mean}
    if arm == control:
        return {**row, "effect": np.nan, "standard_error": np.nan, "low": np.nan, "high": np.nan}
    pull = (residual / rows.sum()).where(rows, 0.0) - (residual / base.sum()).where(base, 0.0)
    error = float(np.sqrt(adjusted * (pull.groupby(frame["unit_id"]).sum() ** 2).sum()))
    effect = mean - float(frame.loc[base, "outcome"].mean())
    return {**row, "effect": effect, "standard_error": error, "low": effect - _Z * error, "high": effect + _Z * error}


def _demand(frame: pd.DataFrame, control: str) -> None:
    missing = [name for name in ("unit_id", "arm_code", "outcome") if name not in frame]
    if missing:
        raise TrainingError(f"The experiment's frame lacks {', '.join(missing)}. Nothing was read out.")
    faults = [
        f"{name} is null in {nulls:,} rows"
        for name in ("unit_id", "arm_code", "outcome")
        if (nulls := frame[name].isna().sum())
    ]
    if control not in set(frame["arm_code"]):
        faults.append(f"no row of the control arm {control}")
    split = int(np.sum(frame.groupby("unit_id")["arm_code"].nunique() > 1))
    if split:
        faults.append(f"{split:,} units stand in more than one arm, so the draw was not by unit")
    if faults:
        raise TrainingError(f"The experiment cannot be read out: {'; '.join(faults)}.")
