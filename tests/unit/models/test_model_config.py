"""A model's YAML says everything once and contradicts itself nowhere."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from models.config import read_config
from models.errors import ConfigError
from models.model_config import ModelConfig

CONFIGS = Path(__file__).parents[3] / "configs" / "models"


def changed(config: ModelConfig, **changes: object) -> dict:
    return {**config.model_dump(mode="json"), **changes}


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_model_yaml_is_read_and_named_as_its_file(path: Path) -> None:
    assert read_config(ModelConfig, path).name == path.stem


def test_every_field_is_described() -> None:
    pending = [ModelConfig.model_json_schema()]
    definitions = pending[0].get("$defs", {})
    for owner, schema in {"ModelConfig": pending[0], **definitions}.items():
        assert [name for name, field in schema.get("properties", {}).items() if "description" not in field] == [], owner


@pytest.mark.parametrize(
    ("election", "kind"),
    [
        ("NC-2026-11-03-general", "midterm"),
        ("NC-2028-11-07-general", "presidential"),
        ("VA-2025-11-04-general", "odd"),
        ("MI-2006-08-08-primary", "primary"),
    ],
)
def test_the_kind_of_the_target_follows_from_its_name(config: ModelConfig, election: str, kind: str) -> None:
    assert config.model_copy(update={"target_election": election}).target_kind == kind


def test_all_contradictions_are_named_at_once(config: ModelConfig) -> None:
    wrong = changed(config, features=["a", "a"], monotone=["b"], split={"scheme": "in_time"})
    with pytest.raises(ValidationError) as error:
        ModelConfig.model_validate(wrong)
    for said in (
        "features names twice: a",
        "monotone names columns that are no features: b",
        "calibration must be none",
    ):
        assert said in str(error.value)


def test_a_kind_outside_the_pool_is_refused(config: ModelConfig) -> None:
    with pytest.raises(ValidationError, match="pool_kinds must hold the target's kind, midterm"):
        ModelConfig.model_validate(changed(config, pool_kinds=["presidential"]))


def test_an_unknown_key_is_refused_with_file_and_key(config: ModelConfig, tmp_path: Path) -> None:
    path = tmp_path / "turnout.yaml"
    path.write_text(yaml.safe_dump(changed(config, colour="blue")), encoding="utf-8")
    with pytest.raises(ConfigError, match="colour: unknown key"):
        read_config(ModelConfig, path)
