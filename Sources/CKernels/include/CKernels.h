#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "bf16.h"
#include "int8.h"
#include "gemm.h"
#include "winograd.h"

// Which instruction set runs: 0 the baseline, 1 AVX2 with FMA, 2 AVX-512.
int pk_level(void);
// Whether the polynomials' multiply-adds round once.
int pk_fuses(void);

// pk_add and all others of each_loop.inc, by the best instruction set that this processor has.
#define LOOP(result, name, parameters, arguments) result pk_##name parameters;
#include "each_loop.inc"

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

// The same for one instruction set (as pk_level counts them); NULL where this processor lacks it. pk_f(...) runs
// pk_loops_at(pk_level())->f(...); the table lets a test compare the sets.
typedef struct {
#define LOOP(result, name, parameters, arguments) result(*name) parameters;
#include "each_loop.inc"
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
