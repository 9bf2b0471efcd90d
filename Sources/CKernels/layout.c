#include "CKernels.h"

#include <string.h>

#pragma clang fp contract(off)

// Copies that compute nothing: windows, transposes, widening.

void pk_im2col(const float *x, pk_window w, size_t first, size_t count, float *columns) {
    const size_t row = w.kernel * w.channels;
    for (size_t p = first; p < first + count; p++) {
        ptrdiff_t top = (ptrdiff_t)(p / w.out_width * w.stride) - w.pad_top;
        ptrdiff_t left = (ptrdiff_t)(p % w.out_width * w.stride) - w.pad_left;
        for (size_t ky = 0; ky < w.kernel; ky++, columns += row) {
            ptrdiff_t y = top + (ptrdiff_t)ky;
            if (y < 0 || y >= (ptrdiff_t)w.height) {
                memset(columns, 0, row * sizeof(float));
                continue;
            }
            const float *line = x + (size_t)y * w.width * w.channels;
            if (left >= 0 && left + (ptrdiff_t)w.kernel <= (ptrdiff_t)w.width) {
                memcpy(columns, line + (size_t)left * w.channels, row * sizeof(float));
                continue;
            }
            for (size_t kx = 0; kx < w.kernel; kx++) {
                ptrdiff_t column = left + (ptrdiff_t)kx;
                float *to = columns + kx * w.channels;
                if (column < 0 || column >= (ptrdiff_t)w.width) memset(to, 0, w.channels * sizeof(float));
                else memcpy(to, line + (size_t)column * w.channels, w.channels * sizeof(float));
            }
        }
    }
}

void pk_col2im(const float *columns, pk_window w, size_t first, size_t count, size_t top, size_t bottom, float *x) {
    for (size_t p = first; p < first + count; p++) {
        ptrdiff_t window_top = (ptrdiff_t)(p / w.out_width * w.stride) - w.pad_top;
        ptrdiff_t window_left = (ptrdiff_t)(p % w.out_width * w.stride) - w.pad_left;
        for (size_t ky = 0; ky < w.kernel; ky++) {
            ptrdiff_t y = window_top + (ptrdiff_t)ky;
            if (y < (ptrdiff_t)top || y >= (ptrdiff_t)bottom) {
                columns += w.kernel * w.channels;
                continue;
            }
            for (size_t kx = 0; kx < w.kernel; kx++, columns += w.channels) {
                ptrdiff_t column = window_left + (ptrdiff_t)kx;
                if (column < 0 || column >= (ptrdiff_t)w.width) continue;
                float *to = x + ((size_t)y * w.width + (size_t)column) * w.channels;
                for (size_t c = 0; c < w.channels; c++) to[c] += columns[c];
            }
        }
    }
}

void pk_transpose(const float *x, size_t x_row, float *y, size_t y_row, size_t rows, size_t columns) {
    enum { BLOCK = 32 };
    for (size_t r0 = 0; r0 < rows; r0 += BLOCK)
        for (size_t c0 = 0; c0 < columns; c0 += BLOCK) {
            size_t r1 = r0 + BLOCK < rows ? r0 + BLOCK : rows, c1 = c0 + BLOCK < columns ? c0 + BLOCK : columns;
            for (size_t c = c0; c < c1; c++)
                for (size_t r = r0; r < r1; r++) y[c * y_row + r] = x[r * x_row + c];
        }
}

void pk_from_bf16(const void *x, float *y, size_t n) {
    const uint8_t *bytes = x;
    for (size_t i = 0; i < n; i++) {
        uint16_t half;
        memcpy(&half, bytes + 2 * i, 2);
        uint32_t bits = (uint32_t)half << 16;
        memcpy(y + i, &bits, 4);
    }
}

// A half is sign, 5 bits of exponent, 10 of fraction. Multiplying the shifted bits by 2^112 sets the exponent right,
// subnormals included; infinities and NaNs get the full exponent.
static void from_f16_portable(const void *x, float *y, size_t n) {
    const uint8_t *bytes = x;
    for (size_t i = 0; i < n; i++) {
        uint16_t half;
        memcpy(&half, bytes + 2 * i, 2);
        uint32_t magnitude = (uint32_t)(half & 0x7fff) << 13;
        float value;
        memcpy(&value, &magnitude, 4);
        value *= 0x1p112f;
        uint32_t bits;
        memcpy(&bits, &value, 4);
        if ((half & 0x7c00) == 0x7c00) bits = magnitude | 0x7f800000;
        bits |= (uint32_t)(half & 0x8000) << 16;
        memcpy(y + i, &bits, 4);
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx,f16c"))) static void from_f16_f16c(const void *x, float *y, size_t n) {
    const uint8_t *bytes = x;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(bytes + 2 * i))));
    from_f16_portable(bytes + 2 * i, y + i, n - i);
}

void pk_from_f16(const void *x, float *y, size_t n) {
    if (__builtin_cpu_supports("f16c")) from_f16_f16c(x, y, n);
    else from_f16_portable(x, y, n);
}
#else
void pk_from_f16(const void *x, float *y, size_t n) { from_f16_portable(x, y, n); }
#endif
