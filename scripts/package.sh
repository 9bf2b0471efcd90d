#!/usr/bin/env bash
# Puts the program with its manual, completions, recipes and embedded models into a folder, from where it runs without Swift on
# the machine: Swift's libraries are part of it, and so are the system's, as far as their archives are installed (their
# licences go along). What is still needed of the system is named in NEEDS, library by library.
#
#     scripts/package.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
to=$1

# A folder of archives alone, in which the linker looks first.
scratch=.build/static
archives=$PWD/$scratch/archives
rm -rf "$archives" && mkdir -p "$archives"
for name in crypto png16 sqlite3 turbojpeg webp yaml z; do
    found=$(cc -print-file-name="lib$name.a")
    [ ! -f "$found" ] || ln -s "$found" "$archives/"
done

swift build -c release --static-swift-stdlib --scratch-path "$scratch" --product pulid-run \
    -Xswiftc "-L$archives" -Xlinker -lz
program=$scratch/release/pulid-run

share=$to/share/pulid-run
install -d "$to/bin" "$to/share/man/man1" "$share/licenses" \
    "$to/share/bash-completion/completions" "$to/share/zsh/site-functions" "$to/share/fish/vendor_completions.d"
install -m 755 -s "$program" "$to/bin/pulid-run"
"$program" completions bash > "$to/share/bash-completion/completions/pulid-run"
"$program" completions zsh > "$to/share/zsh/site-functions/_pulid-run"
"$program" completions fish > "$to/share/fish/vendor_completions.d/pulid-run.fish"
scripts/manual.sh "$program" > "$to/share/man/man1/pulid-run.1"
cp -r recipes models examples LICENSE README.md docs "$share/"

for archive in "$archives"/*.a; do
    file=$(readlink -f "$archive")
    package=$({ dpkg -S "$file" || dpkg -S "${file#/usr}"; } 2>/dev/null | head -n 1 | cut -d: -f1)
    [ -z "$package" ] || cp "/usr/share/doc/$package/copyright" "$share/licenses/$package"
done
objdump -p "$program" | sed -n 's/^ *NEEDED *//p' | sort > "$share/NEEDS"
