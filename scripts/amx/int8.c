// Compares the kernel for AMX in int8, its tiles simulated, with the others.
#include "tiles_simulated.h"

static void dot_products(int c, int a, int b) {
    check_product(c, a, b);
    for (int m = 0; m < config.rows[c]; m++)
        for (int n = 0; n < config.row_bytes[c] / 4; n++) {
            int32_t sum;
            memcpy(&sum, tiles[c][m] + 4 * n, 4);
            for (int k = 0; k < config.row_bytes[a]; k++)
                sum += (int32_t)tiles[a][m][k] * (int8_t)tiles[b][k / 4][4 * n + k % 4];
            memcpy(tiles[c][m] + 4 * n, &sum, 4);
        }
}

#undef _tile_dpbusd
#define _tile_dpbusd dot_products
#include "../../Sources/CKernels/int8.c"

int main(void) {
    const size_t depths[] = {1, 2, 3, 4, 63, 64, 65, 127, 320, 576, 639, 640};
    size_t compared = 0;
    for (int version = 0; version < 2; version++) {
        const pk_rounded_kernels *const kernels[4] = {
            &kernels_plain, &kernels_avx2, version ? &kernels_vnni : &kernels_avx512, &amx_kernels};
        if (version && !has_vnni()) continue;
        for (int round = 0; round < 300; round++) {
            const int kind = round % 5;
            const size_t m = 1 + number() % 70, n = 1 + number() % 70, k = depths[number() % 12];
            float *a = floats(m * k, kind), *b = floats(n * k, kind), *start = floats(n, kind);
            compared += compare("int8", kernels, m, n, k, a, b, round % 3 ? start : NULL);
            free(a), free(b), free(start);
        }
    }
    printf("%zu sums in int8 have the same bits by plain C, AVX2, AVX-512, VNNI and AMX's simulated tiles\n", compared);
}
