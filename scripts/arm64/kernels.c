// Runs every kernel on the same random numbers and prints a digest of the bits of each result: two processors that print
// the same give the same bits. check.sh compares them.
#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1003, ROWS = 37, CHANNELS = 43, BLOCK = 1 << 18 };

static uint64_t state = 7;
static float next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (float)(int32_t)(state >> 32) * (4.0f / 2147483648.0f);
}
static float *random_floats(size_t count) {
    float *x = aligned_alloc(64, (count * sizeof *x + 63) / 64 * 64);
    for (size_t i = 0; i < count; i++) x[i] = next();
    return x;
}

static void print(const char *name, const void *bytes, size_t size) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
    printf("%s %016llx\n", name, (unsigned long long)hash);
}
#define SHOW(name, y, count) print(name, y, (count) * sizeof *(y))

static float *a, *b, *y, *z;
static const size_t n = N, rows = ROWS, channels = CHANNELS, all = (size_t)ROWS * CHANNELS;

static void elementwise(void) {
    pk_add(a, b, y, n); SHOW("add", y, n);
    pk_sub(a, b, y, n); SHOW("sub", y, n);
    pk_mul(a, b, y, n); SHOW("mul", y, n);
    pk_affine(a, 1.7f, 0.3f, y, n); SHOW("affine", y, n);
    pk_accumulate(a, 0.7f, y, n); SHOW("accumulate", y, n);
    pk_add_row(a, b, y, rows, channels); SHOW("add_row", y, all);
    pk_mul_row(a, b, y, rows, channels); SHOW("mul_row", y, all);
    float sums[2] = {pk_dot(a, b, n), pk_sum(a, n)};
    SHOW("dot, sum", sums, 2);
    pk_silu(a, y, n); SHOW("silu", y, n);
    pk_sigmoid(a, y, n); SHOW("sigmoid", y, n);
    pk_gelu(a, y, n); SHOW("gelu", y, n);
    pk_quick_gelu(a, y, n); SHOW("quick_gelu", y, n);
    pk_leaky_relu(a, 0.2f, y, n); SHOW("leaky_relu", y, n);
    pk_exp(a, y, n); SHOW("exp", y, n);
    pk_silu_backward(a, b, y, n); SHOW("silu_backward", y, n);
    pk_gelu_backward(a, b, y, n); SHOW("gelu_backward", y, n);
    pk_quick_gelu_backward(a, b, y, n); SHOW("quick_gelu_backward", y, n);
    pk_leaky_relu_backward(a, 0.2f, b, y, n); SHOW("leaky_relu_backward", y, n);
    pk_rotate_pairs(a, b, b + n, y, n - 1); SHOW("rotate_pairs", y, n - 1);
}

static void rowwise(void) {
    pk_geglu(a, y, rows, channels); SHOW("geglu", y, all);
    pk_geglu_backward(a, b, y, rows, channels); SHOW("geglu_backward", y, 2 * all);
    memcpy(y, a, all * sizeof *y);
    memset(z, 0, rows * sizeof *z);
    pk_identity_softmax(y, channels / 16 * 16, rows, channels / 16 * 16, 0.7f, 7, 5, z);
    SHOW("identity_softmax", y, rows * (channels / 16 * 16)); SHOW("identity_softmax shares", z, rows);
    pk_add_projected(a, b, a, b, b, a, y, rows, channels); SHOW("add_projected", y, all);
    memcpy(y, a, all * sizeof *y);
    pk_softmax(y, rows, channels, 0.7f, 3, -1); SHOW("softmax", y, all);
    memcpy(z, b, all * sizeof *z);
    pk_softmax_backward(y, z, rows, channels, 0.7f); SHOW("softmax_backward", z, all);
    float top[ROWS], sum[ROWS];
    for (size_t r = 0; r < rows; r++) top[r] = -1, sum[r] = 2;
    const size_t stride = (channels + 15) / 16 * 16;
    memcpy(y, a, rows * stride * sizeof *y);
    memcpy(z, b, all * sizeof *z);
    pk_softmax_block(y, stride, rows, channels, 0.7f, 9, top, sum, z, channels, channels);
    SHOW("softmax_block", y, rows * stride - (stride - channels)); SHOW("softmax_block sums", sum, rows); SHOW("softmax_block output", z, all);
    pk_layer_norm(a, b, b + channels, 1e-5f, y, rows, channels); SHOW("layer_norm", y, all);
    memset(z, 0, channels * sizeof *z);
    pk_layer_norm_backward(a, b, 1e-5f, b + all, y, z, rows, channels);
    SHOW("layer_norm_backward", y, all); SHOW("layer_norm_backward weight", z, channels);
}

static void channelwise(void) {
    double sums[CHANNELS] = {0}, products[CHANNELS] = {0};
    pk_channel_sums(a, rows, channels, sums); SHOW("channel_sums", sums, channels);
    pk_channel_squares(a, b, rows, channels, sums); SHOW("channel_squares", sums, channels);
    pk_channel_affine(a, b, b + channels, y, rows, channels, 1); SHOW("channel_affine", y, all);
    pk_channel_gradient_sums(a, b + all, b, b + channels, a + all, 1, rows, channels, sums, products);
    SHOW("channel_gradient_sums", sums, channels); SHOW("channel_gradient_sums products", products, channels);
    pk_channel_affine_backward(a, b + all, b, b + channels, a + all, b + 99, b + 199, 1, y, rows, channels);
    SHOW("channel_affine_backward", y, all);
}

// As halves, or as bytes of smaller types, of which none makes a scale that is no number.
static uint16_t *as_bits(const float *x, size_t count, pk_element type) {
    uint16_t *bits = malloc(count * sizeof *bits);
    for (size_t i = 0; type > PK_BF16 && i < 2 * count; i++)
        ((uint8_t *)bits)[i] = ((const uint8_t *)x)[i] & 0x3b;
    for (size_t i = 0; type <= PK_BF16 && i < count; i++) {
        uint32_t word;
        memcpy(&word, x + i, 4);
        // The low bits of a random number are any half float but those that are no numbers.
        bits[i] = type == PK_BF16 ? (uint16_t)(word >> 16) : (uint16_t)((word >> 3 & 0xbbff));
    }
    return bits;
}

static void products(void) {
    const size_t m = 61, width = 75, k = 129;
    const pk_gemm_kernels *kernels = pk_gemm_at(pk_gemm_best());
    for (int type = PK_F32; type <= PK_Q6_K; type++) {
        for (int transposed = 0; transposed < 2; transposed++) {
            uint16_t *bits = as_bits(b, width * k, (pk_element)type);
            pk_gemm_operand right = {{type == PK_F32 ? (const void *)b : bits, (pk_element)type, 0.7f, 0},
                                     transposed ? 1 : width, transposed ? k : 1};
            kernels->pack(right, width, k, z);
            kernels->multiply((pk_product){.m = m, .n = width, .k = k, .a = a, .a_row = transposed ? 1 : k,
                                           .a_step = transposed ? m : 1, .packed = z, .start = a, .start_stride = 0,
                                           .c = y, .c_stride = width});
            char name[64];
            snprintf(name, sizeof name, "product, type %d%s", type, transposed ? ", transposed" : "");
            SHOW(name, y, m * width);
            free(bits);
        }
    }
}

// Usual numbers, and such as have products and sums below 2^-126.
static void rounded_products(const char *name, const pk_rounded_kernels *kernels) {
    const size_t m = 61, k = 129, panel = kernels->panel;
    const size_t groups = (k + kernels->group - 1) / kernels->group * kernels->group_size, row = kernels->row_head + groups;
    const float scales[] = {1, 0x1p-63f};
    for (size_t scale = 0; scale < 2; scale++) {
        for (size_t i = 0; i < k * (m > panel ? m : panel); i++) {
            a[i] *= scales[scale];
            b[i] *= scales[scale];
        }
        float *left = random_floats(m * row), *right = random_floats((kernels->panel_head + groups) * panel);
        kernels->round_rows(m, k, a, k, left, row);
        pk_gemm_at(pk_gemm_best())->pack((pk_gemm_operand){{b, PK_F32, 1, 0}, 1, k}, 16, k, z);
        kernels->round_panel(k, z, right);
        kernels->multiply(m, 16, k, left, row, right, NULL, 0, y, 16);
        printf("product in %s, %s: ", name, scale ? "tiny" : "usual");
        SHOW("bits", y, m * 16);
        free(left), free(right);
    }
}

static void winograd(void) {
    const pk_winograd *kernels = pk_winograd_at(pk_gemm_best());
    const size_t tiles = 3, place = tiles * channels;
    kernels->input(a, tiles, channels, y, place, channels); SHOW("winograd input", y, 36 * place);
    const size_t panel = 16;
    kernels->filters(a, channels * panel, panel, channels, panel, y, channels * panel);
    SHOW("winograd filters", y, 36 * channels * panel);
    memset(y, 0, 16 * channels * sizeof *y);
    kernels->output(a, channels, channels, b, NULL, y, 4, 3, 4 * channels, channels);
    SHOW("winograd output", y, 16 * channels);
}

int main(void) {
    a = random_floats(BLOCK), b = random_floats(BLOCK), y = random_floats(BLOCK), z = random_floats(BLOCK);
    elementwise();
    rowwise();
    channelwise();
    products();
    winograd();
    rounded_products("int8", pk_int8_at(pk_gemm_best()));
    rounded_products("bfloat16", pk_bf16_at(pk_gemm_best()));
    return 0;
}
