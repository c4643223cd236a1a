"""The policy knows every word of every source's terms, and gives nobody more than is meant."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from models.errors import ConfigError
from pipelines.checking import check_configs
from pipelines.layouts.source import read_source, read_vendor, source_paths, vendor_paths
from pipelines.policy import read_policy
from pipelines.tables.campaign import RECORD_TABLES

CONFIGS = Path(__file__).parents[2] / "configs"
ON = dt.date(2026, 10, 5)
FEEDS = {**dict.fromkeys(source_paths(CONFIGS), read_source), **dict.fromkeys(vendor_paths(CONFIGS), read_vendor)}


@pytest.mark.parametrize("name", FEEDS)
def test_every_word_of_the_terms_is_known(name):
    policy = read_policy(CONFIGS)
    feed = FEEDS[name](CONFIGS, name)
    assert set(policy.purposes_of(name, feed, ON)) <= set(policy.purposes)
    assert bool(policy.purposes_of(name, feed, ON)) == bool(feed.permitted_uses)


@pytest.mark.parametrize("name", vendor_paths(CONFIGS))
def test_what_a_vendor_withholds_are_columns_of_its_tables_and_purposes(name):
    vendor, policy = read_vendor(CONFIGS, name), read_policy(CONFIGS)
    columns = {column for role in vendor.roles for column in RECORD_TABLES[role].columns()}
    assert set(vendor.withheld_columns) <= columns
    assert {found for purposes in vendor.withheld_columns.values() for found in purposes} <= set(policy.purposes)


def test_voter_files_ask_nobody_for_money_and_research_touches_nobody():
    policy = read_policy(CONFIGS)
    assert "fundraising" not in policy.grants["elections"]
    assert not {"scoring", "contact", "fundraising"} & set(policy.grants["research"])
    assert "fundraising" not in policy.grants["federal_contributions"]


def test_every_act_has_somebody():
    assert all(read_policy(CONFIGS).who_may.values())


def test_sources_that_the_policy_restricts_are_there_and_federal_contributors_are_asked_for_nothing():
    policy = read_policy(CONFIGS)
    assert set(policy.sources) <= set(FEEDS)
    found = read_vendor(CONFIGS, "fec_individual").model_copy(update={"permitted_uses": ["campaign"]})
    assert set(policy.purposes) - set(policy.purposes_of("fec_individual", found, ON)) == {"fundraising"}


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "policy.yaml",
            "  fec_individual:",
            "  fec_misspelt:",
            "sources.fec_misspelt: there is no source of that name.",
        ),
        (
            "states/nc.yaml",
            "permitted_uses: [",
            "permitted_uses: [anything, ",
            "nc: permitted_uses anything is unknown.",
        ),
        ("vendors/harborline_consumer.yaml", "interests: [contact]", "interests: [telephoning]", "names telephoning;"),
        (
            "vendors/harborline_consumer.yaml",
            "interests: [contact]",
            "interest: [contact]",
            "withheld_columns.interest:",
        ),
        ("policy.yaml", "research: [measurement, research]", "research: [selling]", "grants.research: selling"),
    ],
)
def test_terms_that_nothing_knows_are_told_by_the_check_of_all_configurations(tmp_path, file, old, new, told):
    configs = shutil.copytree(CONFIGS, tmp_path / "configs")
    text = (configs / file).read_text()
    assert old in text
    (configs / file).write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        check_configs(configs)
    assert told in str(caught.value)
