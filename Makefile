# The commands of the project. `make help` lists them.

# The system's own Python first: others are often built without what makes Debian's a third faster.
PYTHON ?= $(shell for it in /usr/bin/python3 python3; do \
	"$$it" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$it"; exit; }; done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
APPS := accounts agencies billing config licensing
SHELL := /bin/sh
export PORT BIND ACCOUNTS
.DEFAULT_GOAL := help

.PHONY: help
help:  ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'
	@echo
	@echo "  TEST_DATABASE_URL and TEST_REDIS_URL name the servers of make test; the Redis databases"
	@echo "  named there, one for each worker, are emptied. CHROMIUM names the browser for the pages."
	@echo "  DATABASE_URL, REDIS_URL, EMAIL_URL, SITE_URL, SECRET_KEY: see docs/deployment.md."

# ---- installing: hashed, and skipped while the pinned versions stay the same ----

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed. Name it: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "Python's venv is missing. Install it: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt

# pip takes over where uv cannot reach the packages that pip is configured to find.
define install
	@cmp -s requirements/$(1).txt $(VENV)/installed-$(1).txt || { \
		echo "Installing the packages of requirements/$(1).txt ..."; \
		$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --compile-bytecode \
			-r requirements/$(1).txt \
		|| $(BIN)/python -m pip install -q --require-hashes -r requirements/$(1).txt; } \
	&& cp requirements/$(1).txt $(VENV)/installed-$(1).txt
	@for po in */locale/*/LC_MESSAGES/django.po; do \
		[ "$${po%.po}.mo" -nt "$$po" ] || { $(BIN)/python manage.py translations; break; }; \
	done
endef

.PHONY: install-run
install-run: $(BIN)/uv
	$(call install,run)

.PHONY: install
install: $(BIN)/uv  ## Install the packages for running and developing
	$(call install,dev)

.PHONY: requirements
requirements: $(BIN)/uv  ## Pin what pyproject.toml names, with hashes
	@for name in run dev; do \
		$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --no-annotate $$([ $$name = dev ] && echo --extra dev) \
			pyproject.toml -o requirements/$$name.txt || exit 1; \
	done

# ---- running ----

.PHONY: run
run: install-run  ## Start the site with demo data: web, worker, beat (PORT=8000)
	@exec $(BIN)/python -m config.launcher

.PHONY: bill
bill: install-run  ## Run the billing that is due, or that of a day: make bill ON=2026-03-01
	@$(BIN)/python manage.py bill $(if $(ON),--on $(ON))

# ---- proving ----

# A worker for each processor; the tests of one file stay with one worker. The files stay in their
# order: by the number of their tests, what takes longest would come last, and one worker wait.
PYTEST := $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder
SERVERS := $(BIN)/python -m tests.servers
# What Python has compiled is kept, whatever the shell says: the tests of each worker again, and all
# of the site for each process that a test starts, would cost ten seconds and more of a processor.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: chromium
chromium: install
	@$(BIN)/python -m tests.chromium

.PHONY: test
test: install chromium  ## Prove everything: SQLite, PostgreSQL and Redis
	@$(MAKE) --no-print-directory -j2 --output-sync=target types lint migrations core
	$(SERVERS) $(PYTEST) --ignore-glob='tests/core/test_*.py'
	TEST_DATABASE_URL= TEST_REDIS_URL= $(PYTEST) --only=database

.PHONY: proof
proof: install chromium  ## The deep profile: 1,000 examples, 20 kills, every page in every look
	CHROMIUM=$${CHROMIUM:-chromium} HYPOTHESIS_PROFILE=proof KILLS=20 $(SERVERS) $(PYTEST)
	TEST_DATABASE_URL= TEST_REDIS_URL= HYPOTHESIS_PROFILE=proof $(PYTEST) -m once

.PHONY: core
core: install  ## The arithmetic alone, in under two seconds
	@$(BIN)/python -m pytest -q -p no:django -p no:faker -p no:hypothesispytest -p no:pytest_cov \
		-p no:xdist -p no:playwright -p no:base_url tests/core --ignore=tests/core/laws

.PHONY: lint
lint: install  ## Style, imports between the apps, templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@if [ -d templates ]; then $(BIN)/djlint --lint --quiet templates; fi

.PHONY: types
types: install  ## Types, strict in the arithmetic
	@$(BIN)/mypy --strict billing/core
	@$(BIN)/mypy $(APPS) tests manage.py

.PHONY: migrations
migrations: install  ## No model has changed without its migration
	@$(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: translations
translations: install  ## Collect what is to be translated, compile what has been
	@$(BIN)/python manage.py translations --collect

.PHONY: fmt
fmt: install  ## Put the code in shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: install  ## Measure the billing run and pages: make bench ACCOUNTS=1000000, or ONLY=pages
	@$(SERVERS) $(BIN)/python -m tests.benchmarks

.PHONY: screenshots
screenshots: install chromium  ## Take the pictures of docs/screenshots, of the demo
	@$(BIN)/python -m tests.screenshots
