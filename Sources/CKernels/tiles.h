// How a whole product of rounded numbers is made of tiles, and for which sets of instructions (sets.inc).

#include <stddef.h>
#include <string.h>

#include "sets.h"

// c[rows, panel] = start + a[rows, k] panel for so many rows. Two rows from `ahead` on are wanted soon.
typedef void (*tile_function)(size_t k, const float *a, size_t a_row, const float *panel, const float *start,
                              size_t start_stride, float *c, size_t c_stride, const float *ahead);

// A whole product by the tiles for 1 ... most rows, with panels `panel_size` floats apart. What is left of c's width goes by a
// panel of its own.
static inline void multiply_by_tiles(const tile_function *tiles, size_t most, size_t width, size_t panel_size, size_t m,
                                     size_t n, size_t k, const float *a, size_t a_row, const float *packed,
                                     const float *start, size_t start_stride, float *c, size_t c_stride) {
    float edge[16 * 32];
    for (size_t i = 0, rows; i < m; i += rows) {
        // What is left is split in two before it is less than a tile: few rows cannot keep the multipliers busy.
        const size_t left = m - i;
        rows = left >= 2 * most || left == most ? most : left > most ? (left + 1) / 2 : left;
        for (size_t j = 0; j < n; j += width) {
            const size_t columns = n - j < width ? n - j : width;
            const float *panel = packed + j / width * panel_size, *from = start ? start + i * start_stride + j : NULL;
            float *to = c + i * c_stride + j;
            // While this tile is computed, two rows of the next strip come closer.
            const size_t next = i + rows < m ? i + rows : i, row = 2 * (j / width);
            const float *ahead = a + (next + (row + 1 < rows && next + row + 1 < m ? row : 0)) * a_row;
            if (k > 0 && columns == width) {
                tiles[rows - 1](k, a + i * a_row, a_row, panel, from, start_stride, to, c_stride, ahead);
                continue;
            }
            memset(edge, 0, rows * width * sizeof(float));
            for (size_t r = 0; from && r < rows; r++)
                memcpy(edge + r * width, from + r * start_stride, columns * sizeof(float));
            if (k > 0) tiles[rows - 1](k, a + i * a_row, a_row, panel, edge, width, edge, width, ahead);
            for (size_t r = 0; r < rows; r++) memcpy(to + r * c_stride, edge + r * width, columns * sizeof(float));
        }
    }
}
