#include "CKernels.h"
#include "sets.h"

#include <math.h>
#include <string.h>

#pragma clang fp contract(off)

typedef float f32x16 __attribute__((vector_size(64), aligned(64)));
typedef double f64x16 __attribute__((vector_size(128), aligned(128)));
typedef int32_t i32x16 __attribute__((vector_size(64), aligned(64)));

#pragma clang diagnostic ignored "-Wunused-function"

#if defined(__x86_64__)
#define SET baseline
#define FMA(a, b, c) ((a) * (b) + (c))
#include "loops.inc"

FOR_SET(TARGET_AVX2)
#define SET avx2
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "loops.inc"
FOR_ALL

FOR_SET(TARGET_AVX512)
#define SET avx512
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "loops.inc"
FOR_ALL

int pk_level(void) {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
               ? 2
               : 1;
}
int pk_fuses(void) { return pk_level() > 0; }
const pk_loops *pk_loops_at(int level) {
    if (level < 0 || level > pk_level()) return NULL;
    return level == 2 ? &table_avx512 : level == 1 ? &table_avx2 : &table_baseline;
}
#define DISPATCH(f, arguments) \
    (pk_level() == 2 ? f##_avx512 arguments : pk_level() == 1 ? f##_avx2 arguments : f##_baseline arguments)
#else
#define SET baseline
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "loops.inc"
int pk_level(void) { return 0; }
int pk_fuses(void) { return 1; }
const pk_loops *pk_loops_at(int level) { return level == 0 ? &table_baseline : NULL; }
#define DISPATCH(f, arguments) f##_baseline arguments
#endif

#define LOOP(result, name, parameters, arguments) result pk_##name parameters { return DISPATCH(name, arguments); }
#include "each_loop.inc"
