"""Shares as `configs/synthetic.yaml` gives them: one alone, and several of which one case each holds."""

from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field

K = TypeVar("K")


def share(text: str, **rest: Any) -> Any:
    """A share between 0 and 1; `rest` holds a default."""
    return Field(description=f"{text} (share, 0 to 1)", ge=0, le=1, **rest)


def shares_of(told: dict[K, float]) -> dict[K, float]:
    """The shares, once they are shares.

    Raises:
        ValueError: One is negative, or they do not sum to 1.
    """
    if not told or min(told.values()) < 0 or abs(sum(told.values()) - 1) > 1e-6:
        raise ValueError("shares must be at least 0 and sum to 1")
    return told


Shares = Annotated[dict[str, float], AfterValidator(shares_of)]
"""Words to shares that sum to 1."""
