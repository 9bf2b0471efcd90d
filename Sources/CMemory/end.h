#pragma once

#include "CMemory.h"

/// 0 until it was asked for.
extern int pk_memory_end_status;

/// Writes the sentence and ends the process. Calls nothing that is not safe in a signal handler.
_Noreturn void pk_memory_end(const char *sentence, size_t length);

/// Ends the process as one whose system refuses `size` bytes.
_Noreturn void pk_memory_end_refused(size_t size);

/// Takes the addresses that this thread's stack may grow to, so that they cannot be refused later; for the main thread, whose
/// stack alone grows.
void pk_memory_reserve_stack(void);
