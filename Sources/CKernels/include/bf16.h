#ifndef CKERNELS_BF16_H
#define CKERNELS_BF16_H

#include "gemm.h"

// The inner parts of a matrix product C[m, n] = start + A[m, k] B[k, n] of numbers rounded to bfloat16, single-threaded.
//
// What is computed is what Intel's TDPBF16PS computes, to the bit, on every processor:
// - Numbers are rounded to nearest, ties to even; those below 2^-126 count as zero of their sign, before they are rounded.
// - k is cut into blocks of 32, the last one shallower; an odd last element is followed by a zero.
// - Of each block, one chain of fused multiply-adds runs from zero over the even elements in ascending k, another over
//   the odd ones. Their sum is made, then added to the element of C.
// - Whatever of this is below 2^-126 after rounding is zero of its sign, and so is what an addition reads.
// A product whose k is cut at multiples of 32 goes on from the stored value. Where a result is NaN, it is NaN everywhere,
// in bits that are not defined.

// The depth of a block.
#define PK_BF16_DEPTH 32

typedef struct {
    // Columns of a panel of B, and a good multiple of rows of A.
    size_t panel, rows;
    // Two rounded numbers, of adjacent k, take the memory of so many floats: 1, or 2 where each is kept as a float.
    size_t pair;
    // Rounds m rows of k floats, `a_row` apart, to rows `rounded_row` floats apart of ceil(k / 2) pairs.
    void (*round_rows)(size_t m, size_t k, const float *a, size_t a_row, float *rounded, size_t rounded_row);
    // Rounds a panel [k][panel] of floats, as pk_gemm_pack makes them, to [ceil(k / 2)][panel] pairs.
    void (*round_panel)(size_t k, const float *floats, float *rounded);
    // As pk_gemm_multiply, with A and B as made above; B's panels lie one behind the other. `a_row` counts floats.
    void (*multiply)(size_t m, size_t n, size_t k, const float *a, size_t a_row, const float *packed,
                     const float *start, size_t start_stride, float *c, size_t c_stride);
} pk_bf16_kernels;

// Those of a level, which all give the same bits; NULL where this processor lacks them. PK_GEMM_AMX asks the system for
// the tiles, once in a process; PK_GEMM_UNFUSED and PK_GEMM_PORTABLE are plain C.
const pk_bf16_kernels *pk_bf16_at(pk_gemm_level level);

// The number as the products see it.
float pk_rounded_to_bf16(float x);

#endif
