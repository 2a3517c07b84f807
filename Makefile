# make crawl | test | check | bench | serve: each sets up what it needs.
PYTHON ?= python3.11
VENV   ?= .venv
SITE   ?= demo
BIN    := $(VENV)/bin
UV     := uv

.PHONY: crawl test check lock clean

crawl: $(VENV)/.run  ## Crawl SITE (default: the demo press site, offline) into ./archive
	$(BIN)/hemero crawl -v $(SITE)

test: $(VENV)/.dev  ## Run the tests; says loudly what it skipped
	$(BIN)/python -m pytest

check: $(VENV)/.dev  ## Style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock:  ## Write the lock files again (needs uv)
	$(UV) pip compile pyproject.toml --extra postgres --group build --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock
	$(UV) pip compile pyproject.toml --extra postgres --group build --group dev -c requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-dev.lock

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements-dev.lock
	touch $@
