import Imaging
import Kernels

extension Bitmap {
    /// The root of the mean squared difference to `other` where `mask` is false, in bytes (0...255); nil if it is true
    /// everywhere.
    ///
    /// - Parameter mask: (height, width), as are both pictures
    public func rmsDifference(from other: Bitmap, outside mask: [Bool]) -> Double? {
        require(
            width == other.width && height == other.height && mask.count == width * height,
            "rmsDifference: pictures of \(width)x\(height) and \(other.width)x\(other.height), \(mask.count) in the mask"
        )
        var (sum, count) = (0, 0)
        for (i, isInside) in mask.enumerated() where !isInside {
            for k in 3 * i..<3 * i + 3 {
                let difference = Int(pixels[k]) - Int(other.pixels[k])
                sum += difference * difference
                count += 1
            }
        }
        return count > 0 ? (Double(sum) / Double(count)).squareRoot() : nil
    }
}
