import Imaging
import Kernels

/// A picture of a drawn face, and where the face is in it.
public struct DrawnFace: Equatable, Sendable {
    /// Square.
    public var bitmap: Bitmap
    /// Forehead to chin and cheek to cheek, hair left out, in pixels.
    public var box: FaceBox
    /// Left eye, right eye, tip of the nose, left and right corner of the mouth (left and right of the picture), in
    /// pixels: the order of SCRFD and ArcFace.
    public var landmarks: [Point]
}

/// A rectangle in pixels.
public struct FaceBox: Equatable, Sendable {
    public var left, top, right, bottom: Double

    public init(left: Double, top: Double, right: Double, bottom: Double) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }
}

/// Draws a person in a scene. The same arguments give the same bytes.
///
/// `size` is the side of the square picture in pixels, 16...4096. The box and the landmarks may lie partly outside the
/// picture when the scene moves the face out of it.
public func drawFace(_ identity: FaceIdentity, in scene: FaceScene, size: Int) -> DrawnFace {
    require((16...4096).contains(size), "a size of \(size) is not in 16...4096")
    let painter = FacePainter(identity, scene, size: size)
    let drawing = FaceDrawing(shapes: painter.shapes, size: size, scene: scene)
    return DrawnFace(bitmap: Bitmap(drawing.rendered()), box: painter.box, landmarks: painter.landmarks)
}

extension FacePainter {
    var landmarks: [Point] {
        eyeCenters.map(geometry.front)
            + [geometry.raised(Point(0, identity.noseLength), by: 0.14)]
            + mouthCorners.map(geometry.front)
    }

    var box: FaceBox {
        let outline = headOutline.subpaths.joined().filter { $0.y > -0.72 }.map(geometry.outline)
        let (x, y) = (outline.map(\.x), outline.map(\.y))
        return FaceBox(left: x.min() ?? 0, top: y.min() ?? 0, right: x.max() ?? 0, bottom: y.max() ?? 0)
    }
}

extension FaceDrawing {
    /// The drawing in its scene's style.
    func rendered() -> FloatImage {
        switch scene.style {
        case .photo: photo()
        case .watercolor: watercolor()
        case .pixelArt: pixelArt()
        case .neon: neon()
        case .pencilSketch: pencilSketch()
        case .oil: oilPainting()
        case .poster: poster()
        case .cartoon: cartoon()
        case .anime: anime()
        case .oilPortrait: oilPortrait()
        case .clay: clay()
        }
    }
}
