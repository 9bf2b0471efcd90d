import Foundation
import Imaging
import Recipes
import Runner

/// How two pictures compare: their pixels, and what was another when the second was made.
struct ReplayComparison {
    let isSame: Bool
    let text: String

    /// - Throws: `ImageError`
    init(_ first: String, _ second: String) throws {
        let bitmaps = try [first, second].map { try Bitmap.read(path: $0) }
        let origins = try [first, second].map { try OriginalPicture.origin(of: $0) }
        isSame = bitmaps[0] == bitmaps[1]
        var lines = [isSame ? "the same pixels" : "other pixels (\(Self.difference(bitmaps[0], bitmaps[1])))"]
        if let a = origins[0], let b = origins[1] {
            let found = PictureDifference(a, b).lines
            lines += found.isEmpty ? ["  both were made of the same"] : found.map { "  \($0)" }
        } else {
            for (path, origin) in zip([first, second], origins) where origin == nil {
                lines.append("  \(path) does not say what made it")
            }
        }
        text = lines.map { "\($0)\n" }.joined()
    }

    /// A picture that was made again.
    init(_ path: String, _ before: OriginalPicture, _ after: OriginalPicture) {
        isSame = before.bitmap == after.bitmap
        guard !isSame else {
            text = "the same pixels as \(path)\n"
            return
        }
        var lines = PictureDifference(before.origin, after.origin).lines
        if lines.isEmpty {
            lines = [
                before.origin.key == after.origin.key
                    ? "recipe, files and settings are what they were: the picture was changed, or made by other code"
                    : "the recipe, a file that it names, --exact or the program is another than then"
            ]
        }
        let head = "other pixels than \(path) (\(Self.difference(before.bitmap, after.bitmap)))"
        text = "\(head):\n" + lines.map { "  \($0)\n" }.joined()
    }

    private static func difference(_ a: Bitmap, _ b: Bitmap) -> String {
        guard let differences = try? PixelDifferences(between: a, and: b) else {
            return "\(a.width)x\(a.height) and \(b.width)x\(b.height)"
        }
        let most = Int((differences.maxAbs * 255).rounded())
        return "by at most \(most) of 255, PSNR \(String(format: "%.1f", differences.psnr)) dB"
    }
}
