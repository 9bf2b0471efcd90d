#!/usr/bin/env bash
# Renders recipes/style-sweep.yaml with what `make tarball` packed, in a root folder that holds nothing but the libraries that
# NEEDS names, and what these rest on: no Swift, no shell, no other program. As root. roots.sh does it on whole systems.
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

# 1. It needs what NEEDS says, and that is there on every Linux with glibc and C++'s library.
needed=$(objdump -p "$program" | sed -n 's/^ *NEEDED *//p' | sort)
[ "$needed" = "$(cat "$share/NEEDS")" ] || { echo "check: the program needs" $needed >&2; exit 1; }
for library in $needed; do
    case $library in
    libc.so.6 | libm.so.6 | libdl.so.2 | libpthread.so.0 | librt.so.1 | libgcc_s.so.1 | libstdc++.so.6 | ld-linux-*) ;;
    *) echo "check: $library is not on every system" >&2; exit 1 ;;
    esac
done
libraries=$(ldd "$program" | grep -oE '/[^ ]+' | sort -u)
for library in $libraries; do install -D "$(readlink -f "$library")" "$root$library"; done
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
