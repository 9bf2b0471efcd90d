#include "winograd.h"

#include <string.h>

// The arguments of every function here are pointers and scalars, so the vector ABI does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang fp contract(off)

#define INLINE inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// The points +-a and +-b beside 0 and infinity, and their squares: all exact.
#define A1 0.625f
#define B1 1.5f
#define A2 (A1 * A1)
#define B2 (B1 * B1)
// One over the product of a point's distances to all other finite points.
#define SCALE_0 (float)(1 / (0.625 * 0.625 * 1.5 * 1.5))
#define SCALE_A (float)(1 / (2 * 0.625 * 0.625 * (0.625 * 0.625 - 1.5 * 1.5)))
#define SCALE_B (float)(1 / (2 * 1.5 * 1.5 * (1.5 * 1.5 - 0.625 * 0.625)))

#define LANES 4
#define NAME(f) f##_baseline
#include "winograd.inc"
#undef NAME
#undef LANES

#if defined(__x86_64__)
#define LANES 8
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define NAME(f) f##_avx2
#include "winograd.inc"
#undef NAME
#pragma clang attribute pop
#undef LANES

#define LANES 16
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2"))), apply_to = function)
#define NAME(f) f##_avx512
#include "winograd.inc"
#undef NAME
#pragma clang attribute pop
#endif

const pk_winograd *pk_winograd_at(pk_gemm_level level) {
    if (!pk_gemm_at(level)) return NULL;
#if defined(__x86_64__)
    if (level == PK_GEMM_AVX2) return &transforms_avx2;
    if (level == PK_GEMM_AVX512 || level == PK_GEMM_AMX) return &transforms_avx512;
#endif
    return &transforms_baseline;
}
