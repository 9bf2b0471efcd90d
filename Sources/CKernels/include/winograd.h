#ifndef CKERNELS_WINOGRAD_H
#define CKERNELS_WINOGRAD_H

#include "gemm.h"

#include <stddef.h>

// Winograd's F(4x4, 3x3): sixteen outputs of a 3x3 convolution from 36 products per channel instead of 144.
//
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", at the points 0, +-5/8, +-3/2 and infinity, whose
// rounding errors are less than half of those of the paper's 0, +-1, +-2. In each of the 36 places of a transformed tile,
// products = inputs filters, a matrix product over the channels. The transforms work lane by lane without fused
// multiply-adds, so every instruction set gives the same bits.

enum { PK_WINOGRAD_PLACES = 36, PK_WINOGRAD_TILE = 4, PK_WINOGRAD_WINDOW = 6, PK_WINOGRAD_TAPS = 9 };

typedef struct {
    // `tiles` tiles side by side: pixels [6, 4 tiles + 2, channels] -> inputs [36, tiles, channels], `place` floats from
    // one place to the next and `row` from one tile to the next.
    void (*input)(const float *pixels, size_t tiles, size_t channels, float *inputs, size_t place, size_t row);
    // One panel of a product's right side, so many outputs wide: the taps of `channels` channels, `tap` floats
    // from one tap to the next and `channel` from one channel to the next -> filters [36, channels, panel], `place`
    // floats from one place to the next.
    void (*filters)(const float *taps, size_t tap, size_t channel, size_t channels, size_t panel, float *filters,
                    size_t place);
    // One tile: products [36, outputs] + add [outputs] (NULL for none) -> pixels [4, 4, outputs], of which the first
    // `height` rows and `width` columns are written, `line` floats from one row to the next and `pixel` from one column
    // to the next. Where `residual` is not NULL its floats, which lie as the pixels do and may be the pixels, are added.
    void (*output)(const float *products, size_t place, size_t outputs, const float *add, const float *residual,
                   float *pixels, size_t height, size_t width, size_t line, size_t pixel);
} pk_winograd;

// For one instruction set; NULL where this processor lacks it.
const pk_winograd *pk_winograd_at(pk_gemm_level level);

#endif
