#!/bin/bash
# A Slurm cluster of two nodes on this machine alone, for tests: cluster.sh start DIR | stop DIR. Run it as root.
#
# Both nodes are this machine (slurmd -N), on ports of their own; nothing is kept outside of DIR but munge's socket. The
# packages: apt-get install --no-install-recommends slurmctld slurmd slurm-client munge libpmix-dev
# (the last for `srun --mpi=pmix`: Slurm's plugin opens libpmix.so, which libpmix2 alone does not have).
# SLURM_CONF=DIR/slurm.conf is what the commands need to find it.
set -eu
action=${1:?start or stop} folder=${2:?a folder}
mkdir -p "$folder"
folder=$(readlink -f "$folder")
export SLURM_CONF=$folder/slurm.conf

write_config() {
    cat > "$SLURM_CONF" << END
ClusterName=loopback
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
SlurmctldPort=16817
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
TmpFS=$folder/tmp/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=100000,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
MaxArraySize=1001
MinJobAge=300
KillWait=10
SlurmdTimeout=60
NodeName=n[1-2] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[16818-16819] CPUs=1 RealMemory=4000 State=UNKNOWN
PartitionName=work Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
END
}

# By the file that the daemon wrote; nothing else is ever killed.
end() {
    [ -f "$folder/$1.pid" ] || return 0
    pid=$(cat "$folder/$1.pid")
    kill "$pid" 2> /dev/null || return 0
    for _ in $(seq 50); do kill -0 "$pid" 2> /dev/null || return 0; sleep 0.1; done
    kill -KILL "$pid" 2> /dev/null || true
}

case $action in
start)
    mkdir -p "$folder"/{state,log} "$folder"/{spool,tmp}/{n1,n2}
    write_config
    if ! munge -n < /dev/null 2> /dev/null | unmunge > /dev/null 2>&1; then
        install -d -o munge -g munge /run/munge
        setpriv --reuid=munge --regid=munge --init-groups munged
    fi
    slurmctld
    slurmd -N n1
    slurmd -N n2
    for _ in $(seq 60); do
        [ "$(sinfo --noheader --Node --states=idle --format=%N 2> /dev/null | wc -l)" = 2 ] && break
        sleep 0.5
    done
    sinfo --Node --format='%N %t %c %m'
    echo "export SLURM_CONF=$SLURM_CONF"
    ;;
stop) for name in slurmd-n1 slurmd-n2 slurmctld; do end "$name"; done ;;
*) echo "start or stop, not $action" >&2; exit 64 ;;
esac
