import Graph

/// One number, with the field `value`.
public struct ToyNumber: Artifact, Hashable {
    public static let kind = "number"
    public static let fields = ["value"]
    public static let extensions = ["txt"]

    public let value: Double

    public init(_ value: Double) { self.value = value }

    public var record: ArtifactRecord { ArtifactRecord(kind: Self.kind, values: ["value": .number(value)]) }

    public init(record: ArtifactRecord) throws {
        guard record.kind == Self.kind else {
            throw ArtifactError.wrongKind(expected: Self.kind, found: record.kind)
        }
        guard case .number(let value)? = record.values["value"] else {
            throw ArtifactError.damaged(kind: Self.kind, reason: "no value")
        }
        self.value = value
    }

    public func field(_ name: String) -> Double? { name == "value" ? value : nil }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        guard fileExtension == "txt" else {
            throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
        }
        return Array("\(value)\n".utf8)
    }
}

/// A line of text.
public struct ToyText: Artifact, Hashable {
    public static let kind = "text"
    public static let extensions = ["txt", "md"]

    public let text: String

    public init(_ text: String) { self.text = text }

    public var record: ArtifactRecord { ArtifactRecord(kind: Self.kind, values: ["text": .string(text)]) }

    public init(record: ArtifactRecord) throws {
        guard record.kind == Self.kind else {
            throw ArtifactError.wrongKind(expected: Self.kind, found: record.kind)
        }
        guard case .string(let text)? = record.values["text"] else {
            throw ArtifactError.damaged(kind: Self.kind, reason: "no text")
        }
        self.text = text
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        guard Self.extensions.contains(fileExtension) else {
            throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
        }
        return Array(text.utf8)
    }
}

/// A row of grey pixels: something with a block of bytes, which a recipe may also name by its file.
public struct ToyImage: Artifact, Hashable {
    public static let kind = "image"
    public static let extensions = ["png", "pgm"]
    public static let loader: String? = "load_image"

    public let pixels: [UInt8]

    public init(_ pixels: [UInt8]) { self.pixels = pixels }

    public var record: ArtifactRecord {
        ArtifactRecord(
            kind: Self.kind,
            blocks: ["pixels": ArtifactRecord.Block(element: .uint8, shape: [pixels.count], bytes: pixels)]
        )
    }

    public init(record: ArtifactRecord) throws {
        guard record.kind == Self.kind else {
            throw ArtifactError.wrongKind(expected: Self.kind, found: record.kind)
        }
        guard let block = record.blocks["pixels"], block.element == .uint8, block.shape.count == 1 else {
            throw ArtifactError.damaged(kind: Self.kind, reason: "no pixels")
        }
        pixels = [UInt8](block.bytes)
    }

    /// A PGM of one row, whatever the extension, with the metadata as comments.
    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        guard Self.extensions.contains(fileExtension) else {
            throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
        }
        let comments = metadata.map { "# \($0.key): \($0.text)\n" }.joined()
        return Array("P5\n\(comments)\(pixels.count) 1\n255\n".utf8) + pixels
    }
}

/// Names a file of weights by its digest.
public struct ToyModel: Artifact, Hashable {
    public static let kind = "model"

    public let path: String
    public let digest: Digest

    public init(path: String, digest: Digest) {
        self.path = path
        self.digest = digest
    }

    /// The path is no part of the record: a model that has moved is the same model.
    public var record: ArtifactRecord { ArtifactRecord(kind: Self.kind, values: ["digest": .string(digest.hex)]) }

    public init(record: ArtifactRecord) throws {
        guard record.kind == Self.kind else {
            throw ArtifactError.wrongKind(expected: Self.kind, found: record.kind)
        }
        guard case .string(let hex)? = record.values["digest"], let digest = Digest(hex: hex) else {
            throw ArtifactError.damaged(kind: Self.kind, reason: "no digest")
        }
        self.init(path: "", digest: digest)
    }
}

/// How two images differ.
public struct ToyScores: Artifact, Hashable {
    public static let kind = "scores"
    public static let fields = ["max_abs", "mean_abs", "similarity"]
    public static let extensions = ["json"]

    public let maxAbs: Double
    public let meanAbs: Double
    /// nil where there was no baseline.
    public let similarity: Double?

    public init(maxAbs: Double, meanAbs: Double, similarity: Double?) {
        self.maxAbs = maxAbs
        self.meanAbs = meanAbs
        self.similarity = similarity
    }

    public var record: ArtifactRecord {
        var values: [String: Value] = ["max_abs": .number(maxAbs), "mean_abs": .number(meanAbs)]
        if let similarity { values["similarity"] = .number(similarity) }
        return ArtifactRecord(kind: Self.kind, values: values)
    }

    public init(record: ArtifactRecord) throws {
        guard record.kind == Self.kind else {
            throw ArtifactError.wrongKind(expected: Self.kind, found: record.kind)
        }
        func number(_ name: String) -> Double? {
            guard case .number(let number)? = record.values[name] else { return nil }
            return number
        }
        guard let maxAbs = number("max_abs"), let meanAbs = number("mean_abs") else {
            throw ArtifactError.damaged(kind: Self.kind, reason: "a score is missing")
        }
        self.init(maxAbs: maxAbs, meanAbs: meanAbs, similarity: number("similarity"))
    }

    public func field(_ name: String) -> Double? {
        switch name {
        case "max_abs": maxAbs
        case "mean_abs": meanAbs
        case "similarity": similarity
        default: nil
        }
    }
}
