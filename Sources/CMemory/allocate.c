#include "end.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int pk_memory_end_status;

void pk_memory_end(const char *sentence, size_t length) {
    while (length) {
        ssize_t written = write(STDERR_FILENO, sentence, length);
        if (written <= 0) break;
        sentence += written;
        length -= (size_t)written;
    }
    _exit(pk_memory_end_status);
}

void *pk_memory_allocate(size_t size, size_t alignment) {
    void *memory = NULL;
    if (posix_memalign(&memory, alignment, size) == 0) return memory;
    if (!pk_memory_end_status) abort();
    char sentence[256];
    int length = snprintf(sentence, sizeof sentence,
        "error: the system refuses %zu kB of memory: give it less at a time (--memory, --jobs 1, smaller pictures, tile:), or "
        "raise the limit (ulimit -v, the container's)\n",
        size / 1000 + 1);
    pk_memory_end(sentence, (size_t)length);
    return NULL;
}
