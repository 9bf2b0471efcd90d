#ifndef CKERNELS_ELEMENTS_H
#define CKERNELS_ELEMENTS_H

#include <stddef.h>
#include <stdint.h>

// How the numbers of a file are stored: each by itself, or in blocks of 32 or 256 that share scales (GGUF's, by ggml's
// names).
typedef enum {
    PK_F32, PK_F16, PK_BF16, PK_F8_E4M3, PK_F8_E5M2,
    PK_Q4_0, PK_Q4_1, PK_Q5_0, PK_Q5_1, PK_Q8_0, PK_Q4_K, PK_Q5_K, PK_Q6_K,
} pk_element;

// Numbers in memory, at any alignment. What F32, F16 and BF16 do not need is 0.
typedef struct {
    const void *base;
    pk_element type;
    // What numbers of 8 bits are multiplied by.
    float scale;
    // Of numbers in blocks, the place of the first one, counted from base.
    size_t first;
} pk_numbers;

// Of a block: how many numbers, and in how many bytes.
typedef struct {
    size_t numbers, bytes;
} pk_block;
pk_block pk_block_of(pk_element type);

// Writes the numbers first ..< first + count of x as floats. Blocks mean what ggml's dequantize_row_* computes: float32,
// each operation rounded, none fused; the same bits on every machine.
void pk_widen(pk_numbers x, size_t first, size_t count, float *y);

// Makes blocks of Q8_0 of `count` floats, the last one filled up with zeros. The scale is the largest magnitude / 127 as a
// half, the integers are x (1 / scale), each to nearest, ties to even, and at most 127. Where a number of a block is infinite
// or NaN, all are NaN.
void pk_round_to_q8_0(const float *x, size_t count, void *blocks);

#endif
