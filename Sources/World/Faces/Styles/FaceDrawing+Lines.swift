import Imaging

/// How a style with lines puts one shape on the canvas; nil leaves out that part of it.
struct LineStyle {
    var fill: (FaceShape) -> Color?
    var outline: (FaceShape) -> Color?
    /// In pixels.
    var lineWidth: Double
}

extension FaceDrawing {
    /// Pixels for a line that is `width` thick in a picture of 256 pixels.
    func pen(_ width: Double) -> Double { max(0.7, width * Double(size) / 256) }

    /// How much grain, dots and hatching show: 0 in pictures of 96 pixels or less, where they would be as large as eyes
    /// and hide the face, 1 from 256 on.
    var texture: Double { min(max((Double(size) - 96) / 160, 0), 1) }

    /// Whether hatches and dots lie on a grid of 8 pixels, so that an autoencoder of factor 8 can draw them: it sees no
    /// finer where it is.
    var hasTextureGrid: Bool { size > 96 && size <= 192 }

    /// 0 in pictures of 64 pixels or less, 1 from 128 on.
    var fineness: Float { Float(min(max((Double(size) - 64) / 64, 0), 1)) }

    /// Flat areas with outlines, from back to front, so that what is in front hides the lines behind.
    func drawLines(_ shapes: [FaceShape], on canvas: inout Canvas, _ style: LineStyle) {
        for shape in shapes where shape.role != .shading {
            if let color = style.fill(shape) {
                canvas.fill(shape.path, with: .color(color), clip: shape.clip)
            }
            if shape.role == .form, let color = style.outline(shape) {
                let width = style.lineWidth * (shape.part.isFine ? 0.6 : 1)
                canvas.stroke(shape.path, width: width, with: .color(color), closed: true, clip: shape.clip)
            }
        }
    }

    /// Only the lines: black on white.
    func lineArt(_ shapes: [FaceShape], width: Double) -> FloatImage {
        var canvas = Canvas(width: size, height: size)
        drawLines(
            shapes,
            on: &canvas,
            LineStyle(
                fill: { shape in
                    switch shape.role {
                    case .form: .white
                    case .line: .black.opacity(max(0.55, shape.paint.main.a))
                    case .detail: Color.black.opacity((1 - shape.paint.main.luma) * shape.paint.main.a)
                    case .shading: nil
                    }
                },
                outline: { _ in .black },
                lineWidth: width
            )
        )
        return canvas.image
    }

    /// Every shape as it is, its shading included.
    func draw(_ shapes: [FaceShape], on canvas: inout Canvas) {
        for shape in shapes { canvas.fill(shape.path, with: shape.paint, clip: shape.clip) }
    }
}

/// Blends in 0...1 with soft shoulders.
func smoothstep(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let t = min(max((x - low) / (high - low), 0), 1)
    return t * t * (3 - 2 * t)
}

func luma(_ c: SIMD3<Float>) -> Float { 0.299 * c.x + 0.587 * c.y + 0.114 * c.z }

/// Moves a colour away from (above 1) or towards grey.
func saturated(_ c: SIMD3<Float>, _ amount: Float) -> SIMD3<Float> {
    let grey = SIMD3<Float>(repeating: luma(c))
    return (grey + (c - grey) * amount).clamped(lowerBound: .zero, upperBound: .one)
}
