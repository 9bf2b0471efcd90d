// AMX where there is none: its tiles are arrays here, and its instructions the loops that Intel's manual gives for them
// (Architecture Instruction Set Extensions Programming Reference, chapter 3).
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rounded.h"

typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} configuration;
static configuration config;
static uint8_t tiles[8][16][64];

static void must(int holds, const char *what) {
    if (holds) return;
    printf("%s\n", what);
    exit(1);
}
static void check(int t) {
    must(config.palette == 1, "tiles are not configured");
    must(config.rows[t] >= 1 && config.rows[t] <= 16, "rows of a tile");
    must(config.row_bytes[t] >= 4 && config.row_bytes[t] <= 64 && config.row_bytes[t] % 4 == 0, "bytes of a row");
}
static void load_config(const void *from) { memcpy(&config, from, sizeof config); }
static void release_tiles(void) { memset(&config, 0, sizeof config); }
static void zero_tile(int t) {
    check(t);
    memset(tiles[t], 0, sizeof tiles[t]);
}
static void load_tile(int t, const void *base, size_t stride) {
    check(t);
    memset(tiles[t], 0, sizeof tiles[t]);
    for (int r = 0; r < config.rows[t]; r++) memcpy(tiles[t][r], (const char *)base + r * stride, config.row_bytes[t]);
}
static void store_tile(int t, void *base, size_t stride) {
    check(t);
    for (int r = 0; r < config.rows[t]; r++) memcpy((char *)base + r * stride, tiles[t][r], config.row_bytes[t]);
}
static void check_product(int c, int a, int b) {
    check(a), check(b), check(c);
    must(config.rows[c] == config.rows[a] && config.row_bytes[a] == 4 * config.rows[b] &&
             config.row_bytes[c] == config.row_bytes[b],
         "tiles do not fit");
}

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#define _tile_loadconfig load_config
#define _tile_release release_tiles
#define _tile_zero zero_tile
#define _tile_loadd load_tile
#define _tile_stored store_tile

static uint32_t state = 1;
static uint32_t number(void) { return state = state * 1664525 + 1013904223, state >> 8; }
// 0: usual numbers; 1: so small that products are subnormal; 2: any exponent; 3: with infinities; 4: bfloat16 already.
static float sample(int kind) {
    const uint32_t exponents[5] = {120 + number() % 14, number() % 4 ? 58 + number() % 10 : number() % 70, number() % 255, 200 + number() % 56,
                                   120 + number() % 14};
    uint32_t bits = (number() & 1) << 31 | exponents[kind] << 23 | (number() & 0x7fffff);
    if (kind == 3 && number() % 50 > 0) bits = (bits & 0x807fffff) | 125u << 23;
    if (kind == 4) bits &= 0xffff0000;
    // Ties of rounding.
    if (number() % 4 == 0) bits = (bits & 0xffff0000) | 0x8000;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static float *floats(size_t count, int kind) {
    float *x = aligned_alloc(64, (count * sizeof(float) + 127) / 64 * 64);
    for (size_t i = 0; i < count; i++) x[i] = sample(kind);
    return x;
}

// A whole product by some kernels: both sides rounded, rows a little further apart than they need be.
static inline void product(pk_gemm_level level, const pk_rounded_kernels *kernels, size_t m, size_t n, size_t k,
                           const float *a, const float *b, const float *start, float *c) {
    const pk_gemm_kernels *widening = pk_gemm_at(level);
    const size_t groups = (k + kernels->group - 1) / kernels->group * kernels->group_size;
    const size_t row = kernels->row_head + groups + 3, panels = (n + kernels->panel - 1) / kernels->panel;
    const size_t panel_size = (kernels->panel_head + groups) * kernels->panel;
    float *left = floats(m * row, 0), *panel = floats((k + 1) * kernels->panel, 0), *packed = floats(panels * panel_size, 0);
    kernels->round_rows(m, k, a, k, left, row);
    for (size_t j = 0; j < panels; j++) {
        const size_t first = j * kernels->panel, columns = n - first < kernels->panel ? n - first : kernels->panel;
        widening->pack((pk_gemm_operand){{b + first * k, PK_F32, 1, 0}, 1, k}, columns, k, panel);
        kernels->round_panel(k, panel, packed + j * panel_size);
    }
    kernels->multiply(m, n, k, left, row, packed, start, 0, c, n);
    free(left), free(panel), free(packed);
}

// The same by four kernels, of which the first is plain C: exits where the bits of one are not its own.
static inline size_t compare(const char *what, const pk_rounded_kernels *const kernels[4], size_t m, size_t n, size_t k,
                             const float *a, const float *b, const float *start) {
    const pk_gemm_level levels[4] = {PK_GEMM_PORTABLE, PK_GEMM_AVX2, PK_GEMM_AVX512, PK_GEMM_AVX512};
    size_t compared = 0;
    float *plain = floats(m * n, 0), *c = floats(m * n, 0);
    for (int level = 0; level < 4; level++) {
        if (!pk_gemm_at(levels[level])) continue;
        float *to = level == 0 ? plain : c;
        product(levels[level], kernels[level], m, n, k, a, b, start, to);
        for (size_t i = 0; i < m * n; i++) {
            if (memcmp(&plain[i], &to[i], 4) == 0 || (plain[i] != plain[i] && to[i] != to[i])) continue;
            printf("%s, %zux%zux%zu, level %d: %a is not %a\n", what, m, n, k, level, to[i], plain[i]);
            exit(1);
        }
        compared += m * n;
    }
    free(plain), free(c);
    return compared;
}
