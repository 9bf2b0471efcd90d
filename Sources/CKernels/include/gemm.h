#ifndef CKERNELS_GEMM_H
#define CKERNELS_GEMM_H

#include "elements.h"

// The inner parts of a matrix product C[m, n] = start + A[m, k] B[k, n], single-threaded; blocking for the caches and
// splitting work are the caller's.
//
// Every element of C is one chain of fused multiply-adds in ascending k that begins with its start value. A product
// whose k is cut into blocks continues the chain from the stored value, so the bits depend neither on blocks and tiles
// nor on the width of vectors nor on the machine. Only PK_GEMM_UNFUSED, for x86-64 without FMA, rounds the product too.
//
// B is packed: panels of so many columns, each [k][panel], the last one padded with zeros. What is
// stored in less than 32 bits is widened on the way.

// B in memory: element (k, n) is number k * k_stride + n * n_stride; one of the strides is 1.
typedef struct {
    pk_numbers numbers;
    size_t k_stride, n_stride;
} pk_gemm_operand;

// A product, of which B is packed: C[i, j] = start[i, j] + sum of A[i, l] B[l, j] for m rows and n columns.
typedef struct {
    size_t m, n, k;
    // A[i, l] is a[i * a_row + l * a_step]; one of the strides is 1.
    const float *a;
    size_t a_row, a_step;
    const float *packed;
    // Rows `start_stride` apart, which 0 makes the same row for all (a bias); NULL is zeros; may be c itself.
    const float *start;
    size_t start_stride;
    float *c;
    size_t c_stride;
} pk_product;

// Those of one set of instructions. All but the first give the same bits. PK_GEMM_AMX is PK_GEMM_AVX512 where the processor has
// AMX's tiles and the system allows them (bf16.h).
typedef enum { PK_GEMM_UNFUSED, PK_GEMM_PORTABLE, PK_GEMM_AVX2, PK_GEMM_AVX512, PK_GEMM_AMX } pk_gemm_level;
typedef struct {
    // Columns in a panel: 16, or 32 with AVX-512.
    size_t panel;
    // Rows that one tile has: a good m is a multiple.
    size_t rows;
    void (*widen)(pk_numbers x, size_t first, size_t count, float *y);
    // Writes ceil(n / panel) panels of k * panel floats: the columns 0 ..< n and rows 0 ..< k of b. Full speed needs `packed`
    // aligned to 64 bytes.
    void (*pack)(pk_gemm_operand b, size_t n, size_t k, float *packed);
    // A strip of rows (rows x k) stays in the first cache while all panels pass by; call it for one panel at a time to keep
    // that one there instead.
    void (*multiply)(pk_product product);
} pk_gemm_kernels;
// NULL where this processor lacks them.
const pk_gemm_kernels *pk_gemm_at(pk_gemm_level level);
// The best that is there.
pk_gemm_level pk_gemm_best(void);

#endif
