PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: chat test setup format lint types tests lock fault fuzz bench bench-reading bench-events bench-asking bench-briefing bench-cadence bench-sources bench-ingest train-quotations clean

chat: $(READY) ## read the seeds into an embedded database and talk to the bot
	@$(BIN)/attache chat

test: $(READY) ## format, lint, types and tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "can't make $(VENV): install python3 (3.11 or later) with its venv module" >&2; exit 1; }
	@echo "setting up $(VENV) (once; about a minute)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## pin every dependency for every platform, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group dev --output-file requirements.lock pyproject.toml

fault: $(READY)
	$(BIN)/python -m tools.fault

fuzz: $(READY) ## read 20,000 wild texts: nothing raised, every offset true
	@$(BIN)/python -m tools.fuzz_reading

bench: bench-reading bench-events bench-asking bench-briefing bench-cadence bench-sources bench-ingest

bench-reading: $(READY)
	@$(BIN)/python -m tools.bench_reading

bench-events: $(READY)
	@$(BIN)/python -m tools.bench_events

STATEMENTS ?= 1000000

bench-asking: $(READY)
	@$(BIN)/python -m tools.bench_storage --statements $(STATEMENTS)
	@$(BIN)/python -m tools.bench_asking

bench-briefing: $(READY)
	@$(BIN)/python -m tools.bench_briefing

bench-sources: $(READY)
	@$(BIN)/python -m tools.bench_sources

bench-ingest: $(READY)
	@$(BIN)/python -m tools.bench_ingest

bench-cadence: $(READY)
	@$(BIN)/python -m tools.sweep_cadence

train-quotations: $(READY) ## train the quotation model again (two hours on one core); its articles lie under ATTACHE_BENCH
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group train
	$(BIN)/python -m tools.train_quotations

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist
