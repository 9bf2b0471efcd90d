import Foundation
import Graph
import Imaging
import Runner

/// Finds the pixels that a report shows: in the output folder where they are as this run made them, else in the cache.
public struct PictureSource: Sendable {
    private let subject: ReportSubject
    private let stored: @Sendable (_ instance: Int, _ digest: Digest) -> (any Artifact)?

    /// - Parameter stored: the value of an instance from the cache; nil where it is not to be had.
    public init(
        _ subject: ReportSubject,
        stored: @escaping @Sendable (_ instance: Int, _ digest: Digest) -> (any Artifact)?
    ) {
        self.subject = subject
        self.stored = stored
    }

    /// What the run made of an entry.
    func now(_ entry: ReportEntry, _ run: RunSnapshot) -> Bitmap? {
        guard run.instances[entry.instance].isDone else { return nil }
        if let path = entry.output, let report = run.outputs[path], report.failure == nil,
            let picture = Self.read(path)
        {
            return picture
        }
        return steps(entry.instance, run).first?.picture
    }

    /// What an entry is measured against.
    func baseline(_ entry: ReportEntry) -> Bitmap? { entry.baseline.flatMap { Self.read($0.path) } }

    /// Where people see how the two differ; nil without a pair of one size, or where they are equal.
    func flip(_ entry: ReportEntry, _ run: RunSnapshot) -> Bitmap? {
        guard let now = now(entry, run), let baseline = baseline(entry), now != baseline else { return nil }
        return (try? FLIP().map(baseline, now))?.picture
    }

    /// What can be seen of a result.
    func steps(_ instance: Int, _ run: RunSnapshot) -> [(name: String, picture: Bitmap)] {
        guard subject.graph.instances[instance].schema.output is any VisibleArtifact.Type,
            let digest = run.instances[instance].digest,
            let artifact = stored(instance, digest) as? any VisibleArtifact, let previews = try? artifact.previews()
        else { return [] }
        return previews.compactMap { preview in
            (try? Bitmap.decode(Data(preview.png), name: preview.name)).map { (preview.name, $0) }
        }
    }

    private static func read(_ path: String) -> Bitmap? { try? Bitmap.read(path: path) }

    /// Instances beside the entries' own that can be looked at.
    var visibleSteps: [Int] {
        let shown = Set(subject.entries.map(\.instance)).union(subject.entries.compactMap(\.baseline?.reader))
        return subject.graph.instances.indices.filter { index in
            subject.graph.instances[index].schema.output is any VisibleArtifact.Type && !shown.contains(index)
        }
    }
}
