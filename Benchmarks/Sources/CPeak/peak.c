#include "CPeak.h"

#include <string.h>

// Twelve chains hide the latency of two units of four cycles with room to spare.
#define CHAINS 12

#define DEFINE(name, attributes, lanes)                                                                     \
    typedef float name##_vector __attribute__((vector_size(lanes * 4)));                                    \
    attributes static double name(size_t rounds, float *sink) {                                             \
        name##_vector chain[CHAINS], factor, term;                                                          \
        for (int lane = 0; lane < lanes; lane++) factor[lane] = 0.999f, term[lane] = 0.001f;                \
        for (int i = 0; i < CHAINS; i++) chain[i] = term * (float)i;                                        \
        for (size_t round = 0; round < rounds; round++) {                                                   \
            _Pragma("clang fp contract(fast)")                                                              \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) chain[i] = chain[i] * factor + term; \
        }                                                                                                   \
        for (int i = 1; i < CHAINS; i++) chain[0] += chain[i];                                              \
        memcpy(sink, &chain[0], sizeof *sink);                                                              \
        return 2.0 * CHAINS * lanes * (double)rounds;                                                       \
    }

#if defined(__x86_64__)
DEFINE(peak_512, __attribute__((target("avx512f"))), 16)
DEFINE(peak_256, __attribute__((target("avx2,fma"))), 8)
#endif
DEFINE(peak_128, , 4)

double peak_run(size_t rounds, float *sink) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return peak_512(rounds, sink);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return peak_256(rounds, sink);
#endif
    return peak_128(rounds, sink);
}

const char *peak_name(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return "AVX-512";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "AVX2";
#endif
    return "baseline";
}
