import Imaging
import Kernels

/// Reads the colours of clothes and plain backgrounds from pictures in one style, without a network: it draws each
/// colour itself and takes the nearest.
///
/// For styles that do not show a colour (`FaceStyle.showsBackgroundColor`, `showsClothingColor`) the answer is nil.
public struct ColorProbe: Sendable {
    public let style: FaceStyle
    /// Side of the pictures in pixels.
    public let size: Int
    private let backgrounds: [(name: PaintName, colors: [SIMD3<Float>])]
    private let clothes: [(name: PaintName, colors: [SIMD3<Float>])]

    /// - Parameter size: 16...1024
    public init(style: FaceStyle, size: Int = 64) {
        self.style = style
        self.size = size
        var identity = FaceIdentity()
        identity.hairStyle = .bald
        var (backgrounds, clothes) = ([(PaintName, [SIMD3<Float>])](), [(PaintName, [SIMD3<Float>])]())
        for name in PaintName.allCases {
            for light in [Light.front, .warm, .cool] {
                for framing in [Framing.closeUp, .far] {
                    var scene = FaceScene()
                    (scene.style, scene.light, scene.background) = (style, light, .plain)
                    (scene.clothing, scene.clothingColor, scene.backgroundColor) = (.tShirt, name, name)
                    scene.scale = (framing.scale.lowerBound + framing.scale.upperBound) / 2
                    scene.offsetY = framing.offsetY
                    let drawn = FloatImage(drawFace(identity, in: scene, size: size).bitmap)
                    clothes.append((name, ColorProbe.chest.map { ColorProbe.median(of: drawn, in: $0) }))
                    guard framing == .far else { continue }
                    backgrounds.append((name, ColorProbe.corners.map { ColorProbe.median(of: drawn, in: $0) }))
                }
            }
        }
        self.backgrounds = backgrounds
        self.clothes = clothes
    }

    /// The colour behind the person, for pictures with a plain background.
    public func backgroundColor(of bitmap: Bitmap) -> PaintName? {
        guard style.showsBackgroundColor else { return nil }
        return nearest(backgrounds, in: bitmap, ColorProbe.corners, agreeing: 1)
    }

    /// The colour of shirt, hoodie or the like.
    public func clothingColor(of bitmap: Bitmap) -> PaintName? {
        guard style.showsClothingColor else { return nil }
        return nearest(clothes, in: bitmap, ColorProbe.chest, agreeing: 2)
    }

    /// Upper left and right, inside of a watercolour's border; hair may cover one of them, seldom both. Parts of the
    /// picture.
    private static let corners = [(x: 0.09...0.17, y: 0.12...0.36), (x: 0.83...0.91, y: 0.12...0.36)]
    /// Along the lower edge: long hair may cover some, a narrow shoulder leave out others.
    private static let chest = [0.14...0.21, 0.25...0.32, 0.45...0.55, 0.68...0.75, 0.79...0.86].map {
        (x: $0, y: 0.92...0.97)
    }

    /// The reference to which at least `agreeing` of the areas are near.
    private func nearest(
        _ references: [(name: PaintName, colors: [SIMD3<Float>])],
        in bitmap: Bitmap,
        _ areas: [(x: ClosedRange<Double>, y: ClosedRange<Double>)],
        agreeing: Int
    ) -> PaintName? {
        require(
            bitmap.width == size && bitmap.height == size,
            "ColorProbe: a picture of \(bitmap.width)x\(bitmap.height), not \(size)x\(size)"
        )
        let image = FloatImage(bitmap)
        let seen = areas.map { ColorProbe.median(of: image, in: $0) }
        func distance(_ colors: [SIMD3<Float>]) -> Float {
            zip(colors, seen).map { (($0 - $1) * ($0 - $1)).sum() }.sorted()[agreeing - 1]
        }
        return references.min { distance($0.colors) < distance($1.colors) }?.name
    }

    /// Channel by channel.
    private static func median(
        of image: FloatImage,
        in area: (x: ClosedRange<Double>, y: ClosedRange<Double>)
    ) -> SIMD3<Float> {
        func pixels(_ range: ClosedRange<Double>, _ side: Int) -> ClosedRange<Int> {
            Int(range.lowerBound * Double(side))...Int(range.upperBound * Double(side))
        }
        var result = SIMD3<Float>.zero
        for channel in 0..<3 {
            let values = pixels(area.y, image.height).flatMap { y in
                pixels(area.x, image.width).map { x in image.pixels[(y * image.width + x) * 3 + channel] }
            }.sorted()
            result[channel] = values[values.count / 2]
        }
        return result
    }
}
