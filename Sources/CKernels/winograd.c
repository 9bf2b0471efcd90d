#include "winograd.h"

#include "sets.h"

#include <string.h>

#pragma clang fp contract(off)

// The points +-a and +-b beside 0 and infinity, and their squares: all exact.
#define A1 0.625f
#define B1 1.5f
#define A2 (A1 * A1)
#define B2 (B1 * B1)
// One over the product of a point's distances to all other finite points.
#define SCALE_0 (float)(1 / (0.625 * 0.625 * 1.5 * 1.5))
#define SCALE_A (float)(1 / (2 * 0.625 * 0.625 * (0.625 * 0.625 - 1.5 * 1.5)))
#define SCALE_B (float)(1 / (2 * 1.5 * 1.5 * (1.5 * 1.5 - 0.625 * 0.625)))

#define SET baseline
#define LANES 4
#include "winograd.inc"

#if defined(__x86_64__)
FOR_SET(TARGET_AVX2)
#define SET avx2
#define LANES 8
#include "winograd.inc"
FOR_ALL

FOR_SET(TARGET_AVX512)
#define SET avx512
#define LANES 16
#include "winograd.inc"
FOR_ALL
#endif

const pk_winograd *pk_winograd_at(pk_gemm_level level) {
    if (!pk_gemm_at(level)) return NULL;
#if defined(__x86_64__)
    if (level == PK_GEMM_AVX2) return &transforms_avx2;
    if (level == PK_GEMM_AVX512 || level == PK_GEMM_AMX) return &transforms_avx512;
#endif
    return &transforms_baseline;
}
