// AMX's tiles, as products of 32 x 32 sums use them: sixteen rows of 64 bytes each.

#include <immintrin.h>
#include <stdint.h>

enum { SIDE = 16, AMX_PANEL = 2 * SIDE, AMX_ROWS = 2 * SIDE };

typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_shapes;

// Tiles 0 ... 3 are the sums of up to 32 x 32 elements, 4 and 5 A's rows, 6 and 7 B's columns, of `bytes` bytes of k.
__attribute__((target("amx-tile"))) static inline void shape_tiles(size_t rows, size_t bytes) {
    tile_shapes shapes = {.palette = 1};
    for (size_t lower = 0; lower < 2; lower++) {
        const uint8_t height = (uint8_t)(rows < SIDE ? lower ? 0 : rows : lower ? rows - SIDE : SIDE);
        // A tile that is not used has some shape nevertheless.
        const uint8_t some = height > 0 ? height : 1;
        for (size_t right = 0; right < 2; right++) {
            shapes.rows[2 * lower + right] = some;
            shapes.row_bytes[2 * lower + right] = 4 * SIDE;
        }
        shapes.rows[4 + lower] = some;
        shapes.row_bytes[4 + lower] = (uint16_t)bytes;
        shapes.rows[6 + lower] = (uint8_t)(bytes / 4);
        shapes.row_bytes[6 + lower] = 4 * SIDE;
    }
    _tile_loadconfig(&shapes);
}
