#!/usr/bin/env bash
# Renders recipes/style-sweep.yaml with what `make tarball` packed, in a root folder that holds nothing but the libraries of the
# packages that PACKAGES names, and what these rest on: no Swift, no shell, no other program. As root.
#
#     scripts/tarball/check.sh [pulid-run.tar.gz]
set -euo pipefail
# In mounts of its own, so that nothing is left mounted.
[ "${OWN_MOUNTS:-}" ] || OWN_MOUNTS=1 exec unshare --mount "$0" "$@"
cd "$(dirname "$0")/../.."
tarball=${1:-pulid-run.tar.gz}
root=$(mktemp -d)
trap 'umount -q "$root/proc" || true; rm -rf --one-file-system "$root"' EXIT
tar -xzf "$tarball" -C "$root"
program=$root/pulid-run/bin/pulid-run
share=$root/pulid-run/share/pulid-run

# 1. Every library is one of a package that is named, or that those depend on.
named=$(cat "$share/PACKAGES")
allowed=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances $named |
    grep -E '^[a-z0-9]' | sort -u)
libraries=$(ldd "$program" | grep -oE '/[^ ]+' | sort -u)
for library in $libraries; do
    package=$(dpkg -S "$library" 2>/dev/null || dpkg -S "${library#/usr}" 2>/dev/null || dpkg -S "/usr$library")
    package=${package%%:*}
    grep -qx "$package" <<<"$allowed" || { echo "check: $library is of $package, which PACKAGES does not name" >&2; exit 1; }
    install -D "$(readlink -f "$library")" "$root$library"
done
# Swift reads its arguments in /proc.
mkdir -p "$root/tmp" "$root/out" "$root/proc"
mount --bind /proc "$root/proc"

# 2. There it runs.
chroot=$(PATH=$PATH:/usr/sbin command -v chroot)
for arguments in "--version" "doctor" "run /pulid-run/share/pulid-run/recipes/style-sweep.yaml --out /out --cache /cache"; do
    env -i HOME=/ "$chroot" "$root" /pulid-run/bin/pulid-run $arguments >"$root/out.txt" 2>&1 ||
        { cat "$root/out.txt" >&2; echo "check: pulid-run $arguments failed" >&2; exit 1; }
done
tail -n 1 "$root/out.txt"
pictures=$(find "$root/out" -name '*.png' | wc -l)
[ "$pictures" -ge 19 ] || { echo "check: $pictures pictures" >&2; exit 1; }
echo "tarball: $(wc -w <<<"$libraries") libraries of the system, $pictures pictures"
