#!/usr/bin/env bash
# Runs the tests of everything that reads files of others under the address sanitizer, in a build folder of its own.
# A first argument replaces the choice of tests, as in `scripts/sanitize.sh PyTorchHostileTests`.
set -euo pipefail
cd "$(dirname "$0")/.."
tests="${1:-CheckpointsTests|ONNXTests|ImagingTests|RecipesTests|StoreTests|HostileTests}"

# Swift's runtime keeps what it allocates, which leak detection would report. A single allocation beyond the limit is an
# error: no small file may ask for that much.
export ASAN_OPTIONS="detect_leaks=0:max_allocation_size_mb=1024:allocator_may_return_null=0"
# Its handler of crashes would wait for the sanitizer, and the other way round.
export SWIFT_BACKTRACE="enable=no"
swift test -c release --disable-testable-imports --sanitize=address --scratch-path .build/sanitize --filter "$tests"
