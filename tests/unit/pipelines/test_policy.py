"""Data serve what their terms cover, until their licence ends; people do what they are named for."""

import datetime as dt
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.errors import ConfigError, PolicyError
from pipelines.policy import ColumnTerms, Policy, read_policy
from pipelines.tables.campaign import Consumers
from tests.unit.pipelines.linking.worlds import policy, vendor

ON = dt.date(2026, 10, 5)


def told(found: Policy, purpose: str, name: str = "acme", on: dt.date = ON, **terms) -> str:
    with pytest.raises(PolicyError) as caught:
        found.demand(name, vendor("consumers", **terms), purpose, on)
    return str(caught.value)


def test_terms_are_the_purposes_they_cover_in_the_order_of_the_policy():
    found = policy()
    assert found.purposes_of("acme", vendor(permitted_uses=["research"]), ON) == ("measurement", "research")
    assert found.purposes_of("acme", vendor(permitted_uses=["research", "campaign"]), ON)[0] == "scoring"
    found.demand("acme", vendor(permitted_uses=["research"]), "research", ON)


def test_a_purpose_that_terms_do_not_cover_is_refused_with_what_they_do_cover():
    text = told(policy(), "fundraising", permitted_uses=["research"])
    assert text.startswith("acme: fundraising is refused. Its terms (research) cover measurement, research.")
    assert "permitted_uses" in text


def test_terms_that_nobody_saw_cover_nothing():
    assert "its terms were not seen" in told(policy(), "research", permitted_uses=[])


def test_what_the_policy_refuses_a_source_is_refused_whatever_its_terms_say():
    found = policy(sources={"acme": {"refused": ["fundraising"], "because": "The statute forbids it."}})
    assert told(found, "fundraising").startswith("acme: fundraising is refused. The statute forbids it.")
    found.demand("acme", vendor(), "contact", ON)
    found.demand("other", vendor(), "fundraising", ON)


def test_on_the_last_day_of_a_licence_data_serve_and_on_the_next_nothing():
    acme = vendor(retention_until=ON)
    assert policy().purposes_of("acme", acme, ON)
    assert policy().purposes_of("acme", acme, ON + dt.timedelta(1)) == ()
    text = told(policy(), "scoring", retention_until=ON, on=ON + dt.timedelta(1))
    assert "may be kept until 2026-10-05, and it is 2026-10-06" in text


def test_an_unknown_purpose_and_an_unknown_term_are_told():
    assert told(policy(), "selling").startswith("No purpose is named selling; known are scoring, contact,")
    assert "permitted_uses anything is unknown" in told(policy(), "scoring", permitted_uses=["anything"])


def test_withheld_columns_are_kept_from_their_purposes_alone():
    acme = vendor(withheld_columns={"income_usd": ["contact", "fundraising"]})
    columns = ["income_usd", "home_value_usd"]
    assert policy().allowed_columns(acme, "contact", columns) == ["home_value_usd"]
    assert policy().allowed_columns(acme, "scoring", columns) == columns


def test_a_column_that_is_withheld_from_no_known_purpose_is_told():
    with pytest.raises(PolicyError, match="withheld_columns names telephoning; the purposes are scoring"):
        policy().allowed_columns(vendor(withheld_columns={"income_usd": ["telephoning"]}), "contact", ["income_usd"])


def test_licence_and_purposes_travel_with_every_column():
    acme = vendor("consumers", withheld_columns={"income_usd": ["scoring"]}, permitted_uses=["research", "campaign"])
    terms = policy().column_terms("acme", acme, Consumers, ON)
    assert set(terms) == set(Consumers.columns())
    everything = ("scoring", "contact", "fundraising", "suppression", "measurement", "research")
    assert terms["home_value_usd"] == ColumnTerms("Licence of Acme", everything)
    assert terms["income_usd"] == ColumnTerms("Licence of Acme", everything[1:])
    over = vendor("consumers", retention_until=dt.date(2020, 1, 1))
    assert {found.purposes for found in policy().column_terms("acme", over, Consumers, ON).values()} == {()}


def test_people_do_what_they_are_named_for():
    found = policy(who_may={"review_links": ["rita"], "erase": ["*"]})
    assert found.may("rita", "review_links") and found.may("anybody", "erase")
    assert not found.may("paul", "review_links") and not found.may("rita", "roll_back")
    with pytest.raises(PolicyError, match=r"paul may not review links\. .* names rita for it\."):
        found.demand_may("paul", "review_links")
    with pytest.raises(PolicyError, match="names nobody for it"):
        found.demand_may("rita", "roll_back")


@pytest.mark.parametrize(
    "broken",
    [
        {"grants": {"campaign": ["selling"]}},
        {"sources": {"acme": {"refused": ["selling"], "because": "So."}}},
        {"who_may": {"dance": ["*"]}},
        {"purpose": {}},
    ],
)
def test_a_policy_that_names_what_is_not_there_is_refused(broken):
    with pytest.raises(ValidationError):
        policy(**broken)


def test_a_missing_policy_is_told(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"policy\.yaml: no such file"):
        read_policy(tmp_path)
