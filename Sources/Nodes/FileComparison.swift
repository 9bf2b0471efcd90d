import Checkpoints
import Foundation
import Graph
import Imaging
import Tensors

/// Two files, pictures or tensors, measured against each other as `compare` and `compare_tensors` do.
public struct FileComparison: Sendable {
    /// What was measured, by the field's name, in the order of a table's columns.
    public let measures: [(name: String, value: Double)]
    /// What went wrong where; pictures alone.
    public let map: ErrorMap?

    /// - Parameters:
    ///   - path: what is measured
    ///   - baseline: what it is measured against
    ///   - mask: a picture of the same size; only what is white in it counts
    ///   - limit: see `compare`'s parameter `over`
    ///   - faces: measures the faces, too
    /// - Throws: `ImageError`, `FileComparisonError`, or what the readers throw.
    public init(
        of path: String,
        with baseline: String,
        mask: String? = nil,
        over limit: Double = 0,
        faces: FaceMeasures? = nil
    ) throws {
        switch (try Self.isPicture(path), try Self.isPicture(baseline)) {
        case (true, true):
            let (picture, other) = (try Bitmap.read(path: path), try Bitmap.read(path: baseline))
            let mask = try mask.map { try Bitmap.read(path: $0) }
            let comparison = try PictureComparison(of: picture, with: other, over: limit, mask: mask)
            let found = try faces?.scores(of: picture, with: other) ?? [:]
            measures = ScoresArtifact(ScoresArtifact.measures(of: comparison).merging(found) { $1 }).inOrder
            map = comparison.flip
        case (false, false):
            guard mask == nil else { throw FileComparisonError.maskOfTensors }
            let differences = try RecordDifferences(between: Self.record(path), and: Self.record(baseline))
            measures = DifferencesArtifact(differences).inOrder
            map = nil
        case (true, false): throw FileComparisonError.otherKinds(picture: path, tensors: baseline)
        case (false, true): throw FileComparisonError.otherKinds(picture: baseline, tensors: path)
        }
    }

    /// The fields that `init` can give.
    public static let fields: [String] = {
        let scores = ScoresArtifact.Measure.allCases.map(\.rawValue)
        return scores + DifferencesArtifact.fields.filter { !scores.contains($0) }
    }()

    /// By its name: what is no file of weights is a picture, whose reader says what is wrong with it.
    private static func isPicture(_ path: String) throws -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            throw FileComparisonError.notAFile(path)
        }
        let ending = (path as NSString).pathExtension.lowercased()
        return !["safetensors", "bin", "pth", "pt", "ckpt", "gguf", "npy"].contains(ending)
    }

    private static func record(_ path: String) throws -> ArtifactRecord {
        if path.lowercased().hasSuffix(".npy") {
            return ArtifactRecord(kind: "tensors", blocks: ["array": try NumPyArray(path: path).block])
        }
        let source = try WeightFile.open(path)
        var blocks: [String: ArtifactRecord.Block] = [:]
        for name in source.tensorNames {
            if let type = source.elementType(of: name), !type.isReadAsFloats {
                let numbers = try source.integers(name)
                var bytes: [UInt8] = []
                bytes.reserveCapacity(8 * numbers.count)
                for number in numbers { withUnsafeBytes(of: Int64(number).littleEndian) { bytes += $0 } }
                blocks[name] = ArtifactRecord.Block(element: .int64, shape: source.shape(of: name) ?? [], bytes: bytes)
            } else {
                blocks[name] = ArtifactRecord.Block(try source.tensor(name))
            }
        }
        return ArtifactRecord(kind: "tensors", blocks: blocks)
    }
}

public enum FileComparisonError: Error, Hashable {
    case notAFile(String)
    case otherKinds(picture: String, tensors: String)
    case maskOfTensors
}

extension FileComparisonError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAFile(let path): "there is no file \(path)"
        case .otherKinds(let picture, let tensors):
            "\(picture) is a picture and \(tensors) holds tensors: name two of a kind"
        case .maskOfTensors: "--mask is for pictures, and these are tensors"
        }
    }
}
