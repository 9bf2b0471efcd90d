#include "CKernels.h"

#pragma clang fp contract(off)

// Each number is computed alone and in one order, so wider vectors change no bit.
#if defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

WIDE
void pk_windows_down(const float *const *x, const float *const *y, const double *weights, size_t n, double *means_x,
                     double *means_y, double *squares, double *products) {
    for (size_t i = 0; i < n; i++) {
        double a = (double)x[5][i], b = (double)y[5][i];
        double mean_x = weights[0] * a, mean_y = weights[0] * b;
        double square = weights[0] * (a * a + b * b), product = weights[0] * (a * b);
        for (size_t k = 1; k <= 5; k++) {
            const double above_a = (double)x[5 - k][i], above_b = (double)y[5 - k][i];
            const double below_a = (double)x[5 + k][i], below_b = (double)y[5 + k][i];
            mean_x += weights[k] * (above_a + below_a);
            mean_y += weights[k] * (above_b + below_b);
            square += weights[k] * ((above_a * above_a + above_b * above_b) + (below_a * below_a + below_b * below_b));
            product += weights[k] * (above_a * above_b + below_a * below_b);
        }
        means_x[i] = mean_x;
        means_y[i] = mean_y;
        squares[i] = square;
        products[i] = product;
    }
}

#define ACROSS(v)                                                                                          \
    (weights[0] * (v)[i] + weights[1] * ((v)[i - step] + (v)[i + step]) +                                  \
     weights[2] * ((v)[i - 2 * step] + (v)[i + 2 * step]) + weights[3] * ((v)[i - 3 * step] + (v)[i + 3 * step]) + \
     weights[4] * ((v)[i - 4 * step] + (v)[i + 4 * step]) + weights[5] * ((v)[i - 5 * step] + (v)[i + 5 * step]))

WIDE
void pk_similarities(const double *means_x, const double *means_y, const double *squares, const double *products,
                     const double *weights, double range, ptrdiff_t step, ptrdiff_t n, double *similarities,
                     double *contrasts) {
    const double c1 = (0.01 * range) * (0.01 * range), c2 = (0.03 * range) * (0.03 * range);
    for (ptrdiff_t i = 0; i < n; i++) {
        const double x = ACROSS(means_x), y = ACROSS(means_y);
        const double both = x * y, own = x * x + y * y;
        const double covariance = ACROSS(products) - both, variances = ACROSS(squares) - own;
        similarities[i] = (2 * both + c1) * (2 * covariance + c2) / ((own + c1) * (variances + c2));
        contrasts[i] = (2 * covariance + c2) / (variances + c2);
    }
}

WIDE
void pk_weighted_rows(const double *const *rows, const double *weights, size_t count, size_t n, double *restrict sums) {
    for (size_t i = 0; i < n; i++) sums[i] = weights[0] * rows[0][i];
    size_t k = 1;
    // Four rows at a time: sums are read and written less often, and added to in the same order.
    for (; k + 4 <= count; k += 4) {
        const double *a = rows[k], *b = rows[k + 1], *c = rows[k + 2], *d = rows[k + 3];
        const double wa = weights[k], wb = weights[k + 1], wc = weights[k + 2], wd = weights[k + 3];
        for (size_t i = 0; i < n; i++) {
            double sum = sums[i];
            sum += wa * a[i];
            sum += wb * b[i];
            sum += wc * c[i];
            sum += wd * d[i];
            sums[i] = sum;
        }
    }
    for (; k < count; k++) {
        const double *row = rows[k];
        const double weight = weights[k];
        for (size_t i = 0; i < n; i++) sums[i] += weight * row[i];
    }
}
