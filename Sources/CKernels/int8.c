#include "int8.h"

#include <math.h>

#include "tiles.h"

#pragma clang fp contract(off)

// To nearest, ties to even, by adding: floats from 2^23 on have no fractions.
#define WHOLE 0x1.8p23f

// A row has its scale, its zero, and its integers; a panel its columns' scales, the sums of their integers, and these.
enum { ROW_HEAD = 2, PANEL_HEAD = 2 };

typedef int32_t any_int __attribute__((may_alias));

// What is below the first counts as zero; the second is infinite, and NaN is beyond it.
static const uint32_t SMALLEST_BITS = 0x0d800000, INFINITE_BITS = 0x7f800000;

static INLINE uint32_t magnitude(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 0x7fffffff;
}

// MARK: - Plain C

#define MOST_ROWS_plain 4
#define IN_WORD_plain 4
#define LANES 8
#define SET plain
typedef int32_t ints_plain __attribute__((vector_size(4 * LANES), aligned(4)));
static INLINE ints_plain dot_plain(ints_plain sums, ints_plain panel, int32_t row) {
    // Bytes of a word, the lowest first; the panel's with their signs.
    UNROLL for (int byte = 0; byte < 4; byte++) sums += (panel << (24 - 8 * byte) >> 24) * (row >> 8 * byte & 0xff);
    return sums;
}
#include "int8.inc"
#undef LANES
#undef SET

#if defined(__x86_64__)

#include <immintrin.h>

// MARK: - AVX2, AVX-512: pairs of 16 bits

// 5 x 16 of 16 registers of 8 integers, 12 x 32 of 32 registers of 16.
#define MOST_ROWS_avx2 5
#define MOST_ROWS_avx512 12
#define IN_WORD_avx2 2
#define IN_WORD_avx512 2
typedef int32_t ints_avx2 __attribute__((vector_size(32), aligned(4)));
typedef int32_t ints_avx512 __attribute__((vector_size(64), aligned(4)));
__attribute__((target(TARGET_AVX2))) static INLINE ints_avx2 dot_avx2(ints_avx2 sums, ints_avx2 panel, int32_t row) {
    return sums + (ints_avx2)_mm256_madd_epi16((__m256i)panel, _mm256_set1_epi32(row));
}
__attribute__((target(TARGET_AVX512))) static INLINE ints_avx512 dot_avx512(ints_avx512 sums, ints_avx512 panel,
                                                                            int32_t row) {
    return sums + (ints_avx512)_mm512_madd_epi16((__m512i)panel, _mm512_set1_epi32(row));
}
#define INNER "int8.inc"
#include "sets.inc"

// MARK: - VNNI

#define TARGET_VNNI "avx512vnni," TARGET_AVX512
#define MOST_ROWS_vnni 12
#define IN_WORD_vnni 4
#define LANES 16
#define SET vnni
#pragma clang attribute push(__attribute__((target(TARGET_VNNI))), apply_to = function)
typedef int32_t ints_vnni __attribute__((vector_size(4 * LANES), aligned(4)));
static INLINE ints_vnni dot_vnni(ints_vnni sums, ints_vnni panel, int32_t row) {
    return (ints_vnni)_mm512_dpbusd_epi32((__m512i)sums, _mm512_set1_epi32(row), (__m512i)panel);
}
#include "int8.inc"
#pragma clang attribute pop
#undef LANES
#undef SET

// MARK: - AMX

#include "amx.h"

// Rows and panels as for VNNI, with zeros up to whole tiles of 64 bytes of k.
enum { TILE_BYTES = 64 };

static void amx_round_rows(size_t m, size_t k, const float *a, size_t a_row, float *rounded, size_t rounded_row) {
    const size_t groups = (k + IN_WORD_vnni - 1) / IN_WORD_vnni, whole = (k + TILE_BYTES - 1) / TILE_BYTES * SIDE;
    round_rows_vnni(m, k, a, a_row, rounded, rounded_row);
    for (size_t r = 0; groups < whole && r < m; r++)
        memset(rounded + r * rounded_row + ROW_HEAD + groups, 0, (whole - groups) * sizeof(float));
}

static void amx_round_panel(size_t k, const float *floats, float *rounded) {
    const size_t words = (k + IN_WORD_vnni - 1) / IN_WORD_vnni, whole = (k + TILE_BYTES - 1) / TILE_BYTES * SIDE;
    round_panel_vnni(k, floats, rounded);
    memset(rounded + (PANEL_HEAD + words) * AMX_PANEL, 0, (whole - words) * AMX_PANEL * sizeof(float));
}

#pragma clang attribute push(__attribute__((target("amx-tile,amx-int8," TARGET_VNNI))), \
                             apply_to = function)

// The sums of the products of up to 32 rows and a panel; `lower` says whether there are more than 16.
static INLINE void amx_sums(const int lower, size_t tiles, const float *a, size_t a_row, const float *panel,
                            int32_t *sums) {
    const float *left = a + ROW_HEAD, *right = panel + PANEL_HEAD * AMX_PANEL;
    _tile_zero(0);
    _tile_zero(1);
    if (lower) _tile_zero(2);
    if (lower) _tile_zero(3);
    for (size_t tile = 0; tile < tiles; tile++, left += SIDE, right += SIDE * AMX_PANEL) {
        _tile_loadd(6, right, AMX_PANEL * sizeof(float));
        _tile_loadd(7, right + SIDE, AMX_PANEL * sizeof(float));
        _tile_loadd(4, left, a_row * sizeof(float));
        _tile_dpbusd(0, 4, 6);
        _tile_dpbusd(1, 4, 7);
        if (lower) _tile_loadd(5, left + SIDE * a_row, a_row * sizeof(float));
        if (lower) _tile_dpbusd(2, 5, 6);
        if (lower) _tile_dpbusd(3, 5, 7);
    }
    _tile_stored(0, sums, AMX_PANEL * sizeof(int32_t));
    _tile_stored(1, sums + SIDE, AMX_PANEL * sizeof(int32_t));
    if (lower) _tile_stored(2, sums + SIDE * AMX_PANEL, AMX_PANEL * sizeof(int32_t));
    if (lower) _tile_stored(3, sums + SIDE * AMX_PANEL + SIDE, AMX_PANEL * sizeof(int32_t));
}

static void amx_tile(size_t rows, size_t tiles, const float *a, size_t a_row, const float *panel, const float *start,
                     size_t start_stride, float *c, size_t c_stride) {
    int32_t sums[AMX_ROWS * AMX_PANEL] __attribute__((aligned(64)));
    if (rows > SIDE) amx_sums(1, tiles, a, a_row, panel, sums);
    else amx_sums(0, tiles, a, a_row, panel, sums);
    for (size_t r = 0; r < rows; r++) {
        const int32_t zero = *((const any_int *)(a + r * a_row) + 1);
        for (size_t h = 0; h < AMX_PANEL; h += SIDE) {
            const ints_vnni taken = zero * load_ints_vnni(panel + AMX_PANEL + h);
            const ints_vnni sum = *(const ints_vnni *)(sums + r * AMX_PANEL + h) - taken;
            const vector_vnni scale = a[r * a_row] * load_vnni(panel + h);
            const vector_vnni from = start ? load_vnni(start + r * start_stride + h) : (vector_vnni){0};
            *(vector_vnni *)(c + r * c_stride + h) =
                __builtin_elementwise_fma(__builtin_convertvector(sum, vector_vnni), scale, from);
        }
    }
}

static void amx_multiply(size_t m, size_t n, size_t k, const float *a, size_t a_row, const float *packed,
                         const float *start, size_t start_stride, float *c, size_t c_stride) {
    const size_t tiles = (k + TILE_BYTES - 1) / TILE_BYTES, panel_size = (PANEL_HEAD + tiles * SIDE) * AMX_PANEL;
    for (size_t i = 0, height = 0; i < m; i += height) {
        const size_t rows = m - i < AMX_ROWS ? m - i : AMX_ROWS;
        if (rows != height) shape_tiles(rows, TILE_BYTES);
        height = rows;
        for (size_t j = 0; j < n; j += AMX_PANEL) {
            const float *panel = packed + j / AMX_PANEL * panel_size, *left = a + i * a_row;
            const float *from = start ? start + i * start_stride + j : NULL;
            float *to = c + i * c_stride + j;
            const size_t columns = n - j < AMX_PANEL ? n - j : AMX_PANEL;
            if (columns == AMX_PANEL) {
                amx_tile(rows, tiles, left, a_row, panel, from, start_stride, to, c_stride);
                continue;
            }
            float edge[AMX_ROWS * AMX_PANEL] = {0};
            for (size_t r = 0; from && r < rows; r++)
                memcpy(edge + r * AMX_PANEL, from + r * start_stride, columns * sizeof(float));
            amx_tile(rows, tiles, left, a_row, panel, edge, AMX_PANEL, edge, AMX_PANEL);
            for (size_t r = 0; r < rows; r++)
                memcpy(to + r * c_stride, edge + r * AMX_PANEL, columns * sizeof(float));
        }
    }
    _tile_release();
}
#pragma clang attribute pop

static const pk_rounded_kernels amx_kernels = {
    .panel = AMX_PANEL,
    .rows = AMX_ROWS,
    .depth = 64,
    .group = TILE_BYTES,
    .group_size = SIDE,
    .row_head = ROW_HEAD,
    .panel_head = PANEL_HEAD,
    .round_rows = amx_round_rows,
    .round_panel = amx_round_panel,
    .multiply = amx_multiply,
};

static int has_vnni(void) { return __builtin_cpu_supports("avx512vnni"); }

const pk_rounded_kernels *pk_int8_at(pk_gemm_level level) {
    if (!pk_gemm_at(level)) return NULL;
    switch (level) {
    case PK_GEMM_AVX2: return &kernels_avx2;
    case PK_GEMM_AVX512: return has_vnni() ? &kernels_vnni : &kernels_avx512;
    case PK_GEMM_AMX: return __builtin_cpu_supports("amx-int8") ? &amx_kernels : pk_int8_at(PK_GEMM_AVX512);
    default: return &kernels_plain;
    }
}

int pk_int8_is_fast(pk_gemm_level level) { return level >= PK_GEMM_AVX512 && has_vnni(); }
#else
const pk_rounded_kernels *pk_int8_at(pk_gemm_level level) { return pk_gemm_at(level) ? &kernels_plain : NULL; }

int pk_int8_is_fast(pk_gemm_level level) {
    (void)level;
    return 0;
}
#endif
