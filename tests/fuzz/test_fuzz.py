"""Every fuzzed delivery ends accepted, rejected or held with a sentence, and writes nowhere but in its folder."""

import pytest

from tests.fuzz.fuzzing import fuzz


def demand_sound(account, count):
    assert account.count == count
    assert account.is_sound, account


def test_a_few_fuzzed_deliveries_end_in_a_sentence():
    demand_sound(fuzz(300, seed=1), 300)


@pytest.mark.accept
def test_many_fuzzed_deliveries_end_in_a_sentence():
    demand_sound(fuzz(200_000, seed=2), 200_000)
