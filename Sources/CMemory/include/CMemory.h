/// Memory that the system takes away or refuses: the process ends in one sentence on standard error, not in a crash.
#pragma once

#include <stddef.h>

/// From now on, ends the process with `status` where it would crash otherwise: at a read of a mapping's bytes that are gone,
/// and wherever memory is refused, whoever asks. Other bus errors stay what they were. To be called by the main thread.
void pk_memory_end_process_at_faults(int status);

/// Mapped files as a signal handler can see them: a file that another process shortens while it is mapped raises SIGBUS at
/// the next read, and all that may be done then is to say so.
typedef struct pk_mapping pk_mapping;

/// Remembers the bytes of a mapping, with the sentence for when they are gone; NULL where there is no memory for it.
pk_mapping *pk_mapping_add(const void *base, size_t size, const char *sentence);

/// Forgets a mapping before it is undone; NULL is none.
void pk_mapping_remove(pk_mapping *mapping);

/// Takes the pages of all mappings of at least `least` bytes out of the process's memory. The system keeps them for as long as
/// it has room, and the next read maps them again.
void pk_mapping_give_pages_back(size_t least);

/// `size` bytes on a boundary of `alignment`, a power of two of at least 16; `free` takes them back. Does not return where
/// the system refuses them, with any C library.
void *pk_memory_allocate(size_t size, size_t alignment);
