import Foundation
import Graph
import Recipes

/// Where the pictures are that are measured against baselines, for reports that name them.
public struct PicturePlaces: Sendable {
    public struct Place: Sendable {
        /// The picture among the outputs, as reports of outputs name it.
        public let output: String?
        /// As seen from here.
        public let baseline: String
        /// What failed pictures are written to, without `-actual.png` and `-diff.png`, where they are.
        public let failed: String?

        /// All that there is to look at.
        public var files: [String] {
            [output, baseline].compactMap(\.self) + (failed.map { failed in failedSuffixes.map { failed + $0 } } ?? [])
        }
    }

    /// The folder of failed pictures in the output folder.
    public static let failedFolder = "failed"
    /// How the names of failed pictures end: the picture as it is, and where it differs from its baseline.
    public static let failedSuffixes = ["-actual.png", "-diff.png"]

    /// Whether a file is one of the failed pictures of a run, by its name and the folders that it lies in.
    public static func isFailedPicture(_ path: String) -> Bool {
        path.split(separator: "/").dropLast().contains { $0 == failedFolder }
            && failedSuffixes.contains { path.hasSuffix($0) }
    }

    private let places: [InstanceName: Place]

    /// - Parameters:
    ///   - out: the output folder, as reports of outputs name it.
    ///   - hasFailed: whether failed pictures are written there.
    public init(_ graph: ExecutionGraph, out: String, hasFailed: Bool = false) {
        let all = graph.baselines
        guard !all.isEmpty else {
            places = [:]
            return
        }
        let prefix = out.hasSuffix("/") ? out : out + "/"
        var outputs: [Int: String] = [:]
        for output in graph.outputs {
            if case .artifact(let index) = output.source, outputs[index] == nil {
                outputs[index] = prefix + output.path
            }
        }
        let baselines = Dictionary(all.map { ($0.reader, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Self.names(of: baselines.values.map(\.path))
        var places: [InstanceName: Place] = [:]
        for instance in graph.instances where instance.schema.inputs.contains(where: { $0.baselineOf != nil }) {
            guard let baseline = instance.inputs.values.joined().lazy.compactMap({ baselines[$0] }).first else {
                continue
            }
            places[InstanceName(instance)] = Place(
                output: outputs[baseline.measured],
                baseline: pathFromHere(baseline.path),
                failed: hasFailed ? names[baseline.path].map { prefix + Self.failedFolder + "/" + $0 } : nil
            )
        }
        self.places = places
    }

    /// Of the instance that measures; nil where it has no baseline.
    public subscript(name: InstanceName) -> Place? { places[name] }

    /// By the path of a baseline: what it is called below the folder that all have in common, without its extension.
    public static func names(of baselines: some Sequence<String>) -> [String: String] {
        let components = Dictionary(
            baselines.map { ($0, URL(fileURLWithPath: $0).standardizedFileURL.pathComponents) },
            uniquingKeysWith: { first, _ in first }
        )
        let sorted = components.values.sorted { $0.lexicographicallyPrecedes($1) }
        let common = Approval.commonFolder(of: sorted)
        return components.mapValues { path in
            (path.dropFirst(common.count).joined(separator: "/") as NSString).deletingPathExtension
        }
    }
}
