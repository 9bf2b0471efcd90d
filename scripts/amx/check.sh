#!/usr/bin/env bash
# Compares the kernel for AMX, its tiles simulated, with those for AVX-512 and AVX2 and plain C. Needs clang and an x86-64.
set -euo pipefail
cd "$(dirname "$0")"
sources=../../Sources/CKernels
program="$(mktemp)"
trap 'rm -f "$program"' EXIT
clang -O2 -ffp-contract=off -fno-math-errno -I "$sources/include" simulated.c \
    "$sources"/{gemm,layout,loops}.c -o "$program" -lm
"$program"
