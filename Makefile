# The front door: `make` lists the targets.
.DEFAULT_GOAL := help
SWIFT_FLAGS := -c release
# With the flags of the program: tests and program then share what is compiled.
TEST_FLAGS := $(SWIFT_FLAGS) --disable-testable-imports
PULID_RUN := .build/release/pulid-run
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Torture/Package.swift Torture/Sources \
    Fuzz/Package.swift Fuzz/Sources
# For the benchmarks, such as: make bench-peers BENCH='--size 512 1024 --only unet vae' PYTHON=venv/bin/python
BENCH := --size tiny
PYTHON := python3
NOOP :=
SDCPP :=
PEER_PYTHON = $(abspath $(shell command -v $(PYTHON)))

# How long to harm the program, or to fuzz a reader; SCENARIO= one way alone, SEED= the one try of a seed, TALLY= a file that
# adds several runs up.
MINUTES := 2
TORTURE = --minutes $(MINUTES) $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(SEED),--seed $(SEED)) \
    $(if $(TALLY),--tally $(abspath $(TALLY)))

.PHONY: help setup build sweep test sanitize bench bench-peers bench-noop torture fuzz parity models docs goldens format lint
.PHONY: clean install tarball check-tarball cluster check-remote check-mpi report-check

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: ## install what is missing of the system's packages (Debian, Ubuntu)
	@scripts/setup.sh

build: setup ## build pulid-run
	swift build $(SWIFT_FLAGS) --product pulid-run

sweep: build ## render one face in six styles: pictures, a contact sheet and scores in out/style-sweep
	$(PULID_RUN) recipes/style-sweep.yaml

test: setup ## run all tests
	swift test $(TEST_FLAGS)

check-remote: build ## share a sweep by a real nginx, a folder and files, and compare every byte (docs/CACHE.md; needs nginx)
	scripts/remote/check.sh $(PULID_RUN)

check-mpi: build ## train in one, two and three processes, and compare every byte (docs/SCALE.md; needs OpenMPI)
	scripts/mpi/check.sh $(PULID_RUN)

sanitize: setup ## run the tests of all that reads others' files under the address sanitizer
	@scripts/sanitize.sh

fuzz: setup ## look for inputs that break a reader: TARGET is a folder of Fuzz/Corpus, for MINUTES
	@Fuzz/fuzz.sh "$(TARGET)" "$(MINUTES)"

bench: build ## time kernels, networks and training; BENCH='--help' lists what can be chosen
	cd Benchmarks && swift run $(SWIFT_FLAGS) Benchmark $(BENCH)

bench-peers: build ## the same beside PyTorch (PYTHON has it) and stable-diffusion.cpp (SDCPP is its program)
	cd Benchmarks && swift run $(SWIFT_FLAGS) Benchmark $(BENCH) --peer '$(PEER_PYTHON) peers/torch_peer.py' \
	    $(if $(SDCPP),--peer '$(PEER_PYTHON) peers/sdcpp_peer.py $(SDCPP)')

torture: build ## kill, starve and damage the program for MINUTES=2, and print what it lost (docs/RELIABILITY.md)
	cd Torture && swift build $(SWIFT_FLAGS) && .build/release/torture $(TORTURE)

cluster: build ## render a sweep on a Slurm cluster of two nodes on this machine, and kill its parts (as root; docs/SCALE.md)
	@scripts/cluster/check.sh $(PULID_RUN)

bench-noop: build ## time doing nothing, beside ninja, make, Snakemake and DVC, as far as they are on PATH (NOOP='--help')
	$(PYTHON) Benchmarks/peers/noop.py --program $(PULID_RUN) $(NOOP)

report-check: build ## work through the report's page in Chromium; pictures of it go to out/report-check
	@scripts/report/check.sh $(PULID_RUN)

parity: setup ## print how far every network is from its reference (docs/PARITY.md)
	rm -f .build/parity.tsv
	PARITY_LOG=$(CURDIR)/.build/parity.tsv swift test $(TEST_FLAGS) --filter 'ModelsTests|NodesTests|DiffusionTests|TensorsTests|ONNXTests|CheckpointsTests|CurriculumTests|TrainingTests'
	sort -u .build/parity.tsv

models: build ## train the embedded models anew, into out/world: takes hours (docs/TRAINING.md)
	$(PULID_RUN) init --force out/fresh
	$(PULID_RUN) recipes/train/world.yaml --set model=out/fresh/sdxl

docs: build ## write docs/NODES.md and docs/recipe.schema.json anew
	$(PULID_RUN) nodes --markdown > docs/NODES.md
	$(PULID_RUN) schema > docs/recipe.schema.json

goldens: ## make the reference values anew (needs Python; see scripts/goldens/README.md)
	scripts/goldens/run.sh

format: ## format the sources
	swift format format --in-place --parallel --recursive $(SOURCES)

lint: ## check the format of the sources
	swift format lint --strict --parallel --recursive $(SOURCES)

PREFIX := /usr/local
install: setup ## install a program that runs without Swift, its manual and completions below PREFIX=/usr/local
	scripts/package.sh "$(DESTDIR)$(PREFIX)"

tarball: setup ## the same as pulid-run.tar.gz, with recipes and embedded models
	rm -rf .build/pulid-run && scripts/package.sh .build/pulid-run
	tar -czf pulid-run.tar.gz -C .build pulid-run

check-tarball: tarball ## render with the tarball where there is glibc alone, and on bare Debian 12 and 13 (as root; needs debootstrap)
	scripts/tarball/check.sh pulid-run.tar.gz

clean: ## remove everything that was built, rendered or cached
	rm -rf .build Benchmarks/.build Torture/.build Fuzz/.build out pulid-run.tar.gz
	find cache -mindepth 1 ! -name README.md ! -name CACHEDIR.TAG -delete
