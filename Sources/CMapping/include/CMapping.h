/// Mapped files as a signal handler can see them: a file that another process shortens while it is mapped raises SIGBUS at
/// the next read, and all that may be done then is to say so.
#pragma once

#include <stddef.h>

typedef struct pk_mapping pk_mapping;

/// Remembers the bytes of a mapping, with the sentence for when they are gone; NULL where there is no memory for it.
pk_mapping *pk_mapping_add(const void *base, size_t size, const char *sentence);

/// Forgets a mapping before it is undone; NULL is none.
void pk_mapping_remove(pk_mapping *mapping);

/// From now on, a read of a mapping's bytes that are gone writes its sentence to standard error and ends the process with
/// `status`. Other bus errors stay what they were.
void pk_mapping_end_process_at_faults(int status);
