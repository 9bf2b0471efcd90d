import Graph

/// A picture in tiles, each of which is seen with some of its surroundings, so that its edge is made of what lies there.
struct PictureTiles {
    struct Tile {
        /// What becomes of the result; all tiles together are the picture.
        let kept: PictureBox
        /// What the network is shown.
        let seen: PictureBox

        /// Where what is kept lies in what a network made of what it was shown.
        func kept(times scale: Int) -> PictureBox {
            PictureBox(
                x: (kept.x - seen.x) * scale,
                y: (kept.y - seen.y) * scale,
                width: kept.width * scale,
                height: kept.height * scale
            )
        }
    }

    let tiles: [Tile]

    /// - Parameters:
    ///   - side: of a tile
    ///   - surroundings: on each side of it that is not the picture's edge
    init(_ size: PictureSize, side: Int, surroundings: Int) {
        func spans(_ length: Int) -> [(kept: Range<Int>, seen: Range<Int>)] {
            stride(from: 0, to: length, by: side).map { start in
                let end = min(length, start + side)
                return (start..<end, max(0, start - surroundings)..<min(length, end + surroundings))
            }
        }
        func box(_ x: Range<Int>, _ y: Range<Int>) -> PictureBox {
            PictureBox(x: x.lowerBound, y: y.lowerBound, width: x.count, height: y.count)
        }
        tiles = spans(size.height).flatMap { row in
            spans(size.width).map { column in
                Tile(kept: box(column.kept, row.kept), seen: box(column.seen, row.seen))
            }
        }
    }
}
