#include "end.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/// Places are never given back to the system, so that the handler may walk them at any moment; those without a size are
/// used again.
struct pk_mapping {
    _Atomic uintptr_t base;
    _Atomic size_t size;
    char *sentence;
    size_t length;
    struct pk_mapping *next;
};

static _Atomic(struct pk_mapping *) first;
static pthread_mutex_t changes = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before;

pk_mapping *pk_mapping_add(const void *base, size_t size, const char *sentence) {
    char *copy = strdup(sentence);
    if (!copy) return NULL;
    pthread_mutex_lock(&changes);
    struct pk_mapping *place = atomic_load(&first);
    while (place && atomic_load(&place->size)) place = place->next;
    int is_new = !place;
    if (is_new) place = calloc(1, sizeof *place);
    if (place) {
        place->sentence = copy;
        place->length = strlen(copy);
        atomic_store(&place->base, (uintptr_t)base);
        // Last: with a size, the place counts.
        atomic_store(&place->size, size);
        if (is_new) {
            place->next = atomic_load(&first);
            atomic_store(&first, place);
        }
    } else {
        free(copy);
    }
    pthread_mutex_unlock(&changes);
    return place;
}

void pk_mapping_remove(pk_mapping *mapping) {
    if (!mapping) return;
    pthread_mutex_lock(&changes);
    atomic_store(&mapping->size, 0);
    free(mapping->sentence);
    mapping->sentence = NULL;
    pthread_mutex_unlock(&changes);
}

void pk_mapping_give_pages_back(size_t least) {
    // Under the lock: a mapping that is here is not undone meanwhile.
    pthread_mutex_lock(&changes);
    for (struct pk_mapping *place = atomic_load(&first); place; place = place->next) {
        size_t size = atomic_load(&place->size);
        if (size >= least && size) madvise((void *)atomic_load(&place->base), size, MADV_DONTNEED);
    }
    pthread_mutex_unlock(&changes);
}

/// Calls nothing that is not safe in a signal handler.
static void at_fault(int number, siginfo_t *info, void *context) {
    uintptr_t address = (uintptr_t)info->si_addr;
    for (struct pk_mapping *place = atomic_load(&first); place; place = place->next) {
        size_t size = atomic_load(&place->size);
        uintptr_t base = atomic_load(&place->base);
        if (!size || address < base || address - base >= size) continue;
        pk_memory_end(place->sentence, place->length);
    }
    // Not a mapped file: the read is repeated, and ends as it would have without this handler.
    sigaction(number, &before, NULL);
}

void pk_memory_end_process_at_faults(int status) {
    pk_memory_end_status = status;
    pk_memory_reserve_stack();
    struct sigaction action = {.sa_sigaction = at_fault, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &before);
}
