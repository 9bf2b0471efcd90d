import Foundation
import Graph
import Store
import Synchronization

/// The files that a run reads, each as it was when its digest was taken. A run sees one content of each: a file that
/// changes under it fails whatever reads it, and nothing made of it is kept.
final class FileWatch: Sendable {
    /// The paths and digests of a file and of all that is read with it.
    struct Content {
        let files: [FileContent]
        /// Of the file's bytes; with companions, of the digests of all.
        let digest: Digest
    }

    private let store: ResultStore
    private let companions: @Sendable (String) throws -> [String]
    private let pause: @Sendable () throws -> Void
    private let known = Mutex<[String: Known]>([:])

    private struct Known {
        let content: FileContent
        /// Whether it was found in bulk, and nobody has asked for it yet.
        var isAhead = false
    }

    /// - Parameters:
    ///   - companions: the other files that are read with one, such as the shards of an index.
    ///   - pause: called between blocks of large files; what it throws ends the reading.
    init(
        store: ResultStore,
        companions: @escaping @Sendable (String) throws -> [String],
        pause: @escaping @Sendable () throws -> Void
    ) {
        self.store = store
        self.companions = companions
        self.pause = pause
    }

    /// Looks for files whose digests are remembered, all at once; each is then as it was found when it is first asked for.
    func lookUp(_ paths: [String]) {
        let found = store.fileContents(of: paths)
        known.withLock { known in
            known.reserveCapacity(paths.count)
            for case let content? in found { known[content.path] = Known(content: content, isAhead: true) }
        }
    }

    /// - Throws: `FileDigestError`; `FileChanged`; what `companions` throws.
    func content(of path: String) throws -> Content {
        let file = try self.file(path)
        let others = try companions(path).map { try self.file($0) }
        guard !others.isEmpty else { return Content(files: [file], digest: file.digest) }
        var encoder = CanonicalEncoder()
        for file in [file] + others { encoder.append(.string(file.digest.hex)) }
        return Content(files: [file] + others, digest: Digest(of: encoder.bytes))
    }

    /// The digest of a file as the run has it; nil for one that it has not read.
    func knownDigest(of path: String) -> Digest? { known.withLock { $0[path]?.content.digest } }

    /// - Throws: `FileChanged` for the first of these paths whose file, or one that is read with it, is not the one whose
    ///   digest was taken.
    func check(_ paths: some Sequence<String>) throws {
        for path in withCompanions(paths) {
            guard let file = known.withLock({ $0[path] }) else { continue }
            if !file.content.isUnchanged { throw FileChanged(path: path) }
        }
    }

    /// Files, each with those that are read with it.
    func withCompanions(_ paths: some Sequence<String>) -> [String] {
        paths.flatMap { [$0] + ((try? companions($0)) ?? []) }
    }

    private func file(_ path: String) throws -> FileContent {
        let ahead = known.withLock { known -> FileContent? in
            guard let place = known.index(forKey: path), known.values[place].isAhead else { return nil }
            known.values[place].isAhead = false
            return known.values[place].content
        }
        if let ahead { return ahead }
        let found = try store.fileContent(path, pause: pause)
        let first = known.withLock { known in
            let first = known[path]?.content ?? found
            known[path] = Known(content: first)
            return first
        }
        guard first == found else { throw FileChanged(path: path) }
        return found
    }
}

/// A file is not what it was when the run took its digest.
struct FileChanged: Error, Hashable, CustomStringConvertible {
    let path: String
    var description: String { "\(path) changed while the run was using it: nothing made of it is kept; run again" }
}
