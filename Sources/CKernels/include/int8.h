#ifndef CKERNELS_INT8_H
#define CKERNELS_INT8_H

#include "rounded.h"

// Products of integers of 8 bits. Rows of A and columns of B are rounded in blocks of k that the caller chooses, each with a
// scale of its own. Every operation on floats is rounded to a float, integers to nearest, ties to even.
// - Of a row's block, from `low` to `high`, zero within: scale = high / 254 - low / 254, and with inverse = 1 / scale the
//   integers are x inverse + zero, from 0 to 255, where zero = -low inverse; both are rounded before they are added.
// - Of a column's block, whose largest magnitude is `most`: scale = most / 127, and the integers are x (127 / most).
// - Where no magnitude of a block is 2^-100 or more its scale is 0, and so are its integers; where one is infinite or NaN, the
//   scale is NaN.
// - The sum of the products (row's integer - zero) (column's integer) of two blocks is exact. It is rounded to a float, and one
//   fused multiply-add adds it times the product of both scales, itself rounded, to the element of C.

// Those of a level, which all give the same bits; NULL where this processor lacks them.
const pk_rounded_kernels *pk_int8_at(pk_gemm_level level);

// Whether those of a level have instructions for such sums, and so are faster than products of floats.
int pk_int8_is_fast(pk_gemm_level level);

#endif
