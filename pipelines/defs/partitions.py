"""States are the partitions, and vendors are: one fails, waits or is run without the others."""

import dagster as dg

from pipelines.layouts.source import read_source
from pipelines.settings import read_settings

_settings = read_settings()
STATES = [read_source(_settings.configs, name).state for name in _settings.profile.sources]
by_state = dg.StaticPartitionsDefinition(STATES)
VENDORS = list(_settings.profile.vendors)
by_vendor = dg.StaticPartitionsDefinition(VENDORS)
RETRY = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)
OWNERS = ["team:data"]
