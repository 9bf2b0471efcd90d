import Imaging

/// A picture of the small world and all that is known about it.
public struct WorldPicture: Equatable, Sendable {
    /// Square.
    public var bitmap: Bitmap
    /// What `scene` shows, with some clauses left out.
    public var caption: String
    public var scene: FaceScene
    /// The people in it, from back to front; the last is the one the caption is about.
    public var faces: [Face]
    public var labels: FaceLabelMap
    public var conditioning: MicroConditioning

    /// A person in a picture.
    public struct Face: Equatable, Sendable {
        /// Which member of the data set's people.
        public var person: Int
        /// Forehead to chin and cheek to cheek, in pixels; parts of it may lie outside the picture.
        public var box: FaceBox
        /// Left eye, right eye, tip of the nose, left and right corner of the mouth, in pixels.
        public var landmarks: [Point]
    }
}

/// What SDXL is told about where a picture comes from, in its order: diffusers' `_get_add_time_ids`.
public struct MicroConditioning: Hashable, Sendable {
    /// The picture's side before it was cropped, or resized to its present size.
    public var originalHeight, originalWidth: Int
    /// What was cut off at the upper left.
    public var cropTop, cropLeft: Int
    public var targetHeight, targetWidth: Int

    /// A whole picture of its own size: what to ask for when sampling.
    public init(size: Int) {
        (originalHeight, originalWidth, targetHeight, targetWidth) = (size, size, size, size)
        (cropTop, cropLeft) = (0, 0)
    }

    /// Six numbers: original size, upper left corner of the crop, target size, each as height and width.
    public var timeIDs: [Int] { [originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth] }
}

extension WorldPicture {
    /// Draws people from back to front before the first one's background. All scenes must have one style.
    init(of people: [(number: Int, identity: FaceIdentity, scene: FaceScene)], caption: String, size: Int) {
        let painters = people.map { FacePainter($0.identity, $0.scene, size: size) }
        let subjects = painters.dropFirst().flatMap { $0.shapes.filter { $0.part != .background } }
        let scene = people[0].scene
        let drawing = FaceDrawing(shapes: painters[0].shapes + subjects, size: size, scene: scene)
        bitmap = Bitmap(drawing.rendered())
        self.caption = caption
        self.scene = people[people.count - 1].scene
        faces = zip(people, painters).map { person, painter in
            Face(person: person.number, box: painter.box, landmarks: painter.landmarks)
        }
        labels = FacePainter.labels(of: painters, in: scene, size: size)
        conditioning = MicroConditioning(size: size)
    }

    /// The square of `size` pixels with its upper left corner at (`left`, `top`).
    package func cropped(left: Int, top: Int, size: Int) -> WorldPicture {
        var result = self
        result.bitmap = Bitmap(width: size, height: size)
        result.bitmap.paste(bitmap, x: -left, y: -top)
        result.labels = FaceLabelMap(
            size: size,
            values: (top..<top + size).flatMap { y in
                labels.values[y * labels.size + left..<y * labels.size + left + size]
            }
        )
        let corner = Point(Double(left), Double(top))
        result.faces = faces.map { face in
            let box = FaceBox(
                left: face.box.left - corner.x,
                top: face.box.top - corner.y,
                right: face.box.right - corner.x,
                bottom: face.box.bottom - corner.y
            )
            return Face(person: face.person, box: box, landmarks: face.landmarks.map { $0 - corner })
        }
        (result.conditioning.cropTop, result.conditioning.cropLeft) = (top, left)
        (result.conditioning.targetHeight, result.conditioning.targetWidth) = (size, size)
        return result
    }
}
