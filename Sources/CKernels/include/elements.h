#ifndef CKERNELS_ELEMENTS_H
#define CKERNELS_ELEMENTS_H

#include <stddef.h>
#include <stdint.h>

// How numbers are stored: each by itself, floats or integers of 8 bits, or in blocks of 32 or 256 that share scales (GGUF's, by ggml's
// names).
typedef enum {
    PK_F32, PK_F16, PK_BF16, PK_F8_E4M3, PK_F8_E5M2, PK_I8,
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

#endif
