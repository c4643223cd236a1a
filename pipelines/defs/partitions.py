"""States are the partitions: one fails, waits or is rescored without the others."""

import dagster as dg

from pipelines.layouts.source import read_source
from pipelines.settings import read_settings

_settings = read_settings()
STATES = [read_source(_settings.configs, name).state for name in _settings.profile.sources]
by_state = dg.StaticPartitionsDefinition(STATES)
RETRY = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)
OWNERS = ["team:data"]
