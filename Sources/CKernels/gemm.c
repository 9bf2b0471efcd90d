#define _GNU_SOURCE
#include "CKernels.h"
#include "sets.h"

#include <string.h>

#pragma clang fp contract(off)

#define LOW_1_OF_8 0, 8, 2, 10, 4, 12, 6, 14
#define HIGH_1_OF_8 1, 9, 3, 11, 5, 13, 7, 15
#define LOW_2_OF_8 0, 1, 8, 9, 4, 5, 12, 13
#define HIGH_2_OF_8 2, 3, 10, 11, 6, 7, 14, 15
#define LOW_4_OF_8 0, 1, 2, 3, 8, 9, 10, 11
#define HIGH_4_OF_8 4, 5, 6, 7, 12, 13, 14, 15
#define LOW_1_OF_16 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define HIGH_1_OF_16 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LOW_2_OF_16 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH_2_OF_16 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOW_4_OF_16 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGH_4_OF_16 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOW_8_OF_16 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH_8_OF_16 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31

#define STAGES_OF_8(f) f(1, LOW_1_OF_8, HIGH_1_OF_8) f(2, LOW_2_OF_8, HIGH_2_OF_8) f(4, LOW_4_OF_8, HIGH_4_OF_8)
#define STAGES_OF_16(f)                                                                       \
    f(1, LOW_1_OF_16, HIGH_1_OF_16) f(2, LOW_2_OF_16, HIGH_2_OF_16) f(4, LOW_4_OF_16, HIGH_4_OF_16) \
    f(8, LOW_8_OF_16, HIGH_8_OF_16)

// 6 x 16: where a processor has 16 registers of 8 floats, or 32 of 4.
#define SET portable
#define LANES 8
#define ROWS 6
#define FUSED 1
#if defined(__aarch64__)
#define HALF_FLOATS 1
#else
#define HALF_FLOATS 0
#endif
#include "elements.inc"
#include "gemm.inc"

#if defined(__x86_64__)
FOR_SET(TARGET_AVX2)
#define SET avx2
#define LANES 8
#define ROWS 6
#define FUSED 1
#define HALF_FLOATS 1
#include "elements.inc"
#include "gemm.inc"
FOR_ALL

#define SET unfused
#define LANES 8
#define ROWS 2
#define FUSED 0
#define HALF_FLOATS 0
#include "elements.inc"
#include "gemm.inc"

// 14 x 32: 32 registers of 16 floats.
FOR_SET(TARGET_AVX512)
#define SET avx512
#define LANES 16
#define ROWS 14
#define FUSED 1
#define HALF_FLOATS 1
#include "elements.inc"
#include "gemm.inc"
FOR_ALL

static int has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}
static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

#if defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

// Tiles have to be asked for. The system's answer holds for the process, so it is asked for once.
static int may_use_tiles(void) {
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    enum { UNKNOWN, NO, YES };
    static _Atomic int known = UNKNOWN;
    if (known == UNKNOWN) {
        unsigned a, b, c, d;
        const unsigned needed = 1u << 22 | 1u << 24;  // AMX-BF16, AMX-TILE
        const int has = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & needed) == needed;
        known = has && syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0 ? YES : NO;
    }
    return known == YES;
}
#else
static int may_use_tiles(void) { return 0; }
#endif
static int has_amx(void) { return has_avx512() && may_use_tiles(); }

const pk_gemm_kernels *pk_gemm_at(pk_gemm_level level) {
    switch (level) {
    case PK_GEMM_UNFUSED: return &kernels_unfused;
    case PK_GEMM_PORTABLE: return &kernels_portable;
    case PK_GEMM_AVX2: return has_avx2() ? &kernels_avx2 : NULL;
    case PK_GEMM_AVX512: return has_avx512() ? &kernels_avx512 : NULL;
    case PK_GEMM_AMX: return has_amx() ? &kernels_avx512 : NULL;
    }
    return NULL;
}
pk_gemm_level pk_gemm_best(void) {
    return has_amx() ? PK_GEMM_AMX : has_avx512() ? PK_GEMM_AVX512 : has_avx2() ? PK_GEMM_AVX2 : PK_GEMM_UNFUSED;
}
#else
const pk_gemm_kernels *pk_gemm_at(pk_gemm_level level) {
    return level == PK_GEMM_PORTABLE ? &kernels_portable : NULL;
}
pk_gemm_level pk_gemm_best(void) { return PK_GEMM_PORTABLE; }
#endif

pk_block pk_block_of(pk_element type) {
    switch (type) {
    case PK_F32: return (pk_block){1, 4};
    case PK_F16: case PK_BF16: return (pk_block){1, 2};
    case PK_F8_E4M3: case PK_F8_E5M2: return (pk_block){1, 1};
    case PK_Q4_0: return (pk_block){32, 18};
    case PK_Q4_1: return (pk_block){32, 20};
    case PK_Q5_0: return (pk_block){32, 22};
    case PK_Q5_1: return (pk_block){32, 24};
    case PK_Q8_0: return (pk_block){32, 34};
    case PK_Q4_K: return (pk_block){256, 144};
    case PK_Q5_K: return (pk_block){256, 176};
    case PK_Q6_K: return (pk_block){256, 210};
    }
    __builtin_unreachable();
}
void pk_widen(pk_numbers x, size_t first, size_t count, float *y) {
    pk_gemm_at(pk_gemm_best())->widen(x, first, count, y);
}
