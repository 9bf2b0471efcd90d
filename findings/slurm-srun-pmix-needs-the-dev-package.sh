#!/usr/bin/env bash
# Debian's Slurm has a plugin for PMIx, `srun --mpi=list` names it, and OpenMPI brings libpmix2, the library itself. A good guess:
# `srun --mpi=pmix` then starts MPI programs. It does not: "can not load PMIx library". The plugin opens `libpmix.so` by that
# name, a link that only the package for developers, libpmix-dev, has; `srun --mpi=list` shows the plugin either way.
#
# Versions: Debian 12, slurm-client 22.05.8, libpmix2 4.2.2, libopenmpi3 4.1.4.
# Who meets it: whoever starts MPI programs by srun on nodes set up from Debian's packages; every node needs libpmix-dev.
#
# Needs root and debootstrap; everything is in a temporary folder. Fails if what is seen changes.
set -euo pipefail
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian > "$root.log" 2>&1 ||
    { tail "$root.log"; exit 1; }
rm "$root.log"
inside() { chroot "$root" env SLURM_CONF=/slurm.conf "$@"; }
# No service is started.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
add() { inside env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > "$root/apt.log" 2>&1 || { cat "$root/apt.log"; exit 1; }; }
add slurm-client slurm-wlm-basic-plugins libopenmpi3 hostname
inside dpkg-query --show slurm-client libpmix2 libopenmpi3
printf '%s\n' ClusterName=none SlurmctldHost=localhost AuthType=auth/none MpiDefault=none \
    'NodeName=n1 NodeHostname=localhost' 'PartitionName=work Nodes=n1 Default=YES' > "$root/slurm.conf"

check() { if grep -q "$1" <<< "$2"; then echo "as recorded: $1"; else echo "CHANGED, wanted: $1; seen:"; echo "$2"; exit 1; fi; }
check 'pmix' "$(inside srun --mpi=list 2>&1)"
ls "$root"/usr/lib/*/libpmix.so.2 > /dev/null && echo "as recorded: libpmix.so.2 is installed"
check 'can not load PMIx library' "$(inside srun --immediate=1 --mpi=pmix hostname 2>&1 || true)"

# With the package for developers the plugin is loaded, and srun goes on to look for a controller, which is not here.
add libpmix-dev
with=$(inside timeout 20 srun --immediate=1 --mpi=pmix hostname 2>&1 || true)
if grep -q 'PMIx library' <<< "$with"; then echo "CHANGED: $with"; exit 1; fi
echo "as recorded: with libpmix-dev the library is loaded"
