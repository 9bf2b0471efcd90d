#!/usr/bin/env bash
# Fuzzes one target: fuzz.sh TARGET MINUTES. Inputs that reach new code go to .build/corpus/TARGET, where the next run
# goes on from; one that breaks a reader to .build/found.
set -euo pipefail
cd "$(dirname "$0")"
target="${1:?which target? $(ls Corpus | xargs)}"
minutes="${2:?for how many minutes?}"

# Given as two options, the sanitizers would replace each other for Swift; given in one, SwiftPM would keep its `main`.
swift build -c release --sanitize=fuzzer --sanitize=address -Xswiftc -sanitize=fuzzer,address --product Fuzz
mkdir -p ".build/corpus/$target" .build/found
# Swift's own handler of crashes would wait for the sanitizer's, and the other way round; what Swift keeps in tagged pointers
# looks lost to the leak sanitizer.
ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no FUZZ_TARGET="$target" .build/release/Fuzz -max_total_time=$((60 * minutes)) \
    -timeout=2 -rss_limit_mb=2048 -malloc_limit_mb=512 -max_len=16384 -print_final_stats=1 \
    -artifact_prefix=".build/found/$target-" ".build/corpus/$target" "Corpus/$target"
