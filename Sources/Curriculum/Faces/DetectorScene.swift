import Imaging
import Models
import Tensors
import World

/// What a detector is shown: one to four pictures of the small world, large or small, on a plain ground, and where the
/// faces are in it. The picture is made at the quarter of its size that the network begins with.
package struct DetectorScene: Sendable {
    /// A picture that scenes are made of.
    package struct Source: Sendable {
        let bitmap: Bitmap
        let faces: [WorldPicture.Face]

        package init(_ picture: WorldPicture) { (bitmap, faces) = (picture.bitmap, picture.faces) }
    }

    /// A face, in pixels of the whole picture.
    package struct Face: Sendable {
        package let box: FaceBox
        package let landmarks: [Point]

        package init(box: FaceBox, landmarks: [Point]) { (self.box, self.landmarks) = (box, landmarks) }

        /// The root of the area.
        var size: Double { box.area.squareRoot() }
    }

    /// Side of what the network begins with.
    package static let side = SCRFD.side / SCRFDNetwork.pooling

    /// (side, side, 3), normalised as `SCRFD.normalized` does
    package private(set) var pixels: [Float]
    package private(set) var faces: [Face] = []

    /// The share of pictures whose faces are painted over: heads of hair and shirts are no faces.
    private static let hiddenShare: Float = 0.1
    /// The share of scenes of one picture that fills them exactly, as a photo is shown.
    private static let plainShare: Float = 0.4
    /// The largest change of a channel's contrast and brightness.
    private static let tone: Float = 0.15
    private static let noise: Float = 0.04

    package init(_ sources: LazyValues<Source>, _ random: inout TorchRandomSource) {
        let ground = (0..<3).map { _ in random.uniform() * random.uniform() * 2 - 1 }
        pixels = (0..<Self.side * Self.side * 3).map { ground[$0 % 3] }
        let isPlain = random.uniform() < Self.plainShare
        // Of the side: above 1 a part of the picture is seen.
        let zoom = isPlain ? 1 : 0.22 + 0.98 * Double(random.uniform())
        let cells = zoom < 0.5 ? 2 : 1
        let filled = random.index(below: cells * cells)
        for cell in 0..<cells * cells where cell == filled || random.uniform() < 0.5 {
            let source = sources[random.index(below: sources.count)]
            let side = max(16, Int(zoom * Double(Self.side)))
            let room = Self.side / cells - side
            let (x, y) = (Double(random.uniform()), Double(random.uniform()))
            paste(
                source,
                side: side,
                left: cell % cells * (Self.side / cells) + Int(x * Double(room)),
                top: cell / cells * (Self.side / cells) + Int(y * Double(room)),
                hidesFaces: random.uniform() < Self.hiddenShare
            )
        }
        change(&random)
    }

    private mutating func paste(_ source: Source, side: Int, left: Int, top: Int, hidesFaces: Bool) {
        var bitmap = source.bitmap
        if hidesFaces {
            for box in source.faces.map(\.box) {
                bitmap.fill(
                    x: Int(box.left) - 2,
                    y: Int(box.top) - 2,
                    width: Int(box.right - box.left) + 4,
                    height: Int(box.bottom - box.top) + 4,
                    with: source.bitmap[0, 0]
                )
            }
        }
        let picture = FloatImage(bitmap)
            .resized(width: side, height: side, by: side < bitmap.width ? .area : .bilinear)
        for y in max(0, top)..<min(Self.side, top + side) {
            for x in max(0, left)..<min(Self.side, left + side) {
                let (from, to) = (((y - top) * side + x - left) * 3, (y * Self.side + x) * 3)
                for c in 0..<3 { pixels[to + c] = (picture.pixels[from + c] * 255 - 127.5) / 128 }
            }
        }
        guard !hidesFaces else { return }
        let scale = Double(side) / Double(bitmap.width)
        func place(_ x: Double, _ y: Double) -> Point {
            Point(x * scale + Double(left), y * scale + Double(top)) * Double(SCRFDNetwork.pooling)
        }
        for face in source.faces {
            let (upper, lower) = (place(face.box.left, face.box.top), place(face.box.right, face.box.bottom))
            let middle = (upper + lower) * 0.5
            // A face most of which is outside is none.
            guard (0...Double(SCRFD.side)).contains(middle.x), (0...Double(SCRFD.side)).contains(middle.y) else {
                continue
            }
            faces.append(
                Face(
                    box: FaceBox(left: upper.x, top: upper.y, right: lower.x, bottom: lower.y),
                    landmarks: face.landmarks.map { place($0.x, $0.y) }
                )
            )
        }
    }

    /// Tones and noise.
    private mutating func change(_ random: inout TorchRandomSource) {
        let tones = (0..<6).map { _ in (2 * random.uniform() - 1) * Self.tone }
        let deviation = random.uniform() * Self.noise
        let grain = random.normal(pixels.count)
        for i in pixels.indices {
            pixels[i] = pixels[i] * (1 + tones[i % 3]) + tones[3 + i % 3] + grain[i] * deviation
        }
    }
}
