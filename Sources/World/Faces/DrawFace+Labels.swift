import Imaging
import Kernels

extension DrawnFace {
    /// What each pixel of `drawFace(identity, in: scene, size: size)` shows.
    ///
    /// The labels follow a style that bends forms: pixel art has one label per cell, and a watercolour's wavering edges
    /// and unpainted border (background) are in them. Brush strokes, hatching, halftone and glow leave forms where they
    /// are; a pencil's lines waver by at most a four-hundredth of the picture, which the labels leave out.
    public static func labels(of identity: FaceIdentity, in scene: FaceScene, size: Int) -> FaceLabelMap {
        require((16...4096).contains(size), "a size of \(size) is not in 16...4096")
        return FacePainter.labels(of: [FacePainter(identity, scene, size: size)], in: scene, size: size)
    }
}

extension FacePainter {
    /// The labels of people in one picture, from back to front.
    static func labels(of painters: [FacePainter], in scene: FaceScene, size: Int) -> FaceLabelMap {
        let side = scene.style == .pixelArt ? FaceDrawing.cells(forSize: size) : size
        var labels = FaceLabelPainter(size: side)
        for painter in painters { labels.add(painter, scale: Double(side) / Double(size)) }
        switch scene.style {
        case .pixelArt:
            let cells = labels.map
            return FaceLabelMap(
                size: size,
                values: (0..<size * size).map { i in
                    cells.values[i / size * side / size * side + i % size * side / size]
                }
            )
        case .watercolor:
            let washes = FaceDrawing.Washes(scene, size: size)
            var map = labels.map.sampled { x, y in washes.source(x, y) }
            for y in 0..<size {
                for x in 0..<size where washes.paintedShare(x, y) < 0.5 { map.values[y * size + x] = 0 }
            }
            return map
        case .photo, .neon, .pencilSketch, .oil, .poster, .cartoon, .anime, .oilPortrait, .clay:
            return labels.map
        }
    }
}
