#!/usr/bin/env bash
# Renders recipes/style-sweep.yaml with what `make tarball` packed where there is nothing to help it: in a root folder that has
# glibc alone, no shell, no other program, and on bare Debian systems as debootstrap makes them, without a package more. All give
# the same bytes. As root.
#
#     scripts/tarball/check.sh [pulid-run.tar.gz [SUITE...]]     SUITE: bookworm and trixie unless given; none: glibc alone
set -euo pipefail
# In mounts of its own, so that nothing is left mounted.
[ "${OWN_MOUNTS:-}" ] || OWN_MOUNTS=1 exec unshare --mount "$0" "$@"
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin
tarball=${1:-pulid-run.tar.gz}
suites=${*:2}
suites=${suites:-bookworm trixie}
[ "$suites" = none ] && suites=
roots=$(mktemp -d)
trap 'umount -q "$roots"/*/proc || true; rm -rf --one-file-system "$roots"' EXIT
chroot=$(command -v chroot)

# Runs it in a root folder, and brings what it wrote back.
try() {
    local root=$roots/$1
    mkdir -p "$root/opt" "$root/tmp" "$root/proc"
    tar -xzf "$tarball" -C "$root/opt"
    # Swift reads its arguments in /proc.
    mount --bind /proc "$root/proc"
    for arguments in "--version" "doctor" "run recipes/style-sweep.yaml --out /out --cache /cache"; do
        env -i HOME=/ "$chroot" "$root" /opt/pulid-run/bin/pulid-run ${arguments/recipes/\/opt/pulid-run/share/pulid-run/recipes} \
            >"$root/said" 2>&1 || { cat "$root/said" >&2; echo "check: on $1, pulid-run $arguments failed" >&2; exit 1; }
    done
    umount "$root/proc"
    pictures=$(find "$root/out" -name '*.png' | wc -l)
    [ "$pictures" -ge 19 ] || { echo "check: on $1, $pictures pictures" >&2; exit 1; }
    mkdir -p "$roots/out"
    mv "$root/out" "$roots/out/$1"
    diff -r "$roots/out/glibc" "$roots/out/$1" || { echo "check: $1 gives other files" >&2; exit 1; }
    echo "$1: $pictures pictures; $(tail -n 1 "$root/said")"
}

# glibc alone: its own libraries are not in the tarball.
mkdir -p "$roots/glibc"
tar -xzf "$tarball" -C "$roots"
for library in $(ldd "$roots/pulid-run/bin/pulid-run" | grep -oE '/[^ ]+' | sort -u); do
    [ -e "$roots/pulid-run/lib/pulid-run/$(basename "$library")" ] ||
        install -D "$(readlink -f "$library")" "$roots/glibc$library"
done
try glibc

for suite in $suites; do
    command -v debootstrap >/dev/null || { echo "check: debootstrap is not installed" >&2; exit 1; }
    # Made once; it is the same system every time.
    base=${TMPDIR:-/tmp}/pulid-run-$suite.tar
    [ -e "$base" ] || {
        debootstrap --variant=minbase "$suite" "$roots/$suite" >"$roots/log" 2>&1 || { tail "$roots/log" >&2; exit 1; }
        tar -cf "$base.part" -C "$roots/$suite" . && mv "$base.part" "$base"
    }
    mkdir -p "$roots/$suite"
    tar -xf "$base" -C "$roots/$suite" --skip-old-files
    ! chroot "$roots/$suite" dpkg-query -W libcrypto3 libssl3 libssl3t64 libpng16-16 libpng16-16t64 2>/dev/null | grep -q . ||
        { echo "check: $suite is not bare" >&2; exit 1; }
    try "$suite"
done
