from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from pipelines.synthetic.config import SyntheticConfig

CONFIGS = Path(__file__).parents[5] / "configs"


@pytest.fixture
def content():
    return yaml.safe_load((CONFIGS / "synthetic.yaml").read_text(encoding="utf-8"))


def refuses(content, match):
    with pytest.raises(ValidationError, match=match):
        SyntheticConfig.model_validate(content)


def test_shares_of_one_case_each_sum_to_one(content):
    content["vendors"]["kinds"]["donors"]["phone"]["missing"] = 0.9
    refuses(content, "must sum to 1")


def test_every_kind_is_told(content):
    del content["vendors"]["kinds"]["donors"]
    refuses(content, "donors missing")


def test_an_unknown_column_or_key_is_refused(content):
    content["vendors"]["kinds"]["donors"]["gives"].append("shoe_size")
    content["vendors"]["kinds"]["donors"]["shoes"] = 0.1
    refuses(content, "shoes")


def test_naming_systems_leave_a_share_to_the_western_one(content):
    content["names"]["families"]["spanish"] = 0.99
    refuses(content, "western is the rest")


def test_a_simulated_vendor_is_of_a_kind_and_of_known_tables(content):
    roles = content["vendors"]["sources"]["postbox_mail"]["roles"]
    roles["subscribers"]["kind"] = "strangers"
    refuses(content, "no kind is named strangers")
    roles["subscribers"]["kind"] = "subscribers"
    roles["dreams"] = roles["subscribers"]
    refuses(content, "dreams")


def test_days_of_deliveries_stand_in_order(content):
    content["vendors"]["sources"]["postbox_mail"]["days"] = ["2026-10-01", "2026-09-01"]
    refuses(content, "days must stand oldest first")


def test_shares_of_channels_and_answers_sum_to_one(content):
    content["vendors"]["sources"]["doorstep_field"]["roles"]["contact_attempts"]["channels"] = {"canvass": 0.5}
    refuses(content, "sum to 1")
