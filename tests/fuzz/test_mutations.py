"""Damage is refused, harmless, or told; only a text without a digest can say another thing in silence."""

import random

import pytest

from tests.fuzz.damage import DAMAGES, damaged
from tests.fuzz.mutations import KINDS, mutate_all


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_never_read_in_silence(kind):
    account = mutate_all(kind, 24, seed=3)
    assert account.classes.total() == account.with_digest.total() == account.count == 24
    assert account.with_digest["silent"] == 0 and account.classes["refused"] > 12
    if kind != "csv":
        assert account.classes["silent"] == 0, account.silent_seeds


@pytest.mark.accept
@pytest.mark.parametrize("kind", KINDS)
def test_much_damage_is_never_read_in_silence(kind):
    account = mutate_all(kind, 300, seed=1)
    assert account.with_digest["silent"] == 0
    assert account.classes["silent"] == 0 or kind == "csv", account.silent_seeds


@pytest.mark.parametrize("kind", DAMAGES)
def test_damage_changes_bytes_and_is_the_same_for_a_seed(kind):
    content = bytes(range(256)) * 4
    for seed in range(20):
        broken = damaged(random.Random(seed), content, kind)
        assert broken != content and broken == damaged(random.Random(seed), content, kind)
