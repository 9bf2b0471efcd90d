#include "CKernels.h"

#include <math.h>
#include <string.h>

#pragma clang fp contract(off)

typedef float f32x16 __attribute__((vector_size(64), aligned(64)));
typedef int32_t i32x16 __attribute__((vector_size(64), aligned(64)));

// The arguments of every function here are pointers and scalars, so the vector ABI does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang diagnostic ignored "-Wunused-function"

#if defined(__x86_64__)
#define NAME(f) f##_baseline
#define FMA(a, b, c) ((a) * (b) + (c))
#include "loops.inc"
#undef NAME
#undef FMA

#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(f) f##_avx2
#include "loops.inc"
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), \
                             apply_to = function)
#define NAME(f) f##_avx512
#include "loops.inc"
#undef NAME
#pragma clang attribute pop

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
#define NAME(f) f##_baseline
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "loops.inc"
#undef NAME
int pk_level(void) { return 0; }
int pk_fuses(void) { return 1; }
const pk_loops *pk_loops_at(int level) { return level == 0 ? &table_baseline : NULL; }
#define DISPATCH(f, arguments) f##_baseline arguments
#endif

void pk_add(const float *a, const float *b, float *y, size_t n) { DISPATCH(add, (a, b, y, n)); }
void pk_sub(const float *a, const float *b, float *y, size_t n) { DISPATCH(sub, (a, b, y, n)); }
void pk_mul(const float *a, const float *b, float *y, size_t n) { DISPATCH(mul, (a, b, y, n)); }
void pk_affine(const float *x, float s, float t, float *y, size_t n) { DISPATCH(affine, (x, s, t, y, n)); }
void pk_accumulate(const float *x, float s, float *y, size_t n) { DISPATCH(accumulate, (x, s, y, n)); }
void pk_add_row(const float *x, const float *v, float *y, size_t r, size_t n) { DISPATCH(add_row, (x, v, y, r, n)); }
void pk_mul_row(const float *x, const float *v, float *y, size_t r, size_t n) { DISPATCH(mul_row, (x, v, y, r, n)); }
float pk_dot(const float *a, const float *b, size_t n) { return DISPATCH(dot, (a, b, n)); }
float pk_sum(const float *x, size_t n) { return DISPATCH(sum, (x, n)); }
void pk_silu(const float *x, float *y, size_t n) { DISPATCH(silu, (x, y, n)); }
void pk_sigmoid(const float *x, float *y, size_t n) { DISPATCH(sigmoid, (x, y, n)); }
void pk_gelu(const float *x, float *y, size_t n) { DISPATCH(gelu, (x, y, n)); }
void pk_quick_gelu(const float *x, float *y, size_t n) { DISPATCH(quick_gelu, (x, y, n)); }
void pk_exp(const float *x, float *y, size_t n) { DISPATCH(exp, (x, y, n)); }
void pk_leaky_relu(const float *x, float s, float *y, size_t n) { DISPATCH(leaky_relu, (x, s, y, n)); }
void pk_silu_backward(const float *x, const float *dy, float *dx, size_t n) {
    DISPATCH(silu_backward, (x, dy, dx, n));
}
void pk_gelu_backward(const float *x, const float *dy, float *dx, size_t n) {
    DISPATCH(gelu_backward, (x, dy, dx, n));
}
void pk_quick_gelu_backward(const float *x, const float *dy, float *dx, size_t n) {
    DISPATCH(quick_gelu_backward, (x, dy, dx, n));
}
void pk_leaky_relu_backward(const float *x, float s, const float *dy, float *dx, size_t n) {
    DISPATCH(leaky_relu_backward, (x, s, dy, dx, n));
}
void pk_geglu(const float *x, float *y, size_t r, size_t n) { DISPATCH(geglu, (x, y, r, n)); }
void pk_geglu_backward(const float *x, const float *dy, float *dx, size_t r, size_t n) {
    DISPATCH(geglu_backward, (x, dy, dx, r, n));
}
void pk_softmax(float *x, size_t r, size_t n, float s, size_t z, ptrdiff_t c) { DISPATCH(softmax, (x, r, n, s, z, c)); }
void pk_softmax_block(float *x, size_t xs, size_t r, size_t n, float s, ptrdiff_t f, float *top, float *sum, float *y,
                      size_t w, size_t ys) {
    DISPATCH(softmax_block, (x, xs, r, n, s, f, top, sum, y, w, ys));
}
void pk_identity_softmax(float *x, size_t xs, size_t r, size_t n, float s, size_t z, size_t f, float *shares) {
    DISPATCH(identity_softmax, (x, xs, r, n, s, z, f, shares));
}
void pk_softmax_backward(const float *p, float *dp, size_t r, size_t n, float s) {
    DISPATCH(softmax_backward, (p, dp, r, n, s));
}
void pk_layer_norm(const float *x, const float *w, const float *b, float e, float *y, size_t r, size_t n) {
    DISPATCH(layer_norm, (x, w, b, e, y, r, n));
}
void pk_layer_norm_backward(const float *x, const float *w, float e, const float *dy, float *dx, float *dw, size_t r,
                            size_t n) {
    DISPATCH(layer_norm_backward, (x, w, e, dy, dx, dw, r, n));
}
void pk_channel_sums(const float *x, size_t p, size_t c, double *s) { DISPATCH(channel_sums, (x, p, c, s)); }
void pk_channel_squares(const float *x, const float *m, size_t p, size_t c, double *s) {
    DISPATCH(channel_squares, (x, m, p, c, s));
}
void pk_projection_sums(const float *h, const float *r, size_t p, size_t c, double *squares, double *products) {
    DISPATCH(projection_sums, (h, r, p, c, squares, products));
}
void pk_add_projected(const float *base, const float *r, const float *h, const float *ratio, const float *away,
                      const float *weight, float *y, size_t p, size_t c) {
    DISPATCH(add_projected, (base, r, h, ratio, away, weight, y, p, c));
}
void pk_channel_affine(const float *x, const float *s, const float *t, float *y, size_t p, size_t c, int silu) {
    DISPATCH(channel_affine, (x, s, t, y, p, c, silu));
}
void pk_channel_gradient_sums(const float *x, const float *dy, const float *s, const float *t, const float *m, int silu,
                              size_t p, size_t c, double *sums, double *products) {
    DISPATCH(channel_gradient_sums, (x, dy, s, t, m, silu, p, c, sums, products));
}
void pk_channel_affine_backward(const float *x, const float *dy, const float *s, const float *t, const float *m,
                                const float *slope, const float *offset, int silu, float *dx, size_t p, size_t c) {
    DISPATCH(channel_affine_backward, (x, dy, s, t, m, slope, offset, silu, dx, p, c));
}
void pk_rotate_pairs(const float *x, const float *c, const float *s, float *y, size_t n) {
    DISPATCH(rotate_pairs, (x, c, s, y, n));
}
