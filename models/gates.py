"""The verdict on a version: what it must show, what it shows, and the sentence that says so."""

from dataclasses import asdict, dataclass
from typing import Any

from models.evaluate import Estimate
from models.model_config import GatesConfig


@dataclass(frozen=True)
class Gate:
    """One demand.

    Attributes:
        demand: What is asked, in words.
        target: The bound.
        found: What the backtest shows.
        is_passed: Whether it holds.
    """

    demand: str
    target: str
    found: str
    is_passed: bool


@dataclass(frozen=True)
class Verdict:
    """All demands on one version.

    Attributes:
        gates: The demands, in the order they are judged.
    """

    gates: tuple[Gate, ...]

    @property
    def is_passed(self) -> bool:
        """Whether every demand holds."""
        return all(gate.is_passed for gate in self.gates)

    @property
    def text(self) -> str:
        """The verdict in words; a refusal names every demand that fails."""
        if self.is_passed:
            return f"Passed all {len(self.gates)} gates."
        failed = [f"{gate.demand}: {gate.found}, asked {gate.target}" for gate in self.gates if not gate.is_passed]
        return f"Refused, {len(failed)} of {len(self.gates)} gates failed. " + "; ".join(failed) + "."

    def to_json(self) -> dict[str, Any]:
        """Verdict, sentence and demands, for the report."""
        return {"is_passed": self.is_passed, "text": self.text, "gates": [asdict(gate) for gate in self.gates]}


def judge(
    config: GatesConfig,
    metrics: dict[str, Estimate],
    tied_error: float,
    chance_error: float,
    differences: dict[str, Estimate],
) -> Verdict:
    """The verdict of the gates.

    Args:
        config: The bounds.
        metrics: Metrics of the graded rows, as `evaluate.grade` gives them.
        tied_error: ECE20 once the level is tied.
        chance_error: ECE20 that perfect probabilities exceed in one draw of twenty; the bound is never below it, for a
            gate that a perfect model of that size fails would judge the size.
        differences: Log loss minus that of each baseline, on the same rows.
    """
    slope = metrics["slope"].value
    beaten = [_beats(name, found, config.may_tie.get(name, 0.0)) for name, found in differences.items()]
    bound = max(config.max_calibration_error, chance_error)
    calibrated = Gate(
        "calibration error once the level is tied",
        f"at most {bound:.4f}",
        f"{tied_error:.4f} (chance alone: up to {chance_error:.4f})",
        tied_error <= bound,
    )
    spread = Gate(
        "calibration slope",
        f"{config.slope_low:g} to {config.slope_high:g}",
        f"{slope:.3f}",
        config.slope_low <= slope <= config.slope_high,
    )
    return Verdict((*beaten, calibrated, spread))


def _beats(name: str, found: Estimate, allowed: float) -> Gate:
    """Better than a plain model or, where the YAML allows a tie, surely not worse by more than that."""
    return Gate(
        f"log loss against {name.replace('_', ' ')}",
        f"a 95% interval below {allowed:g}",
        f"{found.value:+.5f} ({found.low:+.5f} to {found.high:+.5f})",
        found.high < allowed,
    )
