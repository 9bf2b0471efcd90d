#ifndef CPEAK_H
#define CPEAK_H

#include <stddef.h>

// Runs `rounds` rounds of independent fused multiply-adds that stay in registers, with the widest vectors that this
// processor has, and returns how many floating-point operations that was. `sink` keeps the result.
double peak_run(size_t rounds, float *sink);
// "AVX-512", "AVX2" or "baseline".
const char *peak_name(void);

#endif
