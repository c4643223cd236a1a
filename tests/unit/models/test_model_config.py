"""A model's YAML says everything once and contradicts itself nowhere."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from models.config import read_config
from models.errors import ConfigError
from models.model_config import ModelConfig

CONFIGS = Path(__file__).parents[3] / "configs" / "models"


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_model_yaml_is_read_and_named_as_its_file(path: Path) -> None:
    assert read_config(ModelConfig, path).name == path.stem


def test_every_field_is_described() -> None:
    pending = [ModelConfig.model_json_schema()]
    definitions = pending[0].get("$defs", {})
    for owner, schema in {"ModelConfig": pending[0], **definitions}.items():
        assert [name for name, field in schema.get("properties", {}).items() if "description" not in field] == [], owner


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("2026-11-03-general", "midterm"),
        ("2028-11-07-general", "presidential"),
        ("2025-11-04-general", "odd"),
        ("2006-08-08-primary", "primary"),
    ],
)
def test_the_kind_of_the_target_follows_from_its_name(config: ModelConfig, target: str, kind: str) -> None:
    assert config.model_copy(update={"target": target}).target_kind == kind


@pytest.mark.parametrize("target", ["NC-2026-11-03-general", "2026-11-03", "2026-11-31-general", "2026-11-03 general"])
def test_a_target_is_a_day_and_a_type(stated: dict, target: str) -> None:
    with pytest.raises(ValidationError, match="target"):
        ModelConfig.model_validate({**stated, "target": target})


def test_a_model_in_a_state_holds_nothing_of_the_others(stated: dict) -> None:
    meaning = "The chance to vote in {state_name} ({state})."
    shared = {**stated, "states": ["NC", "OH"], "passport": {**stated["passport"], "meaning": meaning}}
    more = ModelConfig.model_validate({**shared, "states": ["FL", "NC", "OH"]}).of_state("OH", "Ohio")
    ohio = ModelConfig.model_validate(shared).of_state("OH", "Ohio")
    assert ohio == more
    assert ohio.target_election == "OH-2026-11-03-general"
    assert ohio.passport.meaning == "The chance to vote in Ohio (OH)."
    assert ohio.passport.allowed_uses == stated["passport"]["allowed_uses"]


def test_a_place_that_nothing_fills_is_refused(stated: dict) -> None:
    told = {**stated["passport"], "refused_uses": ["for {county} and {state}"]}
    with pytest.raises(ValidationError, match="only, found: county"):
        ModelConfig.model_validate({**stated, "passport": told})


def test_all_contradictions_are_named_at_once(stated: dict) -> None:
    wrong = dict(stated, features=["a", "a"], monotone=["b"], split={"scheme": "in_time"})
    with pytest.raises(ValidationError) as error:
        ModelConfig.model_validate(wrong)
    for said in (
        "features names twice: a",
        "monotone names columns that are no features: b",
        "calibration must be none",
    ):
        assert said in str(error.value)


def test_a_kind_outside_the_pool_is_refused(stated: dict) -> None:
    with pytest.raises(ValidationError, match="pool_kinds must hold the target's kind, midterm"):
        ModelConfig.model_validate(dict(stated, pool_kinds=["presidential"]))


def test_an_unknown_key_is_refused_with_file_and_key(stated: dict, tmp_path: Path) -> None:
    path = tmp_path / "turnout.yaml"
    path.write_text(yaml.safe_dump(dict(stated, colour="blue")), encoding="utf-8")
    with pytest.raises(ConfigError, match="colour: unknown key"):
        read_config(ModelConfig, path)
