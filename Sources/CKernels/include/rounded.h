#ifndef CKERNELS_ROUNDED_H
#define CKERNELS_ROUNDED_H

#include "gemm.h"

// The inner parts of a matrix product C[m, n] = start + A[m, k] B[k, n] of numbers that are rounded first, single-threaded.
// bf16.h and int8.h define two such roundings; the bits of either are the same on every processor, in layouts of its own.

typedef struct {
    // Columns of a panel of B, and a good multiple of rows of A.
    size_t panel, rows;
    // k may be cut at its multiples.
    size_t depth;
    // So many rounded numbers of adjacent k take the memory of so many floats; what is missing of a group is zero.
    size_t group, group_size;
    // Floats before a row's numbers, and before those of a panel's column: the scales of what is rounded in one go. Where
    // there are none a row or a panel may be rounded, and multiplied, in parts that are whole groups.
    size_t row_head, panel_head;
    // Rounds m rows of k floats, `a_row` apart, to rows `rounded_row` floats apart of row_head floats and the groups.
    void (*round_rows)(size_t m, size_t k, const float *a, size_t a_row, float *rounded, size_t rounded_row);
    // Rounds a panel [k][panel] of floats, as pk_gemm_kernels pack them, to [panel_head][panel] and [groups][panel] groups.
    void (*round_panel)(size_t k, const float *floats, float *rounded);
    // As pk_product says, with A and B as made above; B's panels lie one behind the other. `a_row` counts floats.
    void (*multiply)(size_t m, size_t n, size_t k, const float *a, size_t a_row, const float *packed,
                     const float *start, size_t start_stride, float *c, size_t c_stride);
} pk_rounded_kernels;

#endif
