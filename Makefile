# What a developer types. Every target sets up what it needs in .venv; nothing else is touched.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
SETUP  := $(VENV)/.installed
PROWLER := .venv-prowler
NEWEST := .packages-newest
AWSCRT := .packages-awscrt
# More than there are processors: a third of the tests wait, for programs and for clocks.
WORKERS := $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 3 / 2 )))
PARALLEL := --numprocesses=$(WORKERS) --dist=loadgroup
COVERED := engine aws declarations outputs
COVERING := $(addprefix tests/,aws accounts engine outputs cli/test_report.py worlds/test_empty_account.py test_calls_page.py)
# Which take thrice as long with what they cover told, and cover what the others do as well.
DEAR := $(addprefix tests/,accounts/test_session_policy.py engine/test_broken_scans.py engine/test_mistakes.py \
	$(addprefix aws/test_,decoders_widely.py lean_places.py lean_requests.py redirects.py) \
	$(addprefix outputs/test_,hidden.py tables.py))
# Minutes in which scans and workers are killed, sleep and are waited for, pages are read, and what benchmarks ask is
# asked: for `make test` alone.
LONG := $(addprefix tests/cluster/test_,losses.py resume.py secrets.py) tests/chaos/test_kills.py \
	tests/benchmarks/test_simulated_aws.py
# All of which `make test-newest` carries out as well.
TWICE := tests/aws/test_decoders_widely.py
OTHERS := $(filter-out $(COVERING),$(wildcard tests/test_*.py) $(patsubst %/__init__.py,%,$(wildcard tests/*/__init__.py)))

SIGNED := accounts $(addprefix aws/,test_api.py test_gateway.py test_http.py test_lean_requests.py test_redirects.py)

# Hundreds of programs are started by tests: compiled once, they start in half the time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test coverage test-python test-newest test-awscrt lint generate models frameworks pins audit dist typecheck bench bench-report bench-scan chaos docs parity clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

$(SETUP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes --requirement constraints.txt
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib  # on all processors; pip would on one
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(SETUP)  ## Scan an embedded AWS organization, findings to the terminal and ./output
	$(BIN)/aioprowler demo

test: $(SETUP)  ## Run the tests, on all processors
ifdef COVERAGE
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report= $(COVERING) $(addprefix --ignore=,$(DEAR))
	set -e; for part in $(COVERED); do $(BIN)/coverage report --include="aioprowler/$$part/*" --fail-under=95; done
	$(BIN)/python -m pytest $(PARALLEL) $(filter-out $(TWICE),$(DEAR)) $(OTHERS) \
		$(addprefix --ignore=,$(LONG) $(filter %.py,$(COVERING)))
else
	$(BIN)/python -m pytest $(PARALLEL)
endif

coverage:  ## The same but for the longest and what test-newest has, and see that those of the parts that judge, ask and write go through them
	$(MAKE) test COVERAGE=yes

test-python:  ## Run the tests on another Python, in an environment of its own: PYTHON=python3.14
	$(MAKE) test VENV=.venv-$(notdir $(PYTHON))

test-newest: $(SETUP) $(NEWEST)/.installed  ## Run the tests of aws/ and accounts/ on the newest aiobotocore
	PYTHONPATH=$(CURDIR)/$(NEWEST) $(BIN)/python -m pytest $(PARALLEL) -m "not elsewhere" tests/aws tests/accounts

test-awscrt: $(SETUP) $(AWSCRT)/.installed  ## Run those of what is signed and sent with awscrt, which signs where it is installed
	PYTHONPATH=$(CURDIR)/$(AWSCRT) $(BIN)/python -m pytest $(PARALLEL) -m "not elsewhere" $(addprefix tests/,$(SIGNED))

# Packages that come before those of .venv, which cannot be installed beside aioboto3 and should not be for all tests.
PUT := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement

$(NEWEST)/.installed: $(SETUP) constraints-newest.txt
	rm -rf $(NEWEST)
	$(PUT) constraints-newest.txt --target $(NEWEST)
	@touch $@

$(AWSCRT)/.installed: $(SETUP) constraints-awscrt.txt
	rm -rf $(AWSCRT)
	$(PUT) constraints-awscrt.txt --target $(AWSCRT)
	@touch $@

lint: $(SETUP)  ## Check style and formatting, and that what is made from declarations is not stale
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m scripts.generate --check

generate: $(SETUP)  ## Write what is made from declarations: the index of checks, tables of the docs
	$(BIN)/python -m scripts.generate --demo

models: $(SETUP)  ## Write what AWS has newer than the pinned botocore, of what declarations name
	$(BIN)/python -m scripts.models

frameworks: $(SETUP) $(PROWLER)/.installed  ## Write which checks and guardrails the compliance frameworks have, from Prowler's facts and our own
	$(BIN)/python -m scripts.frameworks $(PROWLER)
	$(BIN)/python -m scripts.generate

pins: $(SETUP)  ## Write the pinned versions and their hashes after a change in pyproject.toml; UPGRADE=yes takes the newest
	$(BIN)/python -m scripts.pins $(if $(UPGRADE),--upgrade)

audit: $(SETUP)  ## Ask whether advisories are known of the pinned versions
	$(BIN)/python -m scripts.audit

dist: $(SETUP)  ## Build what is committed twice, compare, and write wheel, sdist and bill of materials to dist/
	$(BIN)/python -m scripts.dist

typecheck: $(SETUP)  ## Check types
	$(BIN)/mypy

bench: $(SETUP)  ## Measure the gateway, decoding, the pipeline, the HTML report, and what grows with services and regions
	$(BIN)/python -m benchmarks.gateway
	$(BIN)/python -m benchmarks.decode
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.html_report
	$(BIN)/python -m benchmarks.scale

bench-report: $(SETUP)  ## Measure reports of a million findings in each format
	$(BIN)/python -m benchmarks.report

bench-scan: $(SETUP) $(PROWLER)/.installed  ## Scan one account beside Prowler, organizations, and quotas, on a simulated AWS
	$(BIN)/python -m benchmarks.scan --prowler $(PROWLER)
	$(BIN)/python -m benchmarks.organization
	$(BIN)/python -m benchmarks.cpu_share
	$(BIN)/python -m benchmarks.throttle

chaos: $(SETUP)  ## Scan an organization while AWS misbehaves, and kill the scan at random moments
	$(BIN)/python -m benchmarks.chaos

$(PROWLER)/.installed: constraints-prowler.txt
	$(PYTHON) -m venv $(PROWLER)
	$(PROWLER)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement constraints-prowler.txt
	@touch $@

parity: $(SETUP) $(PROWLER)/.installed  ## Compare the verdicts with Prowler's
	$(BIN)/python -m benchmarks.parity --prowler $(PROWLER)

docs: $(SETUP)  ## Build the static site, site/index.html, and check its links
	$(BIN)/python -m docs.build

clean:  ## Remove what the targets made
	rm -rf $(VENV) .venv-python* $(PROWLER) $(NEWEST) $(AWSCRT) dist output site .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
