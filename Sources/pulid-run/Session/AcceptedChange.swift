import Foundation
import Imaging
import Runner

/// What accepting a picture would do to a baseline's file.
struct AcceptedChange {
    /// `new`, `changed`, `unchanged`
    let word: String
    /// `psnr 20.8 dB, flip 0.12, 512 pixels`
    let measures: String
    var writes: Bool { word != "unchanged" }

    /// - Parameters:
    ///   - old: the baseline's file
    ///   - new: the picture that would take its place
    init(of old: String, by new: String) {
        guard let before = FileManager.default.contents(atPath: old) else {
            (word, measures) = ("new", "")
            return
        }
        guard before != FileManager.default.contents(atPath: new) else {
            (word, measures) = ("unchanged", "")
            return
        }
        word = "changed"
        guard let a = try? Bitmap.read(path: old), let b = try? Bitmap.read(path: new) else {
            measures = "what is there is no picture"
            return
        }
        guard let comparison = try? PictureComparison(of: b, with: a) else {
            measures = "\(a.width)x\(a.height) -> \(b.width)x\(b.height)"
            return
        }
        let differences = comparison.differences
        measures =
            "psnr \(Self.short(differences.psnr)) dB, flip \(Self.short(comparison.flip.mean)), "
            + "\(differences.pixelsOver) of \(differences.pixels) pixels"
    }

    private static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}
