#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "bf16.h"
#include "int8.h"
#include "gemm.h"
#include "winograd.h"

// The float loops. Every function works on one range of its operands and is single-threaded; splitting work is the
// caller's. Each is compiled for the baseline, for AVX2 and for AVX-512 from the same source (loops.inc) with 16 lanes and
// a fixed order of summation, so the last two give the same bits. The baseline does too, on arm64 as well (scripts/arm64),
// but on x86-64 not for exp and what is made of it, and erf: there it has no fused multiply-add for their polynomials.
// Shapes are row-major; `n` counts floats. Pointers do not alias unless the text says so.
// A backward function stands beside its forward one.

// Which instruction set runs: 0 the baseline, 1 AVX2 with FMA, 2 AVX-512.
int pk_level(void);
// Whether the polynomials' multiply-adds round once.
int pk_fuses(void);

// y = a + b, a - b, a * b; y may be a or b
void pk_add(const float *a, const float *b, float *y, size_t n);
void pk_sub(const float *a, const float *b, float *y, size_t n);
void pk_mul(const float *a, const float *b, float *y, size_t n);
// y = x * scale + shift
void pk_affine(const float *x, float scale, float shift, float *y, size_t n);
// y += x * scale
void pk_accumulate(const float *x, float scale, float *y, size_t n);
// Each of `rows` rows of `n`: y = x + v, y = x * v with one vector v of n.
void pk_add_row(const float *x, const float *v, float *y, size_t rows, size_t n);
void pk_mul_row(const float *x, const float *v, float *y, size_t rows, size_t n);
// dot product in 32 lanes
float pk_dot(const float *a, const float *b, size_t n);
float pk_sum(const float *x, size_t n);

// y = f(x); x and y may be the same
void pk_silu(const float *x, float *y, size_t n);
void pk_sigmoid(const float *x, float *y, size_t n);
void pk_gelu(const float *x, float *y, size_t n);
void pk_quick_gelu(const float *x, float *y, size_t n);
void pk_leaky_relu(const float *x, float slope, float *y, size_t n);
void pk_exp(const float *x, float *y, size_t n);
// dx = dy * f'(x)
void pk_silu_backward(const float *x, const float *dy, float *dx, size_t n);
void pk_gelu_backward(const float *x, const float *dy, float *dx, size_t n);
void pk_quick_gelu_backward(const float *x, const float *dy, float *dx, size_t n);
void pk_leaky_relu_backward(const float *x, float slope, const float *dy, float *dx, size_t n);

// x [rows, 2 n] -> y [rows, n]: x[.., :n] * gelu(x[.., n:])
void pk_geglu(const float *x, float *y, size_t rows, size_t n);
void pk_geglu_backward(const float *x, const float *dy, float *dx, size_t rows, size_t n);

// Softmax of each row of x [rows, n] * scale with `zeros` further logits of 0 in the denominator; in place. Where
// `causal_first` is not negative, row i sees only the first causal_first + i + 1 columns and the rest become 0.
void pk_softmax(float *x, size_t rows, size_t n, float scale, size_t zeros, ptrdiff_t causal_first);
// One block of an attention's keys after the others. x [rows, n], in rows `x_stride` apart, a multiple of 16, holds
// products of queries and keys, and becomes exp(x * scale - top) with top [rows] the largest logit so far, sum [rows] their
// sums; what was summed so far, y [rows, width] in rows `y_stride` apart, is brought to the new top. Row i sees the first
// seen_first + i columns (none if that is negative), and the rest becomes 0. scale > 0.
void pk_softmax_block(float *x, size_t x_stride, size_t rows, size_t n, float scale, ptrdiff_t seen_first, float *top,
                      float *sum, float *y, size_t width, size_t y_stride);
// Softmax of each of `rows` rows of n logits x * scale, `x_stride` apart in whole vectors, with `zeros` further logits of 0;
// in place. Before that, what the first `first` of all logits have of softmax(x), unscaled, is added to shares [rows], which
// may be NULL. scale > 0.
void pk_identity_softmax(float *x, size_t x_stride, size_t rows, size_t n, float scale, size_t zeros, size_t first,
                         float *shares);
// ds = scale * p * (dp - sum(dp * p)) for each row; in place on dp
void pk_softmax_backward(const float *p, float *dp, size_t rows, size_t n, float scale);

// LayerNorm over rows of n; weight and bias may be NULL.
void pk_layer_norm(const float *x, const float *weight, const float *bias, float eps, float *y, size_t rows, size_t n);
// dx, and dweight += the sum over rows of dy times the standardized x; weight and dweight may be NULL.
void pk_layer_norm_backward(const float *x, const float *weight, float eps, const float *dy, float *dx, float *dweight,
                            size_t rows, size_t n);

// Of x [pixels, channels]: per-channel sums and per-channel sums of (x - mean[c])^2, in blocks of 64 pixels that are
// added to doubles.
void pk_channel_sums(const float *x, size_t pixels, size_t channels, double *sums);
void pk_channel_squares(const float *x, const float *mean, size_t pixels, size_t channels, double *sums);
// Of h and r [pixels, channels]: per-channel sums of h * h and of h * r, as above.
void pk_projection_sums(const float *h, const float *r, size_t pixels, size_t channels, double *squares,
                        double *products);
// y = base + (r + h * ratio[c] * away[pixel]) * weight[pixel]; y may be r, and base may be h. ratio may be NULL, for 0.
void pk_add_projected(const float *base, const float *r, const float *h, const float *ratio, const float *away,
                      const float *weight, float *y, size_t pixels, size_t channels);
// y = x * scale[c] + shift[c], then SiLU if `silu`
void pk_channel_affine(const float *x, const float *scale, const float *shift, float *y, size_t pixels,
                       size_t channels, int silu);

// Its gradient, with d = dy, through SiLU if `silu`: per-channel sums of d and of d (x - mean[c]), added to doubles.
void pk_channel_gradient_sums(const float *x, const float *dy, const float *scale, const float *shift,
                              const float *mean, int silu, size_t pixels, size_t channels, double *sums,
                              double *products);
// dx = d scale[c] + (x - mean[c]) slope[c] + offset[c]
void pk_channel_affine_backward(const float *x, const float *dy, const float *scale, const float *shift,
                                const float *mean, const float *slope, const float *offset, int silu, float *dx,
                                size_t pixels, size_t channels);

// x [height, width, channels] -> columns [count, kernel * kernel * channels] for output pixels first ..< first + count
// of a convolution; outside the picture is 0.
typedef struct {
    size_t height, width, channels;
    size_t out_width;
    size_t kernel, stride;
    ptrdiff_t pad_top, pad_left;
} pk_window;
void pk_im2col(const float *x, pk_window w, size_t first, size_t count, float *columns);
// The transpose: adds columns back into the rows top ..< bottom of x, which the caller has cleared.
void pk_col2im(const float *columns, pk_window w, size_t first, size_t count, size_t top, size_t bottom, float *x);

// x [rows, columns] -> y [columns, rows], rows so many floats apart
void pk_transpose(const float *x, size_t x_row, float *y, size_t y_row, size_t rows, size_t columns);

// Rotary embedding of interleaved pairs: (x0, x1) -> (x0 cos - x1 sin, x1 cos + x0 sin); cos and sin hold n values,
// each pair's twice. x and y may be the same.
void pk_rotate_pairs(const float *x, const float *cosine, const float *sine, float *y, size_t n);

// All of the above that compute, for one instruction set (as pk_level counts them); NULL where this processor lacks it.
// pk_f(...) runs pk_loops_at(pk_level())->f(...); the table lets a test compare the sets.
typedef struct {
    void (*add)(const float *, const float *, float *, size_t);
    void (*sub)(const float *, const float *, float *, size_t);
    void (*mul)(const float *, const float *, float *, size_t);
    void (*affine)(const float *, float, float, float *, size_t);
    void (*accumulate)(const float *, float, float *, size_t);
    void (*add_row)(const float *, const float *, float *, size_t, size_t);
    void (*mul_row)(const float *, const float *, float *, size_t, size_t);
    float (*dot)(const float *, const float *, size_t);
    float (*sum)(const float *, size_t);
    void (*silu)(const float *, float *, size_t);
    void (*sigmoid)(const float *, float *, size_t);
    void (*gelu)(const float *, float *, size_t);
    void (*quick_gelu)(const float *, float *, size_t);
    void (*leaky_relu)(const float *, float, float *, size_t);
    void (*exp)(const float *, float *, size_t);
    void (*silu_backward)(const float *, const float *, float *, size_t);
    void (*gelu_backward)(const float *, const float *, float *, size_t);
    void (*quick_gelu_backward)(const float *, const float *, float *, size_t);
    void (*leaky_relu_backward)(const float *, float, const float *, float *, size_t);
    void (*geglu)(const float *, float *, size_t, size_t);
    void (*geglu_backward)(const float *, const float *, float *, size_t, size_t);
    void (*softmax)(float *, size_t, size_t, float, size_t, ptrdiff_t);
    void (*softmax_block)(float *, size_t, size_t, size_t, float, ptrdiff_t, float *, float *, float *, size_t, size_t);
    void (*identity_softmax)(float *, size_t, size_t, size_t, float, size_t, size_t, float *);
    void (*softmax_backward)(const float *, float *, size_t, size_t, float);
    void (*layer_norm)(const float *, const float *, const float *, float, float *, size_t, size_t);
    void (*layer_norm_backward)(const float *, const float *, float, const float *, float *, float *, size_t, size_t);
    void (*channel_sums)(const float *, size_t, size_t, double *);
    void (*channel_squares)(const float *, const float *, size_t, size_t, double *);
    void (*projection_sums)(const float *, const float *, size_t, size_t, double *, double *);
    void (*add_projected)(const float *, const float *, const float *, const float *, const float *, const float *,
                          float *, size_t, size_t);
    void (*channel_affine)(const float *, const float *, const float *, float *, size_t, size_t, int);
    void (*channel_gradient_sums)(const float *, const float *, const float *, const float *, const float *, int,
                                  size_t, size_t, double *, double *);
    void (*channel_affine_backward)(const float *, const float *, const float *, const float *, const float *,
                                    const float *, const float *, int, float *, size_t, size_t);
    void (*rotate_pairs)(const float *, const float *, const float *, float *, size_t);
} pk_loops;
const pk_loops *pk_loops_at(int level);

// Of two pictures' rows x[0] ... x[10] and y[0] ... y[10] of n floats: in each column the sums of x, y, x * x + y * y and
// x * y, with weights[k] for the rows k away from the sixth.
void pk_windows_down(const float *const *x, const float *const *y, const double *weights, size_t n, double *means_x,
                     double *means_y, double *squares, double *products);
// Structural similarity of n numbers, K1 = 0.01 and K2 = 0.03, of such sums of numbers in 0 ... range, which are weighted
// along the row here: with weights[k] for those k * step away, 5 * step of which lie before the first and after the last.
// Also its part for contrast and structure alone.
void pk_similarities(const double *means_x, const double *means_y, const double *squares, const double *products,
                     const double *weights, double range, ptrdiff_t step, ptrdiff_t n, double *similarities,
                     double *contrasts);
// The sums of `count` rows of n numbers, each times its weight, in the order of the rows.
void pk_weighted_rows(const double *const *rows, const double *weights, size_t count, size_t n, double *sums);

// Widening; x may be unaligned.
void pk_from_f16(const void *x, float *y, size_t n);
void pk_from_bf16(const void *x, float *y, size_t n);

// How many processors this process may run on (`taskset`, cpusets); 0 where the system does not say.
size_t pk_affine_processors(void);
// Lets another hardware thread of the core go first for a moment.
static inline void pk_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
