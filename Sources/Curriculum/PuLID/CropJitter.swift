import Imaging
import Tensors

/// A small change of a crop: a loss net that saw every face in exactly the same place could be met by a pattern that only
/// works there.
package struct CropJitter: Sendable {
    /// In pixels of the crop.
    package var shift = Point(0, 0)
    package var scale = 1.0
    /// 0 for none, 1 for the binomial 1-2-1 along both axes.
    package var blur: Float = 0

    /// None.
    package static let none = CropJitter()

    package init() {}

    /// Up to a pixel and a half in 32 and 8 %; blurred every other time.
    init(_ random: inout TorchRandomSource, size: Int) {
        let reach = 1.5 * Double(size) / 32
        func signed() -> Double { Double(2 * random.uniform() - 1) }
        shift = Point(reach * signed(), reach * signed())
        scale = 1 + 0.08 * signed()
        let (isBlurred, strength) = (random.uniform() < 0.5, random.uniform())
        blur = isBlurred ? strength : 0
    }

    /// About the middle of a crop of `size` pixels.
    func transform(size: Int) -> AffineTransform {
        let middle = Double(size - 1) / 2
        return AffineTransform.translation(-middle, -middle).then(.scale(scale))
            .then(.translation(middle + shift.x, middle + shift.y))
    }
}
