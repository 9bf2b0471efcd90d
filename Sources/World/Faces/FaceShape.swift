import Imaging

/// One thing in the drawing of a face, in pixels. A face is a list of these from back to front; a style decides how
/// each is put on the canvas.
struct FaceShape {
    enum Role {
        /// A thing with an edge: styles with lines draw its outline.
        case form
        /// A line of its own, as a filled outline: a nostril's wing, the crease of a lid, a strand.
        case line
        /// A small mark without an outline: pupil, catchlight, freckle.
        case detail
        /// Soft light or shade: only for styles that have tones.
        case shading
    }

    var path: Path
    var paint: Paint
    var part: FacePart
    var role: Role
    /// Only what lies in here is visible.
    var clip: Path?
}

/// What a shape shows.
enum FacePart: CaseIterable {
    case background, clothing, neck, ear, skin, hair, brow, eyeWhite, iris, pupil, nose, lips, mouth, teeth, beard,
        mark,
        accessory
}

/// A drawn face, before a style is applied.
struct FaceDrawing {
    var shapes: [FaceShape]
    /// Side of the square picture in pixels.
    var size: Int
    var scene: FaceScene

    var background: [FaceShape] { shapes.filter { $0.part == .background } }
    var subject: [FaceShape] { shapes.filter { $0.part != .background } }
}
