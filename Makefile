# Every target works on a machine that has only Python 3.11 and make: it makes its own environment in .venv.
PYTHON ?= python3
PROFILE ?= demo
BIN := .venv/bin
INSTALLED := .venv/.installed
export OMP_WAIT_POLICY := passive
export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: help install demo ui michigan test test-all lint bench bench-readme accept-spine accept-three-states accept-states accept-breaks accept-linking lock

help:
	@echo "make demo          simulated voters with known truth, from files to published scores"
	@echo "make ui            Dagster (port 3000) and MLflow (port 5000) on a profile's data: PROFILE=demo, michigan or local"
	@echo "make michigan      the same flow on the 206,500 people of the 2006 Michigan experiment"
	@echo "make test          install and test;  make test-all adds the longest simulations"
	@echo "make lint          format, lint, types, import layers, dictionary"
	@echo "make bench         speed against peers, half an hour and more; PART=ingest, scoring, orchestration or startup alone,"
	@echo "                   VOTERS= and ROWS= for other sizes; make bench-readme puts the figures into the README"
	@echo "make accept-spine  what the first release must show, demand by demand; PART=demo, michigan, tests or memory alone"
	@echo "make accept-states  what 22 states by YAML alone must show; PART=round_trips, tests, labels, names, ingest or sizes"
	@echo "make accept-three-states  what three states must show side by side; PART=demo, bench or nights alone"
	@echo "make accept-linking  who is who: what linking must show; PART=truth, sets, rerun or scale alone"
	@echo "make accept-breaks  what files that break must show; PART=replay, catalogue, hostile, mutations, fuzz, sniff or analyst"

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@echo "Installing what requirements.lock pins ..."
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python -m compileall -q models pipelines
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/walklist demo

michigan: $(INSTALLED)
	@$(BIN)/walklist study michigan

ui: $(INSTALLED)
	@PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/walklist ui --profile $(PROFILE)

test: $(INSTALLED)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not accept"

test-all: $(INSTALLED)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/ty check models pipelines
	$(BIN)/lint-imports
	$(BIN)/walklist dictionary --check
	$(BIN)/walklist check

bench: $(INSTALLED)
	@VOTERS=$(VOTERS) ROWS=$(ROWS) $(BIN)/python -m tests.bench $(PART)

bench-readme: $(INSTALLED)
	@$(BIN)/python -m tests.bench readme

accept-three-states: $(INSTALLED)
	@$(BIN)/python -m tests.accept.three_states $(PART)

accept-states: $(INSTALLED)
	@$(BIN)/python -m tests.accept.states $(PART)

accept-breaks: $(INSTALLED)
	@$(BIN)/python -m tests.accept.breaks $(PART)

accept-linking: $(INSTALLED)
	@$(BIN)/python -m tests.accept.linking $(PART)

accept-spine: $(INSTALLED)
	@$(BIN)/python -m tests.accept.spine $(PART)

lock: $(INSTALLED)
	$(BIN)/uv pip compile --quiet --no-emit-index-url --all-extras --no-header --no-annotate pyproject.toml --output-file requirements.lock
