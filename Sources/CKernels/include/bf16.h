#ifndef CKERNELS_BF16_H
#define CKERNELS_BF16_H

#include "rounded.h"

// Products of numbers rounded to bfloat16.
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

// Those of a level, which all give the same bits; NULL where this processor lacks them. PK_GEMM_AMX asks the system for
// the tiles, once in a process; PK_GEMM_UNFUSED and PK_GEMM_PORTABLE are plain C.
const pk_rounded_kernels *pk_bf16_at(pk_gemm_level level);

// The number as the products see it.
float pk_rounded_to_bf16(float x);

#endif
