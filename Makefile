# make crawl | test | check | soak | bench | bench-accuracy: each sets up what it needs.
# the distribution's interpreter where it has all of venv: it is built with profile-guided optimisation, one
# from pyenv is not, and takes a tenth more time for everything
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip' 2>/dev/null && echo /usr/bin/python3.11 || echo python3.11)
VENV   ?= .venv
SITE   ?= demo
BIN    := $(VENV)/bin
REPLAY := .venv-replay
UV     := uv

CORPUS ?= corpus
# tests wait as often as they work: one more than there are cores
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN || echo 2); test $$cores -lt 8 || cores=7; echo $$((cores + 1)))
REPORTS := soak-reports
# pip compiles on one core; and where Python may write no bytecode (PYTHONDONTWRITEBYTECODE), each command
# would compile the project anew
COMPILED := cli crawler demo explorer pipelines storage
INSTALL  := -m pip install --disable-pip-version-check -q --no-compile
COMPILE  := -m compileall -q -j 0 -x '/tests?/'  # nobody imports the tests of what is installed

.PHONY: crawl test check soak bench bench-accuracy lock clean

crawl: $(VENV)/.run  ## Crawl SITE (default: the demo press site, offline) into ./archive
	$(BIN)/hemero crawl -v $(SITE)

test: $(VENV)/.dev $(REPLAY)/.done  ## Run the tests; says loudly what it skipped
	$(BIN)/python -m pytest -m "not soak" -n $(WORKERS)

soak: $(VENV)/.dev $(REPLAY)/.done  ## Long trials; leaves a dated report under soak-reports/
	mkdir -p $(REPORTS)
	HEMERO_TEST_INSTALLED=1 $(BIN)/python -m pytest -m soak --timeout 7200 -o junit_logging=system-out \
		--junitxml $(REPORTS)/$$(date -u +%Y-%m-%dT%H%M%SZ).xml

bench: $(VENV)/.dev  ## Measure storing, searching and finding copies
	$(BIN)/python -m benchmarks.storage
	$(BIN)/python -m benchmarks.copies

bench-accuracy: $(VENV)/.dev  ## Score the reader against CORPUS (labelled pages); refuses to fall below its floors
	$(BIN)/python -m benchmarks.accuracy --corpus $(CORPUS)

check: $(VENV)/.dev  ## Style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock:  ## Write the lock files again (needs uv)
	$(UV) pip compile pyproject.toml --extra postgres --group build --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock
	$(UV) pip compile pyproject.toml --extra postgres --extra parquet --group build --group dev -c requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-dev.lock
	$(UV) pip compile --group replay --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header -q -o requirements-replay.lock

clean:
	rm -rf $(VENV) $(REPLAY) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(BIN)/python $(INSTALL) --require-hashes -r requirements.lock
	$(BIN)/python $(INSTALL) --no-deps --no-build-isolation -e .
	$(BIN)/python $(COMPILE) $(COMPILED) $(VENV)/lib
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python $(INSTALL) --require-hashes -r requirements-dev.lock
	$(BIN)/python $(COMPILE) $(VENV)/lib
	touch $@

$(REPLAY)/.done: requirements-replay.lock  ## What validates and replays WACZ files, away from our own packages
	test -x $(REPLAY)/bin/python || $(PYTHON) -m venv $(REPLAY) || python3 -m venv $(REPLAY)
	$(REPLAY)/bin/python $(INSTALL) --require-hashes -r requirements-replay.lock
	$(REPLAY)/bin/python $(COMPILE) $(REPLAY)/lib
	touch $@
