#!/usr/bin/env bash
# Puts the program with its libraries, manual, completions, recipes and embedded models into a folder, from where it runs on a
# machine that has glibc and nothing else: Swift's libraries are part of the program, and the system's lie in lib/pulid-run. Where
# the machine has them itself, with its security updates, its own are taken.
#
#     scripts/package.sh FOLDER [PROGRAM]     PROGRAM: one that was linked so before
set -euo pipefail
cd "$(dirname "$0")/.."
to=$1
program=${2:-}
machine=$(uname -m)
# As DT_RPATH, which holds for the libraries of libraries too.
places="/lib/$machine-linux-gnu:/usr/lib/$machine-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib:\$ORIGIN/../lib/pulid-run"

if [ -z "$program" ]; then
    scratch=.build/static
    swift build -c release --static-swift-stdlib --scratch-path "$scratch" --product pulid-run \
        -Xlinker --disable-new-dtags -Xlinker "-rpath=$places"
    program=$scratch/release/pulid-run
fi
readelf -d "$program" | grep -q "RPATH.*$machine-linux-gnu.*\$ORIGIN/../lib/pulid-run" ||
    { echo "package: $program was not linked to find libraries in lib/pulid-run" >&2; exit 1; }

share=$to/share/pulid-run
install -d "$to/bin" "$to/lib/pulid-run" "$to/share/man/man1" "$share/licenses" \
    "$to/share/bash-completion/completions" "$to/share/zsh/site-functions" "$to/share/fish/vendor_completions.d"
install -m 755 -s "$program" "$to/bin/pulid-run"

# All libraries but glibc's, each with its licence.
ldd "$program" | grep -oE '/[^ ]+' | sort -u | while read -r library; do
    name=$(basename "$library")
    case $name in
        ld-linux*|libanl.so*|libc.so*|libdl.so*|libm.so*|libmvec.so*|libpthread.so*|libresolv.so*|librt.so*|libutil.so*) continue ;;
    esac
    install -m 644 "$(readlink -f "$library")" "$to/lib/pulid-run/$name"
    file=$(readlink -f "$library")
    package=$(dpkg -S "$file" 2>/dev/null || dpkg -S "${file#/usr}" 2>/dev/null || dpkg -S "/usr$file")
    package=${package%%:*}
    install -m 644 "/usr/share/doc/$package/copyright" "$share/licenses/$package"
done
# And those of what is part of the program.
for folder in .build/checkouts/*/ "${scratch:-.build}"/checkouts/*/; do
    for license in "$folder"LICENSE*; do
        [ -e "$license" ] && install -m 644 "$license" "$share/licenses/$(basename "$folder")"
    done
done
swift=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
install -m 644 "$swift/share/swift/LICENSE.txt" "$share/licenses/swift"

"$program" --generate-completion-script bash > "$to/share/bash-completion/completions/pulid-run"
"$program" --generate-completion-script zsh > "$to/share/zsh/site-functions/_pulid-run"
"$program" --generate-completion-script fish > "$to/share/fish/vendor_completions.d/pulid-run.fish"
scripts/manual.sh "$program" > "$to/share/man/man1/pulid-run.1"
cp -r recipes models examples LICENSE README.md docs "$share/"
