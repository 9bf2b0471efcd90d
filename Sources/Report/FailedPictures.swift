import Foundation
import Graph
import Imaging
import Runner

/// Files for a build server to keep: of each picture that is not as it was accepted, or was not accepted yet, the picture
/// itself and what differs, under the name of its baseline.
public struct FailedPictures: Sendable {
    private let subject: ReportSubject
    private let source: PictureSource

    public init(_ subject: ReportSubject, source: PictureSource) {
        self.subject = subject
        self.source = source
    }

    /// How much brighter a difference is shown than it is.
    static let gain = 8

    /// Writes those of a run that is over to `failed/` in its output folder, and removes what earlier runs left of pictures
    /// that are well now.
    public func write(_ run: RunSnapshot) -> [OutputReport] {
        let names = PicturePlaces.names(of: subject.graph.baselines.map(\.path))
        let folder = OutputFolder(path: URL(fileURLWithPath: subject.options.out).standardizedFileURL.path)
        return subject.entries.flatMap { entry -> [OutputReport] in
            guard let baseline = entry.baseline, let name = names[baseline.path] else { return [] }
            let path = PicturePlaces.failedFolder + "/" + name
            let location = subject.graph.instances[baseline.reader].location
            var files: [(suffix: String, picture: Bitmap)] = []
            switch EntryVerdict(entry, subject.graph, run).status {
            case .changed:
                guard let now = source.now(entry, run) else { return [] }
                files.append(("-actual.png", now))
                if let difference = source.baseline(entry).flatMap({ Self.difference(now, $0) }) {
                    files.append(("-diff.png", difference))
                }
            case .new: if let now = source.now(entry, run) { files.append(("-actual.png", now)) }
            case .passed, .warned: break
            case .error, .running, .waiting, .notRun: return []
            }
            for suffix in PicturePlaces.failedSuffixes where !files.contains(where: { $0.suffix == suffix }) {
                folder.remove(path + suffix)
            }
            return files.map { suffix, picture in
                let outcome: OutputReport.Outcome
                do {
                    switch try folder.write(Array(picture.encodedPNG()), to: path + suffix) {
                    case .written: outcome = .written
                    case .unchanged: outcome = .unchanged
                    }
                } catch {
                    outcome = .failed(error)
                }
                let shown = (subject.options.out as NSString).appendingPathComponent(path + suffix)
                return OutputReport(path: shown, outcome: outcome, location: location)
            }
        }
    }

    /// The absolute difference, brighter; nil for pictures of other sizes.
    static func difference(_ a: Bitmap, _ b: Bitmap) -> Bitmap? {
        guard a.width == b.width, a.height == b.height else { return nil }
        let pixels = zip(a.pixels, b.pixels).map { UInt8(min(255, gain * abs(Int($0) - Int($1)))) }
        return Bitmap(width: a.width, height: a.height, pixels: pixels)
    }
}
