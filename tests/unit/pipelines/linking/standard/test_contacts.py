"""Phones, e-mails, days and gender."""

import datetime as dt

from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.linking.standard.emails import _ORDINARY


def test_phones_of_the_north_american_plan(check):
    check("""
        phone               => phone
        9195551234          => 9195551234
        (919) 555-1234      => 9195551234
        +1 919.555.1234     => 9195551234
        1-919-555-1234 x5   => 9195551234
        9195551234.0        => 9195551234
        919-FLOWERS         => 9193569377
        (876) 922-1234      => 8769221234
        0000000000          =>
        2222222222          =>
        1234567890          =>
        9999999999          =>
        9195550123          =>
        9195551212          =>
        9191551212          =>
        +44 20 7946 0958    =>
        555-1234            =>
        none                =>
    """)


def test_emails_of_one_person(check):
    check("""
        email                   => email
        John.Smith+x@GMAIL.com  => johnsmith@gmail.com
        j.s@googlemail.com      => js@gmail.com
        Ann.Lee+news@aol.com    => ann.lee@aol.com
        John <j.s@aol.com>      => j.s@aol.com
        info@aol.com            =>
        none@none.com           =>
        n/a@aol.com             =>
        xxx@aol.com             =>
        a..b@aol.com            =>
        a@b@aol.com             =>
        +x@aol.com              =>
        a@-aol.com              =>
        a@aol                   =>
        a@mail.test             =>
        none                    =>
    """)


@settings(max_examples=60, deadline=None)
@given(address=st.from_regex(_ORDINARY.replace("''", "'"), fullmatch=True))
def test_the_pattern_of_ordinary_emails_is_no_wider_than_the_library(address):
    text = address.strip()
    labels = text.split("@")[1].split(".")
    if (
        len(text) > 254
        or len(text.split("@")[0]) > 64
        or any(len(label) > 63 or label[2:4] == "--" for label in labels)
    ):
        return
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        assert "special-use" in str(error)


def test_days_years_and_gender(standardised):
    records = [
        {"birth_date": dt.date(1980, 2, 3), "gender_code": "F"},
        {"birth_date": dt.date(1900, 1, 1), "gender_code": " m "},
        {"birth_year": 1950, "gender_code": "X"},
        {"birth_date": dt.date(1900, 1, 1), "birth_year": 1950, "gender_code": None},
        {"birth_year": 1800, "gender_code": "U"},
    ]
    found = [(row["birth_date"], row["birth_year"], row["gender"]) for row in standardised(records)]
    assert found == [
        (dt.date(1980, 2, 3), 1980, "F"),
        (None, None, "M"),
        (None, 1950, None),
        (None, 1950, None),
        (None, None, None),
    ]
