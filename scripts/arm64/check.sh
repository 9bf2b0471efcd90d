#!/usr/bin/env bash
# Compiles the kernels for arm64, runs them under QEMU and compares the bits of every result with this processor's, which
# needs AVX2. Needs clang and, of Debian's packages, qemu-user-static and gcc-aarch64-linux-gnu.
set -euo pipefail
cd "$(dirname "$0")"
sources=../../Sources/CKernels
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
# compile FOLDER LINKER [FLAG...]
compile() {
    local into="$folder/$1" linker="$2"
    mkdir "$into"
    for file in "$PWD/kernels.c" "$sources"/*.c; do
        clang -O2 -I "$sources/include" "${@:3}" -c "$file" \
            -o "$into/$(basename "$file").o"
    done
    "$linker" -static "$into"/*.o -lm -o "$into/kernels"
}
compile here gcc
compile arm64 aarch64-linux-gnu-gcc --target=aarch64-linux-gnu --sysroot=/usr/aarch64-linux-gnu
"$folder/here/kernels" > "$folder/here.txt"
qemu-aarch64-static "$folder/arm64/kernels" > "$folder/arm64.txt"
diff "$folder/here.txt" "$folder/arm64.txt"
echo "$(wc -l < "$folder/here.txt") results of the kernels have the same bits on arm64"
