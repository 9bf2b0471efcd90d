// Compares the kernel for AMX in bfloat16, its tiles simulated, with the others.
#include "tiles_simulated.h"

static float widened(uint16_t half) {
    const uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
__attribute__((target("fma"), noinline)) static void dot_products(int c, int a, int b) {
    check_product(c, a, b);
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

#undef _tile_dpbf16ps
#define _tile_dpbf16ps dot_products
#include "../../Sources/CKernels/bf16.c"

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
    const pk_rounded_kernels *const kernels[4] = {&plain_kernels, &kernels_avx2, &kernels_avx512, &amx_kernels};
    const size_t depths[] = {1, 2, 31, 32, 33, 63, 64, 65, 97, 640, 641, 2816};
    size_t compared = 0;
    for (int round = 0; round < 600; round++) {
        const int kind = round % 5;
        const size_t m = 1 + number() % 70, n = 1 + number() % 70, k = depths[number() % (round < 560 ? 9 : 12)];
        float *a = floats(m * k, kind), *b = floats(n * k, kind), *start = floats(n, kind);
        if (round % 10 == 1 && k > 6) fill_edges(m, n, k, a, b);
        compared += compare("bf16", kernels, m, n, k, a, b, round % 3 ? start : NULL);
        free(a), free(b), free(start);
    }
    printf("%zu sums in bfloat16 have the same bits by plain C, AVX2, AVX-512 and AMX's simulated tiles\n", compared);
}
