/// The process's allocation functions, in place of the C library's, which they call: what it cannot give ends the process in
/// one sentence. Swift's runtime, C++ and most libraries would crash there, each in its own way, since none of them can go on.
/// They do nothing else, and nothing at all before `pk_memory_end_process_at_faults`.
///
/// Sanitizers have functions of their own. Other C libraries than glibc do not offer theirs under a second name; there, what
/// does not come through `pk_memory_allocate` ends as it would.
#include "end.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define PK_IS_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(PK_IS_SANITIZED)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

/// Sizes that no machine has are the caller's mistake, of which the caller is told.
static void *given(void *memory, size_t size) {
    if (!memory && size && size <= PTRDIFF_MAX && pk_memory_end_status) pk_memory_end_refused(size);
    return memory;
}

void *malloc(size_t size) { return given(__libc_malloc(size), size); }

void *calloc(size_t count, size_t size) {
    size_t product;
    return given(__libc_calloc(count, size), __builtin_mul_overflow(count, size, &product) ? 0 : product);
}

void *realloc(void *memory, size_t size) { return given(__libc_realloc(memory, size), size); }

void *memalign(size_t alignment, size_t size) { return given(__libc_memalign(alignment, size), size); }

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || alignment & (alignment - 1)) return EINVAL;
    void *new = memalign(alignment, size);
    if (!new) return ENOMEM;
    *memory = new;
    return 0;
}

#endif

void *pk_memory_allocate(size_t size, size_t alignment) {
    void *memory = NULL;
    if (posix_memalign(&memory, alignment, size) == 0) return memory;
    if (!pk_memory_end_status) abort();
    pk_memory_end_refused(size);
}
