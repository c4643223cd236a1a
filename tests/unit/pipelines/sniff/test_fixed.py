"""Where fields stand in lines of one length."""

from pipelines.sniff.fixed import find_fields


def lines(numbers):
    return [f"{number}      {1_000_000 + n * 7919} SMITH          F" for n, number in enumerate(numbers)]


def starts(numbers):
    found = find_fields(lines(numbers))
    assert found is not None
    return found.starts


def test_a_county_before_a_precinct_is_a_field_of_its_own():
    assert starts([f"{1 + n % 90:03}{1 + n % 4:04}" for n in range(900)])[:3] == (0, 3, 13)


def test_a_number_whose_first_digits_are_no_counties_stays_whole():
    assert starts([f"{500 + 7 * (n % 60):03}{1 + n % 4:04}" for n in range(900)])[:2] == (0, 13)


def test_a_number_whose_last_digits_are_its_own_stays_whole():
    assert starts([f"{1 + n % 90:03}{n:04}" for n in range(900)])[:2] == (0, 13)
