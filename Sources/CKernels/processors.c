#define _GNU_SOURCE
#include "CKernels.h"

#if defined(__linux__)
#include <sched.h>
#include <stdlib.h>

size_t pk_affine_processors(void) {
    // The kernel refuses a set that is smaller than its own.
    for (int most = 1024; most <= 1 << 20; most *= 4) {
        cpu_set_t *set = CPU_ALLOC(most);
        if (!set) return 0;
        const size_t size = CPU_ALLOC_SIZE(most);
        const int failed = sched_getaffinity(0, size, set), count = failed ? 0 : CPU_COUNT_S(size, set);
        CPU_FREE(set);
        if (!failed) return (size_t)count;
    }
    return 0;
}
#else
size_t pk_affine_processors(void) { return 0; }
#endif
