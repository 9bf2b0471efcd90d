#!/usr/bin/env bash
# Compares the kernels for AMX, their tiles simulated, with those for AVX-512 and AVX2 and plain C. Needs clang and an x86-64.
set -euo pipefail
cd "$(dirname "$0")"
sources=../../Sources/CKernels
program="$(mktemp)"
trap 'rm -f "$program"' EXIT
for numbers in bf16 int8; do
    clang -O2 -I "$sources" -I "$sources/include" "$numbers.c" \
        "$sources"/{gemm,layout,loops}.c -o "$program" -lm
    "$program"
done
