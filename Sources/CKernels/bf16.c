#define _GNU_SOURCE
#include "bf16.h"

#include "tiles.h"

#include <math.h>
#include <string.h>

#pragma clang fp contract(off)

// MARK: - Rounding

static INLINE uint32_t rounded_bits(uint32_t x) {
    const uint32_t magnitude = x & 0x7fffffff;
    if (magnitude > 0x7f800000) return (x | 0x00400000) & 0xffff0000;
    if (magnitude < 0x00800000) return x & 0x80000000;
    return (x + 0x7fff + (x >> 16 & 1)) & 0xffff0000;
}

float pk_rounded_to_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = rounded_bits(bits);
    memcpy(&x, &bits, sizeof bits);
    return x;
}

// MARK: - Plain C

enum { PLAIN_PANEL = 16 };
#define MOST_ROWS_plain 6

// Zero for what is below 2^-126.
static INLINE float flushed(float x) { return fabsf(x) < 0x1p-126f ? copysignf(0, x) : x; }

// a b + c, rounded once, where a and b are bfloat16 and c is no subnormal. What is a hair below 2^-126 rounds up to it among
// subnormals; but it is below 2^-126 if it is rounded as if there were no end to exponents, and so zero.
static float fused(float a, float b, float c) {
    const float x = fmaf(a, b, c);
    if (fabsf(x) != 0x1p-126f) return flushed(x);
    // The sum as two doubles (Knuth's), its sign that of x.
    const double product = (double)a * b, sum = product + c, part = sum - product;
    const double rest = (product - (sum - part)) + (c - part), sign = x < 0 ? -1 : 1;
    const double least = 0x1p-126 - 0x1p-151, above = (sign * sum - least) + sign * rest;
    return above < 0 ? copysignf(0, x) : x;
}

static void plain_round_rows(size_t m, size_t k, const float *a, size_t a_row, float *rounded, size_t rounded_row) {
    for (size_t r = 0; r < m; r++) {
        for (size_t l = 0; l < k; l++) rounded[r * rounded_row + l] = pk_rounded_to_bf16(a[r * a_row + l]);
        if (k % 2) rounded[r * rounded_row + k] = 0;
    }
}

static void plain_round_panel(size_t k, const float *floats, float *rounded) {
    for (size_t i = 0; i < k * PLAIN_PANEL; i++) rounded[i] = pk_rounded_to_bf16(floats[i]);
    if (k % 2) memset(rounded + k * PLAIN_PANEL, 0, PLAIN_PANEL * sizeof(float));
}

static void plain_row(size_t k, const float *a, const float *panel, const float *start, float *c) {
    for (size_t first = 0; first < k; first += PK_BF16_DEPTH) {
        const size_t end = k - first < PK_BF16_DEPTH ? k : first + PK_BF16_DEPTH;
        for (size_t j = 0; j < PLAIN_PANEL; j++) {
            float even = 0, odd = 0;
            for (size_t l = first; l < end; l += 2) {
                even = fused(a[l], panel[l * PLAIN_PANEL + j], even);
                odd = fused(a[l + 1], panel[(l + 1) * PLAIN_PANEL + j], odd);
            }
            // Additions are exact where their results are below 2^-126.
            c[j] = flushed(flushed(start ? start[j] : 0) + flushed(even + odd));
        }
        start = c;
    }
}

static INLINE void tile_plain(size_t rows, size_t k, const float *a, size_t a_row, const float *panel, const float *start,
                              size_t start_stride, float *c, size_t c_stride, const float *ahead) {
    (void)ahead;
    for (size_t r = 0; r < rows; r++)
        plain_row(k, a + r * a_row, panel, start ? start + r * start_stride : NULL, c + r * c_stride);
}
#define SET plain
#include "tiles.inc"
#undef SET

static void plain_multiply(size_t m, size_t n, size_t k, const float *a, size_t a_row, const float *packed,
                           const float *start, size_t start_stride, float *c, size_t c_stride) {
    const size_t depth = k + k % 2;
    multiply_by_tiles(tiles_plain, MOST_ROWS_plain, PLAIN_PANEL, depth * PLAIN_PANEL, m, n, depth, a, a_row, packed, start,
                      start_stride, c, c_stride);
}

static const pk_rounded_kernels plain_kernels = {
    .panel = PLAIN_PANEL,
    .rows = MOST_ROWS_plain,
    .depth = PK_BF16_DEPTH,
    .group = 2,
    .group_size = 2,
    .round_rows = plain_round_rows,
    .round_panel = plain_round_panel,
    .multiply = plain_multiply,
};

#if defined(__x86_64__)

#include <immintrin.h>

// MARK: - AVX2, AVX-512

// Exceptions masked, to nearest, subnormals read and written as zero.
#define FLUSHING 0x9fc0

// 3 x 16 of 16 registers of 8 floats, 7 x 32 of 32 registers of 16.
#define MOST_ROWS_avx2 3
#define MOST_ROWS_avx512 7
#define INNER "bf16.inc"
#include "sets.inc"

// MARK: - AMX

#include "amx.h"

#pragma clang attribute push(__attribute__((target(TARGET_AVX512))), apply_to = function)

// Pairs of adjacent k side by side, the even one first.
static INLINE __m512i pairs_of(words_avx512 even, words_avx512 odd) {
    return (__m512i)(rounded_avx512(even) >> 16 | rounded_avx512(odd));
}

static void amx_round_rows(size_t m, size_t k, const float *a, size_t a_row, float *rounded, size_t rounded_row) {
    for (size_t r = 0; r < m; r++) {
        const float *from = a + r * a_row;
        uint16_t *to = (uint16_t *)(rounded + r * rounded_row);
        size_t l = 0;
        for (; l + SIDE <= k; l += SIDE) {
            const words_avx512 high = rounded_avx512(*(const words_avx512 *)(from + l)) >> 16;
            _mm256_storeu_si256((__m256i *)(to + l), _mm512_cvtepi32_epi16((__m512i)high));
        }
        for (; l < k; l++) {
            uint32_t bits;
            memcpy(&bits, from + l, sizeof bits);
            to[l] = (uint16_t)(rounded_bits(bits) >> 16);
        }
        if (k % 2) to[k] = 0;
    }
}

static void amx_round_panel(size_t k, const float *floats, float *rounded) {
    for (size_t l = 0; l < k; l += 2, floats += 2 * AMX_PANEL, rounded += AMX_PANEL) {
        __m512i pairs[2];
        for (size_t h = 0; h < 2; h++) {
            const float *even = floats + h * SIDE;
            const words_avx512 zeros = {0};
            pairs[h] = pairs_of(*(const words_avx512 *)even,
                                l + 1 < k ? *(const words_avx512 *)(even + AMX_PANEL) : zeros);
        }
        _mm512_storeu_si512(rounded, pairs[0]);
        _mm512_storeu_si512(rounded + SIDE, pairs[1]);
    }
}
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16," TARGET_AVX512))), apply_to = function)

// The sums of whole blocks, or of the last one; `lower` says whether there are more than 16 rows.
static INLINE void amx_blocks(const int lower, size_t blocks, const float *a, size_t a_row, const float *panel,
                              const float *start, size_t start_stride, float *c, size_t c_stride) {
    const size_t from = start_stride * sizeof(float), to = c_stride * sizeof(float);
    if (start) {
        _tile_loadd(0, start, from);
        _tile_loadd(1, start + SIDE, from);
        if (lower) _tile_loadd(2, start + SIDE * start_stride, from);
        if (lower) _tile_loadd(3, start + SIDE * start_stride + SIDE, from);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        if (lower) _tile_zero(2);
        if (lower) _tile_zero(3);
    }
    for (size_t block = 0; block < blocks; block++) {
        const float *left = a + block * (PK_BF16_DEPTH / 2);
        const float *right = panel + block * (PK_BF16_DEPTH / 2) * AMX_PANEL;
        _tile_loadd(6, right, AMX_PANEL * sizeof(float));
        _tile_loadd(7, right + SIDE, AMX_PANEL * sizeof(float));
        _tile_loadd(4, left, a_row * sizeof(float));
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        if (lower) _tile_loadd(5, left + SIDE * a_row, a_row * sizeof(float));
        if (lower) _tile_dpbf16ps(2, 5, 6);
        if (lower) _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, c, to);
    _tile_stored(1, c + SIDE, to);
    if (lower) _tile_stored(2, c + SIDE * c_stride, to);
    if (lower) _tile_stored(3, c + SIDE * c_stride + SIDE, to);
}

static void amx_panel(size_t rows, size_t blocks, const float *a, size_t a_row, const float *panel,
                      const float *start, size_t start_stride, float *c, size_t c_stride) {
    if (rows > SIDE) amx_blocks(1, blocks, a, a_row, panel, start, start_stride, c, c_stride);
    else amx_blocks(0, blocks, a, a_row, panel, start, start_stride, c, c_stride);
}

// All panels for rows of which all strips have one height, with blocks of one depth.
static void amx_strips(size_t m, size_t height, size_t n, size_t depth, size_t blocks, size_t panel_size,
                       const float *a, size_t a_row, const float *packed, const float *start, size_t start_stride,
                       float *c, size_t c_stride) {
    shape_tiles(height, 2 * depth);
    for (size_t i = 0; i < m; i += height) {
        for (size_t j = 0; j < n; j += AMX_PANEL) {
            const float *panel = packed + j / AMX_PANEL * panel_size, *left = a + i * a_row;
            const float *from = start ? start + i * start_stride + j : NULL;
            float *to = c + i * c_stride + j;
            if (n - j >= AMX_PANEL) {
                amx_panel(height, blocks, left, a_row, panel, from, start_stride, to, c_stride);
                continue;
            }
            float edge[AMX_ROWS * AMX_PANEL] = {0};
            const size_t columns = n - j;
            for (size_t r = 0; from && r < height; r++)
                memcpy(edge + r * AMX_PANEL, from + r * start_stride, columns * sizeof(float));
            amx_panel(height, blocks, left, a_row, panel, edge, AMX_PANEL, edge, AMX_PANEL);
            for (size_t r = 0; r < height; r++)
                memcpy(to + r * c_stride, edge + r * AMX_PANEL, columns * sizeof(float));
        }
    }
}

static void amx_multiply(size_t m, size_t n, size_t k, const float *a, size_t a_row, const float *packed,
                         const float *start, size_t start_stride, float *c, size_t c_stride) {
    if (k == 0) return plain_multiply(m, n, k, a, a_row, packed, start, start_stride, c, c_stride);
    const size_t pairs = (k + 1) / 2, whole = k / PK_BF16_DEPTH, rest = 2 * (pairs - whole * (PK_BF16_DEPTH / 2));
    const size_t upper = m / AMX_ROWS * AMX_ROWS;
    // Whole blocks and then the last one, of whole strips and then of the last one.
    for (size_t part = 0; part < 2; part++) {
        const size_t depth = part == 0 ? PK_BF16_DEPTH : rest, blocks = part == 0 ? whole : 1;
        if (depth == 0 || blocks == 0) continue;
        const float *left = part == 0 ? a : a + whole * (PK_BF16_DEPTH / 2);
        const float *right = part == 0 ? packed : packed + whole * (PK_BF16_DEPTH / 2) * AMX_PANEL;
        const int goes_on = part == 1 && whole > 0;
        const float *from = goes_on ? c : start;
        const size_t stride = goes_on ? c_stride : start_stride;
        if (upper > 0)
            amx_strips(upper, AMX_ROWS, n, depth, blocks, pairs * AMX_PANEL, left, a_row, right, from, stride, c,
                       c_stride);
        if (m > upper)
            amx_strips(m - upper, m - upper, n, depth, blocks, pairs * AMX_PANEL, left + upper * a_row, a_row, right,
                       from ? from + upper * stride : NULL, stride, c + upper * c_stride, c_stride);
    }
    _tile_release();
}
#pragma clang attribute pop

static const pk_rounded_kernels amx_kernels = {
    .panel = AMX_PANEL,
    .rows = AMX_ROWS,
    .depth = PK_BF16_DEPTH,
    .group = 2,
    .group_size = 1,
    .round_rows = amx_round_rows,
    .round_panel = amx_round_panel,
    .multiply = amx_multiply,
};

const pk_rounded_kernels *pk_bf16_at(pk_gemm_level level) {
    switch (level) {
    case PK_GEMM_AVX2: return pk_gemm_at(level) ? &kernels_avx2 : NULL;
    case PK_GEMM_AVX512: return pk_gemm_at(level) ? &kernels_avx512 : NULL;
    case PK_GEMM_AMX: return pk_gemm_at(level) ? &amx_kernels : NULL;
    default: return pk_gemm_at(level) ? &plain_kernels : NULL;
    }
}
#else
const pk_rounded_kernels *pk_bf16_at(pk_gemm_level level) { return pk_gemm_at(level) ? &plain_kernels : NULL; }
#endif
