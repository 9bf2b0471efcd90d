#!/usr/bin/env bash
# Renders recipes/style-sweep.yaml with what `make tarball` packed on fresh systems: each a root folder that mmdebstrap or
# debootstrap makes of the base packages of a release of Debian or Ubuntu, with nothing installed on top, so no Swift. Every
# picture and table has to have the same bytes on all of them. As root, with a mirror that can be reached.
#
#     scripts/tarball/roots.sh pulid-run.tar.gz [SUITE...]        bookworm trixie noble unless given
#
# ROOTS=FOLDER keeps the roots there as SUITE.tar, for the next time.
set -euo pipefail
# In mounts of its own, so that nothing is left mounted.
[ "${OWN_MOUNTS:-}" ] || OWN_MOUNTS=1 exec unshare --mount "$0" "$@"
tarball=$(realpath "${1:-pulid-run.tar.gz}")
suites=("${@:2}")
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie noble)
work=$(mktemp -d)
chmod 755 "$work"
trap 'umount -q "$work"/*/proc || true; rm -rf --one-file-system "$work"' EXIT
roots=${ROOTS:-$work}
mkdir -p "$roots"
ubuntu_keys=${UBUNTU_KEYS:-/usr/share/keyrings/ubuntu-archive-keyring.gpg}

# The base packages of a release as SUITE.tar; 2 where this machine cannot make them.
make_root() {
    local suite=$1 mirror=http://deb.debian.org/debian options=()
    case $suite in
    jammy | noble | resolute)
        mirror=http://archive.ubuntu.com/ubuntu
        [ -f "$ubuntu_keys" ] || { echo "tarball: $suite: left out, as $ubuntu_keys is missing" >&2; return 2; }
        options=(--keyring="$ubuntu_keys")
        ;;
    esac
    if command -v mmdebstrap >/dev/null; then
        mmdebstrap --quiet --variant=minbase --components=main "${options[@]}" "$suite" "$roots/$suite.tar" "$mirror"
    elif command -v debootstrap >/dev/null; then
        debootstrap --variant=minbase "${options[@]}" "$suite" "$work/$suite.new" "$mirror" >/dev/null
        tar -C "$work/$suite.new" -cf "$roots/$suite.tar" .
        rm -rf "$work/$suite.new"
    else
        echo "tarball: neither mmdebstrap nor debootstrap is installed" >&2
        return 2
    fi
}

tried=0
for suite in "${suites[@]}"; do
    if [ ! -s "$roots/$suite.tar" ]; then
        status=0
        make_root "$suite" || status=$?
        [ "$status" -ne 2 ] || continue
        [ "$status" -eq 0 ] || exit "$status"
    fi
    root=$work/$suite
    mkdir -p "$root"
    tar -xf "$roots/$suite.tar" -C "$root" --exclude='./dev/*'
    tar -xzf "$tarball" -C "$root/opt"
    mkdir -p "$root/proc"
    mount --bind /proc "$root/proc"
    chroot=$(PATH=$PATH:/usr/sbin command -v chroot)
    run() { env -i HOME=/root PATH=/opt/pulid-run/bin:/usr/bin:/bin "$chroot" "$root" pulid-run "$@"; }
    if run_swift=$("$chroot" "$root" /bin/sh -c 'command -v swift'); then
        echo "tarball: $suite has $run_swift" >&2
        exit 1
    fi
    run --version >"$work/out.txt" 2>&1 &&
        run doctor >>"$work/out.txt" 2>&1 &&
        run /opt/pulid-run/share/pulid-run/recipes/style-sweep.yaml --out /out >>"$work/out.txt" 2>&1 ||
        { cat "$work/out.txt" >&2; echo "tarball: it does not run on $suite" >&2; exit 1; }
    (cd "$root/out" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$work/$suite.sums"
    [ "$(wc -l <"$work/$suite.sums")" -eq 20 ] || { echo "tarball: $suite: $(wc -l <"$work/$suite.sums") files" >&2; exit 1; }
    [ -f "$work/first.sums" ] || cp "$work/$suite.sums" "$work/first.sums"
    cmp "$work/first.sums" "$work/$suite.sums" || { echo "tarball: other bytes on $suite" >&2; exit 1; }
    system=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' "$root/etc/os-release")
    echo "tarball: 20 files on $system, $("$chroot" "$root" /usr/bin/ldd --version | sed -n '1s/.* /glibc /p')"
    umount "$root/proc"
    rm -rf --one-file-system "$root"
    tried=$((tried + 1))
done
[ "$tried" -gt 0 ] || { echo "tarball: no system could be tried" >&2; exit 1; }
