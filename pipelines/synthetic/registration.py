"""When people come onto the file, which party they choose, and when death or leaving takes them off it."""

from dataclasses import dataclass

import numpy as np

from pipelines.calendar import kind_of
from pipelines.synthetic.config import Registration as RegistrationConfig
from pipelines.synthetic.config import StateConfig, SyntheticConfig
from pipelines.synthetic.draws import NEVER, YEAR, Bools, Dice, Floats, Ints, Purpose, day_number, picked
from pipelines.synthetic.elections import federal_generals
from pipelines.synthetic.homes import Homes
from pipelines.synthetic.lives import Lives
from pipelines.synthetic.places import Places
from pipelines.tables.core import PARTIES


@dataclass
class Registrations:
    """One array position per person.

    Attributes:
        registered: Day of registration, NEVER for those who never do.
        removed: Day on which the registration ends, purges included once votes are drawn.
        purged: Whether it ends for elections missed.
        is_unresponsive: Whether a confirmation card stays unanswered.
        party: First party as a position in PARTIES.
        later_party: Party after `switched`.
        switched: Day of changing party.
        lean: Partisan lean, standard normal, low is democratic.
    """

    registered: Ints
    removed: Ints
    purged: Bools
    is_unresponsive: Bools
    party: Ints
    later_party: Ints
    switched: Ints
    lean: Floats

    def party_at(self, day: int) -> Ints:
        """Party of each person on a day, as a position in PARTIES."""
        return np.where(self.switched <= day, self.later_party, self.party)


def draw_registrations(
    config: SyntheticConfig, state: StateConfig, dice: Dice, places: Places, homes: Homes
) -> Registrations:
    """Registrations of a chunk, purges not yet known."""
    rng, lives = dice.rng(Purpose.REGISTRATION), homes.lives
    registered = _registered(config, state, rng, lives)
    removal = dice.rng(Purpose.REMOVAL)
    removed, unresponsive = _removed(config.registration, removal, lives)
    lean = _lean(rng, places, homes)
    return Registrations(
        registered, removed, np.zeros(lean.size, bool), unresponsive, *_parties(config, state, rng, lean), lean
    )


def _registered(config: SyntheticConfig, state: StateConfig, rng: np.random.Generator, lives: Lives) -> Ints:
    rules, people = config.registration, lives.birth.size
    prompt = rng.random(people) < rules.prompt_share
    quick = rng.exponential(rules.prompt_days, people)
    slow = rng.exponential(rules.slow_years * YEAR, people)
    day = lives.start + np.where(prompt, quick, slow).astype(np.int64)
    surged = _surged(config, state, rng, day)
    day = np.where(prompt, day, np.maximum(surged, lives.start))
    starts = day_number(config.starts_on)
    too_late = (day >= lives.end) | (np.maximum(lives.death, lives.gone) < starts) | (lives.end < starts)
    return np.where(too_late | (day > day_number(config.until)), NEVER, day)


def _surged(config: SyntheticConfig, state: StateConfig, rng: np.random.Generator, day: Ints) -> Ints:
    """Days moved to the run-up to the next general for those whom it brings to register, a few too late for it."""
    generals = federal_generals(1930, config.until.year + 2)
    dates = np.array([day_number(general) for general in generals])
    presidential = np.array([kind_of("general", general) == "presidential" for general in generals])
    rules, nth = config.registration, np.searchsorted(dates, day).clip(0, len(dates) - 1)
    share = np.where(presidential[nth], rules.presidential_surge, rules.midterm_surge)
    late = dates[nth] - state.registration_deadline_days + 5
    run_up = late - rng.gamma(1.5, rules.surge_days / 1.5, day.size).astype(np.int64)
    return np.where(rng.random(day.size) < share, run_up, day)


def _removed(rules: RegistrationConfig, rng: np.random.Generator, lives: Lives) -> tuple[Ints, Bools]:
    """Day of removal by death or notice, and who answers no card."""
    people = lives.birth.size
    dead = np.where(lives.death < lives.gone, lives.death + 5 + rng.exponential(rules.removal_days_dead, people), NEVER)
    noticed = rng.random(people) < rules.notice_share
    told = np.where(noticed & (lives.gone < NEVER), lives.gone + 20 + rng.exponential(rules.notice_days, people), NEVER)
    removed = np.minimum(np.minimum(dead, told), NEVER).astype(np.int64)
    return removed, rng.random(people) < rules.unresponsive_share


def _lean(rng: np.random.Generator, places: Places, homes: Homes) -> Floats:
    """Partisan lean: shared by precinct and family, the rest one's own."""
    family = homes.lives.family
    precinct = homes.precinct[homes.dwelling[family, 0]]
    shared, own = rng.normal(0, 1, family.size)[family], rng.normal(0, 1, family.size)
    return 0.45 * places.lean[precinct] + 0.55 * shared + np.sqrt(1 - 0.45**2 - 0.55**2) * own


def _parties(
    config: SyntheticConfig, state: StateConfig, rng: np.random.Generator, lean: Floats
) -> tuple[Ints, Ints, Ints]:
    """First party, later party and day of the switch."""
    shares, people = state.marginals.parties, lean.size
    first = _party_of(shares, rng, lean)
    later = _party_of(shares, rng, lean + rng.normal(0, 0.7, people))
    switches = rng.random(people) < config.registration.party_switch_share
    day = rng.integers(day_number(config.starts_on), day_number(config.until), people)
    return first, later, np.where(switches, day, NEVER)


def _party_of(shares: dict[str, float], rng: np.random.Generator, lean: Floats) -> Ints:
    """Majors at the ends of the lean, none between, small parties anywhere."""
    names = list(PARTIES)
    small = {name: shares.get(name, 0.0) for name in names if name not in ("democratic", "republican", "none")}
    quantile = np.argsort(np.argsort(lean)) / lean.size
    major = 1 - sum(small.values())
    left, right = shares["democratic"] / major, 1 - shares["republican"] / major
    main = np.select([quantile < left, quantile >= right], [names.index("democratic"), names.index("republican")], 5)
    weights = small if any(small.values()) else dict.fromkeys(small, 1.0)
    which = np.array([names.index(name) for name in small])[picked(rng, weights, lean.size)]
    return np.where(rng.random(lean.size) < sum(small.values()), which, main)
