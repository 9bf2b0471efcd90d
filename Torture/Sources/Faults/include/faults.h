// Stands between a program and libc (LD_PRELOAD), and fails, tears, stops or kills at chosen calls. Environment:
//
//   FAULTS       rules, separated by ';', each: calls|pattern|when|effect
//     calls      names separated by ',': open (to read), create (open to write), read, write, sync, truncate, allocate,
//                rename, unlink, mkdir, lock, map, thread
//     pattern    a glob (fnmatch) that the whole path must fit; '*' fits slashes too
//     when       7: the seventh matching call; 7+: from the seventh on; %50:9: each with 50 in 1000, by seed 9
//     effect     the name of an error such as ENOSPC; short (half is written); torn (half is written, then killed);
//                kill-before, kill-after, stop-before, stop-after (SIGKILL or SIGSTOP, around the call)
//   FAULT_LOG    a file that gets a line for every rule that acts
//   FAULT_TRACE  a file that gets a line for every call
//   FAULT_LIMITS limits of the process, separated by ',': nofile:32, fsize:100000, nproc:2, as:200000000
//   FAULT_USER   the number of a user to become
#ifndef FAULTS_H
#define FAULTS_H
#endif
