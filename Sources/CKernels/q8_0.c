#include <math.h>
#include <string.h>

#include "elements.h"

#pragma clang fp contract(off)

// A block as ggml has it: half a float, and 32 integers.
enum { NUMBERS = 32, BYTES = 2 + NUMBERS };

// To nearest, ties to even, by adding: floats from 2^23 on have no fractions.
#define WHOLE 0x1.8p23f

static const uint32_t INFINITE_BITS = 0x7f800000, NAN_HALF = 0x7e00, INFINITE_HALF = 0x7c00;

static uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

// The nearest half of a number that is not negative, ties to even; and that half as a float.
static uint32_t half_of(float x, float *value) {
    if (x >= 65520) {
        *value = INFINITY;
        return INFINITE_HALF;
    }
    if (x < 0x1p-14f) {
        // Floats from 1/2 on have the steps of subnormal halves.
        const float moved = x + 0.5f;
        *value = moved - 0.5f;
        return bits_of(moved) - bits_of(0.5f);
    }
    const uint32_t bits = bits_of(x), rounded = bits + 0xfff + (bits >> 13 & 1);
    *value = float_of(rounded & 0xffffe000);
    return (rounded >> 13) - (112u << 10);
}

static void round_block(const float *x, uint8_t *block) {
    uint32_t most = 0;
    for (int i = 0; i < NUMBERS; i++) {
        const uint32_t magnitude = bits_of(x[i]) & 0x7fffffff;
        most = magnitude > most ? magnitude : most;
    }
    float scale = 0;
    const uint32_t half = most < INFINITE_BITS ? half_of(float_of(most) / 127, &scale) : NAN_HALF;
    block[0] = (uint8_t)half;
    block[1] = (uint8_t)(half >> 8);
    if (scale == 0 || scale == INFINITY) {
        memset(block + 2, 0, NUMBERS);
        return;
    }
    const float inverse = 1 / scale;
    for (int i = 0; i < NUMBERS; i++) {
        const float y = x[i] * inverse;
        const float limited = y > 127 ? 127 : y < -127 ? -127 : y;
        block[2 + i] = (uint8_t)(int32_t)(limited + WHOLE - WHOLE);
    }
}

void pk_round_to_q8_0(const float *x, size_t count, void *blocks) {
    uint8_t *block = blocks;
    for (size_t first = 0; first < count; first += NUMBERS, block += BYTES) {
        if (count - first >= NUMBERS) {
            round_block(x + first, block);
            continue;
        }
        float last[NUMBERS] = {0};
        memcpy(last, x + first, (count - first) * sizeof(float));
        round_block(last, block);
    }
}
