// Compares the kernel for AMX with the others where there is no AMX: its tiles are arrays here, and its instructions the
// loops that Intel's manual gives for them (Architecture Instruction Set Extensions Programming Reference, chapter 3).
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
static float widened(uint16_t half) {
    const uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
__attribute__((target("fma"), noinline)) static void dot_products(int c, int a, int b) {
    check(a), check(b), check(c);
    must(config.rows[c] == config.rows[a] && config.row_bytes[a] == 4 * config.rows[b] &&
             config.row_bytes[c] == config.row_bytes[b],
         "tiles do not fit");
    const unsigned state = _mm_getcsr();
    _mm_setcsr(0x9fc0);
    for (int m = 0; m < config.rows[c]; m++)
        for (int n = 0; n < config.row_bytes[c] / 4; n++) {
            __m128 even = _mm_setzero_ps(), odd = _mm_setzero_ps(), sum;
            for (int k = 0; k < config.row_bytes[a] / 4; k++) {
                uint16_t x[2], y[2];
                memcpy(x, tiles[a][m] + 4 * k, 4);
                memcpy(y, tiles[b][k] + 4 * n, 4);
                even = _mm_fmadd_ss(_mm_set_ss(widened(x[0])), _mm_set_ss(widened(y[0])), even);
                odd = _mm_fmadd_ss(_mm_set_ss(widened(x[1])), _mm_set_ss(widened(y[1])), odd);
            }
            memcpy(&sum, (float[4]){0}, sizeof sum);
            float now;
            memcpy(&now, tiles[c][m] + 4 * n, 4);
            sum = _mm_add_ss(_mm_set_ss(now), _mm_add_ss(even, odd));
            now = _mm_cvtss_f32(sum);
            memcpy(tiles[c][m] + 4 * n, &now, 4);
        }
    _mm_setcsr(state);
}

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbf16ps
#define _tile_loadconfig load_config
#define _tile_release release_tiles
#define _tile_zero zero_tile
#define _tile_loadd load_tile
#define _tile_stored store_tile
#define _tile_dpbf16ps dot_products
#include "../../Sources/CKernels/bf16.c"

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

static void product(pk_gemm_level level, const pk_bf16_kernels *kernels, size_t m, size_t n, size_t k, const float *a,
                    const float *b, const float *start, float *c) {
    const pk_gemm_kernels *widening = pk_gemm_at(level);
    const size_t pairs = (k + 1) / 2, row = pairs * kernels->pair + 3, panels = (n + kernels->panel - 1) / kernels->panel;
    float *left = floats(m * row, 0), *panel = floats((k + 1) * kernels->panel, 0);
    float *packed = floats(panels * kernels->panel * pairs * kernels->pair, 0);
    kernels->round_rows(m, k, a, k, left, row);
    for (size_t j = 0; j < panels; j++) {
        const size_t first = j * kernels->panel, columns = n - first < kernels->panel ? n - first : kernels->panel;
        widening->pack((pk_gemm_operand){{b + first * k, PK_F32, 1, 0}, 1, k}, columns, k, panel);
        kernels->round_panel(k, panel, panel);
        memcpy(packed + j * kernels->panel * pairs * kernels->pair, panel,
               kernels->panel * pairs * kernels->pair * sizeof(float));
    }
    kernels->multiply(m, n, k, left, row, packed, start, 0, c, n);
    free(left), free(panel), free(packed);
}

// Rows whose sums come out a hair around 2^-126: 2^-126 + 2^-149 - i 2^-150 - j 2^-152 in the even elements.
static void fill_edges(size_t m, size_t n, size_t k, float *a, float *b) {
    for (size_t i = 0; i < m * k; i++) a[i] = 0;
    for (size_t i = 0; i < n * k; i++) b[i] = 0x1p-63f;
    for (size_t r = 0; r < m; r++) {
        float *row = a + r * k;
        row[0] = 0x1p-63f;
        row[2] = 0x1p-86f;
        row[4] = -(float)(r % 8) * 0x1p-87f;
        row[6] = -(float)(r / 8) * 0x1p-89f;
    }
}

int main(void) {
    const size_t depths[] = {1, 2, 31, 32, 33, 63, 64, 65, 97, 640, 641, 2816};
    size_t compared = 0;
    for (int round = 0; round < 600; round++) {
        const int kind = round % 5;
        const size_t m = 1 + number() % 70, n = 1 + number() % 70, k = depths[number() % (round < 560 ? 9 : 12)];
        float *a = floats(m * k, kind), *b = floats(n * k, kind == 1 ? 1 : kind), *start = floats(n, kind);
        if (round % 10 == 1 && k > 6) fill_edges(m, n, k, a, b);
        float *c[4];
        const pk_gemm_level levels[4] = {PK_GEMM_PORTABLE, PK_GEMM_AVX2, PK_GEMM_AVX512, PK_GEMM_AVX512};
        const pk_bf16_kernels *kernels[4] = {&plain_kernels, &kernels_avx2, &kernels_avx512, &amx_kernels};
        for (int level = 0; level < 4; level++) {
            if (!pk_gemm_at(levels[level])) continue;
            c[level] = floats(m * n, 0);
            product(levels[level], kernels[level], m, n, k, a, b, round % 3 ? start : NULL, c[level]);
            for (size_t i = 0; i < m * n; i++) {
                const float x = c[0][i], y = c[level][i];
                if (memcmp(&x, &y, 4) == 0 || (x != x && y != y)) continue;
                printf("kind %d, %zux%zux%zu, level %d: %a is not %a\n", kind, m, n, k, level, y, x);
                return 1;
            }
            compared += m * n;
        }
        for (int level = 0; level < 4; level++) free(c[level]);
        free(a), free(b), free(start);
    }
    printf("%zu sums have the same bits by plain C, AVX2, AVX-512 and AMX's simulated tiles\n", compared);
}
