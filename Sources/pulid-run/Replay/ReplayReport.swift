import Foundation
import Imaging
import Recipes

/// How the new picture compares with the one that was to be made again.
struct ReplayReport {
    let text: String

    init(of path: String, _ before: OriginalPicture, _ after: OriginalPicture) {
        guard before.bitmap != after.bitmap else {
            text = "the same pixels as \(path)\n"
            return
        }
        var reasons: [String] = []
        if before.origin.version != after.origin.version {
            let versions = "\(TerminalText(before.origin.version).escaped()) made it, this is \(after.origin.version)"
            reasons.append("another program: \(versions)")
        }
        reasons.append(
            before.origin.key == after.origin.key
                ? "recipe, files and settings are what they were: the picture was changed, or made by other code"
                : "the recipe, a file that it names, --exact or the program is another than then"
        )
        let difference = Self.difference(before.bitmap, after.bitmap)
        text = "other pixels than \(path) (\(difference)): \(reasons.joined(separator: "; "))\n"
    }

    private static func difference(_ a: Bitmap, _ b: Bitmap) -> String {
        guard let metrics = try? PictureMetrics(between: a, and: b) else {
            return "\(a.width)x\(a.height) then, \(b.width)x\(b.height) now"
        }
        let most = Int((metrics.maxAbs * 255).rounded())
        return "by at most \(most) of 255, PSNR \(String(format: "%.1f", metrics.psnr)) dB"
    }
}
