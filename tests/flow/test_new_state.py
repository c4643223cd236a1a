"""A 23rd state is one YAML: written to a folder of configurations, it runs to published scores."""

import datetime as dt

import pytest

from tests.flow import desk_world as world

KANSAS = r"""
state: KS
name: Kansas
obtained_from: invented for this test
permitted_uses: [research]
refresh_days: 30
posting_lag_days: 45
registration_closes_days: 21
layouts:
  - valid_from: 2009-01-01
    files:
      voters:
        match: ["kansas*.zip"]
        members: ["*.txt"]
        written: {file: "kansas_{day}.zip", member: "statewide.txt"}
        format:
          kind: delimited
          delimiters: ["\t", "|"]
          encodings: [utf-8, latin-1]
          skipped_lines: 1
          names: [
            text_registrant_id, text_name_last, text_name_first, text_name_middle, text_name_suffix, db_logid, county,
            res_address_nbr, res_street, res_city, res_zip5, phone, date_of_birth, gender, party, status,
            date_of_registration, precinct, district_us,
            {repeat: 10, names: ["Election_Code {n}", "Voting_Method {n}"]},
          ]
        voters:
          voter_id: {from: text_registrant_id, key: true, form: "[0-9]+"}
          county_code: {from: county, required: true, letters: true}
          precinct_code: precinct
          congressional_code: {from: district_us, number: true, label: "US Congressional {}"}
          last_name: {from: text_name_last, required: true}
          first_name: {from: text_name_first, required: true}
          middle_name: text_name_middle
          name_suffix: text_name_suffix
          address_line: {from: [res_address_nbr, res_street], join: true, rest: res_street, required: true}
          city: res_city
          zip_code: {from: res_zip5, digits: 5}
          phone: {from: phone, digits: true}
          birth_date: {from: date_of_birth, required: true, date: "%m/%d/%Y"}
          gender_code: {from: gender, code: {F: F, M: M, U: null}}
          party_code:
            from: party
            code: {Democratic: democratic, Republican: republican, Unaffiliated: none}
            otherwise: other
          status_code: {from: status, required: true, code: {A: active, I: inactive}}
          registration_date: {from: date_of_registration, required: true, date: "%m/%d/%Y"}
        history:
          shape: relative_slots
          slots:
            - count: 10
              stated_by: "Election_Code {n}"
              election:
                from: "Election_Code {n}"
                pattern: '(?P<type>[A-Z]+)(?P<year>\d{4})'
                types: {GN: general, PR: primary, PP: presidential_primary}
                written: "{type}{year}"
              columns:
                method_code: {from: "Voting_Method {n}", code: {P: election_day, A: early, M: mail}}
"""
ELECTORATE = {
    "voters": 1500,
    "county_codes": ["ALLEN", "ANDERSON", "ATCHISON", "BARBER"],
    "precincts_per_county": 3,
    "congressional_districts": 4,
    "id_letters": 0,
    "id_digits": 8,
    "id_first": 10000000,
    "zip_first": 66002,
    "zip_last": 67954,
    "area_codes": ["316", "620", "785", "913"],
    "registration_deadline_days": 21,
    "snapshots": [dt.date.fromisoformat(day) for day in world.SNAPSHOTS],
}


@pytest.fixture
def configs(tmp_path):
    return world.new_state(tmp_path / "configs", "KS", KANSAS, ELECTORATE)


@pytest.mark.slow
def test_a_state_of_one_yaml_is_scored_and_published(tmp_path, configs):
    with world.flow_of_another_profile(), world.at_desk(tmp_path / "root", configs):
        from pipelines.demo import simulate_landing
        from pipelines.engine import run_states
        from pipelines.publish.reader import open_release
        from pipelines.settings import read_settings

        settings = read_settings("demo")
        simulate_landing(settings, None)
        (run,) = run_states(settings)
        assert run.state == "KS" and run.is_success, run.reason
        scores = open_release(tmp_path / "root", ["KS"]).to_table()
    probabilities = [value for value in scores["turnout_probability"].to_pylist() if value is not None]
    assert len(probabilities) > 1000 and all(0 < value < 1 for value in probabilities)
    assert set(scores["county_code"].to_pylist()) == set(ELECTORATE["county_codes"])
