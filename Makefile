# Thin names over the CMake presets. `make` alone prints this list.
JOBS ?= $(shell nproc)
.DEFAULT_GOAL := help
.PHONY: help install build test check fix lint asan tsan fuzz e2e bench trusted tcb coverage

help: ## This list
	@sed -n 's/^\([a-z]*\): .*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || \
	 sed -n 's/^\([a-z]*\): .*## \(.*\)/  make \1  \2/p' $(MAKEFILE_LIST)

install: ## Debian packages for all of the below
	scripts/install --node --check

build: ## Debug build (preset dev)
	cmake --preset dev
	cmake --build --preset dev -j $(JOBS)

test: ## Debug build and every test (scripts/test)
	scripts/test

e2e: build ## Real processes on a real Substrate runtime
	ctest --preset dev -L e2e

check: build ## What a commit must pass: format, layers, headers, trusted base, all tests, tests under ASan
	cmake --build --preset dev -j $(JOBS) --target check_headers
	python3 scripts/tcb.py --check --build-dir build/dev
	ctest --preset dev -j $(JOBS)
	$(MAKE) asan

fix: ## Formats the sources in place
	python3 scripts/check_format.py --fix

lint: ## clang-tidy over the sources it can parse (slow)
	scripts/install --check
	cmake --preset dev
	python3 scripts/run_clang_tidy.py --build-dir build/dev -j $(JOBS)

asan: ## Unit, vector and fuzz-replay tests under AddressSanitizer and UBSan
	cmake --preset asan
	cmake --build --preset asan -j $(JOBS)
	ctest --preset asan -j $(JOBS) -LE "e2e|lint"

tsan: ## Tests of concurrent code under ThreadSanitizer
	cmake --preset tsan
	cmake --build --preset tsan -j $(JOBS)
	ctest --preset tsan -j $(JOBS) -LE "e2e|lint|fuzz"

fuzz: ## libFuzzer, SECONDS_EACH (60) per target, starting from the kept corpus
	scripts/install --check
	cmake --preset fuzz
	cmake --build --preset fuzz -j $(JOBS) --target fuzzers
	python3 scripts/run_fuzzers.py --build-dir build/fuzz --seconds $(or $(SECONDS_EACH),60)

bench: ## Release build and the benchmarks
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS)
	python3 scripts/run_benches.py --build-dir build/bench

trusted: ## The trusted folders alone, in another place: built and tested
	scripts/trusted_alone

tcb: build ## Rewrites enclave/TRUSTED_BASE.md
	python3 scripts/tcb.py --build-dir build/dev

coverage: ## Line coverage of the unit, vector and integration tests
	cmake --preset coverage
	cmake --build --preset coverage -j $(JOBS)
	ctest --preset coverage -j $(JOBS) -LE "e2e|lint"
	python3 scripts/coverage.py --build-dir build/coverage
