"""How a fault that nobody foresaw is told: its kind and its place in the program, never its own text.

The texts of engines quote the row they stumbled on. File and line are enough to find the fault; the row is found by
running that line again, on the machine where the data are.
"""

import traceback
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
_OWN = (CHECKOUT / "pipelines", CHECKOUT / "models")


def place_of(error: BaseException) -> str:
    """File and line of the program where a fault arose, and the two calls that led there, innermost first."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_own(frame.filename)]
    places = [f"{Path(frame.filename).relative_to(CHECKOUT)} line {frame.lineno}" for frame in reversed(frames)]
    return ", called from ".join(places[:3]) or "a place outside the program"


def fault_sentence(subject: str, error: BaseException) -> str:
    """What a developer needs to know, and nothing of a row."""
    fault = f"{subject}: a fault of the program, {type(error).__name__} at {place_of(error)}."
    return f"{fault} Its own text is withheld, for it may quote a row."


def _is_own(file: str) -> bool:
    return any(Path(file).is_relative_to(folder) for folder in _OWN)
