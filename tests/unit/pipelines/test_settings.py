"""What a profile may say."""

import pytest

from models.config import read_config
from models.errors import ConfigError
from pipelines.settings import Profile, fill_alert


def profile(tmp_path, command):
    (tmp_path / "p.yaml").write_text(f"data_root: d\nsources: [nc]\nmodels: [turnout]\nalert_command: {command}\n")
    return read_config(Profile, tmp_path / "p.yaml")


def test_the_placeholders_of_the_alert_are_filled_in(tmp_path):
    found = profile(tmp_path, '[mail, "{state} {source}: {subject} {event}", "{{x}}"]')
    words = {"state": "OH", "source": "oh", "subject": "oh-2026", "event": "held"}
    assert fill_alert(found.alert_command, words) == ["mail", "OH oh: oh-2026 held", "{x}"]


@pytest.mark.parametrize("part", ["{voter}", "{", "{0}", "{state.x}"])
def test_an_unknown_placeholder_is_refused_with_those_that_are_known(tmp_path, part):
    with pytest.raises(ConfigError, match=r"\{state\}, \{source\}, \{subject\}, \{event\}"):
        profile(tmp_path, f'[mail, "{part}"]')
