#define _GNU_SOURCE
#include "end.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int pk_memory_end_status;

void pk_memory_end(const char *sentence, size_t length) {
    // Threads that are refused something at the same time would each say so.
    static atomic_flag is_ending = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&is_ending)) pause();
    while (length) {
        ssize_t written = write(STDERR_FILENO, sentence, length);
        if (written <= 0) break;
        sentence += written;
        length -= (size_t)written;
    }
    _exit(pk_memory_end_status);
}

void pk_memory_end_refused(size_t size) {
    char sentence[256];
    int length = snprintf(sentence, sizeof sentence,
        "error: the system refuses %zu kB of memory: give it less at a time (--memory, --jobs 1, smaller pictures, tile:), or "
        "raise the limit (ulimit -v, the container's)\n",
        size / 1000 + 1);
    pk_memory_end(sentence, (size_t)length);
}

void pk_memory_reserve_stack(void) {
#if defined(__linux__)
    pthread_attr_t attributes;
    void *lowest;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes)) return;
    int error = pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
    const uintptr_t most = 8 << 20, spared = 128 << 10;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), end = (uintptr_t)lowest + spared;
    if (error || here <= end) return;
    size = here - end < most ? here - end : most;
    // The system answers a mapping; a stack that it cannot enlarge it ends with a signal.
    void *probe = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (probe == MAP_FAILED) pk_memory_end_refused(size);
    munmap(probe, size);
    // One page is touched; those between come when they are used.
    volatile char *bottom = __builtin_alloca(size);
    *bottom = 0;
#endif
}
