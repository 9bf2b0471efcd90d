#pragma once

#include "CMemory.h"

/// 0 until it was asked for.
extern int pk_memory_end_status;

/// Writes the sentence and ends the process. Calls nothing that is not safe in a signal handler.
void pk_memory_end(const char *sentence, size_t length);
