import Imaging

extension FaceDrawing {
    /// Flat colours, soft hints of shade, dark outlines.
    func cartoon() -> FloatImage { cartoon(lineWidth: pen(1.9), fineLines: 0.6, shadingOpacity: 0.35) }

    /// `fineLines` is how wide outlines of small parts are, relative to `lineWidth`.
    func cartoon(lineWidth: Double, fineLines: Double, shadingOpacity: Float) -> FloatImage {
        var canvas = Canvas(width: size, height: size)
        let ink = Color(hex: 0x2A1C22)
        let tint = scene.light.tint
        func flat(_ shape: FaceShape) -> Color {
            let c = shape.paint.main
            return Color(min(1, c.r * tint.x), min(1, c.g * tint.y), min(1, c.b * tint.z), c.a)
        }
        for shape in shapes {
            switch shape.role {
            case .form:
                canvas.fill(
                    shape.path,
                    with: shape.part == .background ? shape.paint : .color(flat(shape)),
                    clip: shape.clip
                )
                guard shape.part != .background else { continue }
                canvas.stroke(
                    shape.path,
                    width: lineWidth * (shape.part.isFine ? fineLines : 1),
                    with: .color(ink),
                    closed: true,
                    clip: shape.clip
                )
            case .line, .detail:
                canvas.fill(shape.path, with: .color(flat(shape)), clip: shape.clip)
            case .shading:
                let isSkin = shape.part == .skin || shape.part == .nose
                let soft = shadingOpacity + (isSkin ? 0.3 * fineness : 0)
                let opacity = shape.part == .background ? 1 : soft
                canvas.fill(shape.path, with: shape.paint.faded(to: opacity), clip: shape.clip)
            }
        }
        return canvas.image
    }
}

extension FacePart {
    /// Too small for a heavy outline.
    var isFine: Bool {
        switch self {
        case .eyeWhite, .iris, .pupil, .lips, .teeth, .mouth, .brow, .nose: true
        default: false
        }
    }
}
