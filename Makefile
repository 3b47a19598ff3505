# Everything a developer does. `make demo` and `make test` set up by themselves.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
LOCK := requirements-dev.lock
PIP_COMPILE := $(PY) -m piptools compile --quiet --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
	--strip-extras --allow-unsafe
# How many tests run at once: each has its own ports, folders and servers. 0: one after another.
JOBS ?= 3
CODE := app.py bot commands checks sandbox bench tests docs

.PHONY: help setup demo test test-all check fmt run sandbox migrate manifest lock screenshots gallery encyclopedia matrix crash-matrix independent adoption faults preflight race votes

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup:  ## create .venv and install what the lock names, if the lock changed since
	@if ! cmp -s $(LOCK) $(VENV)/installed.lock; then \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; name it: make setup PYTHON=python3.11"; exit 1; }; \
	  echo "Installing into $(VENV) (about half a minute) …"; \
	  test -x $(PY) || $(PYTHON) -m venv $(VENV) || exit 1; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK) && \
	  cp $(LOCK) $(VENV)/installed.lock; \
	fi

demo: setup  ## a local QuickBooks, a local Slack and the bot, with troubles to mend
	@$(PY) app.py demo

test: setup  ## all tests; says what was left out and why
	@$(PY) -m pytest $(if $(filter-out 0,$(JOBS)),-n $(JOBS) --dist loadfile)

test-all: setup  ## as `make test`, with the long tests: half an hour on two cores
	@ALL_TESTS=1 $(MAKE) --no-print-directory test

check: setup  ## format, lint, types, layers, tests
	$(PY) -m ruff format --check $(CODE)
	$(PY) -m ruff check $(CODE)
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	@$(MAKE) --no-print-directory test

fmt: setup  ## format the code and sort its imports
	$(PY) -m ruff check --fix --exit-zero --quiet $(CODE)
	$(PY) -m ruff format $(CODE)

run: setup  ## the bot, with the settings of the environment or .env
	@$(PY) app.py run

sandbox: setup  ## one simulator alone: make sandbox PART=quickbooks|slack
	@$(PY) app.py sandbox $(or $(PART),quickbooks)

migrate: setup  ## bring the database to the newest schema
	@$(PY) app.py migrate

manifest: setup  ## write manifest.json and .env.example from the code
	@$(PY) app.py manifest --write
	@$(PY) app.py schema records --write
	@$(PY) app.py schema events --write

matrix: setup  ## every fix against double presses, lost replies and kills; writes docs/matrix.md
	@$(PY) -m tests.matrix

crash-matrix: setup  ## kill -9 at every step of a mixed sync, 25 times with two workers; writes docs/crash-matrix.md
	@$(PY) -m tests.crash --pairs 25

adoption: setup  ## 3,000 documents that the books hold are handed over; writes docs/adoption.md
	@$(PY) -m tests.adoption

faults: setup  ## every fault of QuickBooks against read, write, batch, refresh; writes docs/faults.md
	@$(PY) -m tests.quickbooks.fault_table

preflight: setup  ## 5,000 postings foreseen and then tried; writes docs/preflight.md: two minutes
	@$(PY) -m tests.preflight

votes: setup  ## weigh the words of all labelled error texts anew; writes bot/knowledge/votes.json
	@$(PY) -m bench.weigh_words

race: setup  ## 10,000 token refreshes raced by 8 processes, some killed in the middle: 15 minutes
	@$(PY) -m bench.token_race

independent: setup  ## other people's QuickBooks clients, with their live tests, against the simulator
	@$(PY) -m tests.independent

screenshots: setup  ## make docs/images from a running demo (needs Chromium)
	@$(PY) -m docs.make_screenshots

encyclopedia: setup  ## a searchable site with one page per problem, into build/encyclopedia
	@$(PY) -m docs.make_encyclopedia

gallery: setup  ## every message and view with the worst names there are, into docs/gallery.html
	@$(PY) -m tests.gallery

lock:  ## resolve the dependencies of pyproject.toml anew
	$(PIP_COMPILE) -o requirements.lock pyproject.toml
	$(PY) -c 'import tomllib; t = tomllib.load(open("pyproject.toml", "rb")); print(*t["project"]["dependencies"], *t["dependency-groups"]["dev"], sep="\n")' \
	  | $(PIP_COMPILE) -c requirements.lock -o $(LOCK) -
	for lock in requirements.lock $(LOCK); do \
	  grep -vE '^(#|$$)' $$lock > $$lock.part && mv $$lock.part $$lock; \
	done
