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
    private let known = Mutex(Known())

    private struct Known {
        /// Those that were found in bulk come first.
        private var contents: [FileContent] = []
        private var places: [String: Int32] = [:]
        /// By place: whether nobody has asked for it since it was found in bulk.
        private var isAhead: [Bool] = []

        init() {}

        init(foundInBulk found: [FileContent?]) {
            contents.reserveCapacity(found.count)
            places.reserveCapacity(found.count)
            for case let content? in found { add(content) }
            isAhead = Array(repeating: true, count: contents.count)
        }

        subscript(path: String) -> FileContent? { places[path].map { contents[Int($0)] } }

        /// - Returns: what is known of the file already.
        @discardableResult
        mutating func add(_ content: FileContent) -> FileContent {
            let place = places[content.path, default: Int32(contents.count)]
            guard place == contents.count else { return contents[Int(place)] }
            places[content.path] = place
            contents.append(content)
            return content
        }

        /// What was found in bulk, the first time that it is asked for.
        mutating func takeAhead(_ path: String) -> FileContent? {
            guard let place = places[path].map({ Int($0) }), place < isAhead.count, isAhead[place] else { return nil }
            isAhead[place] = false
            return contents[place]
        }
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
        known.withLock { $0 = Known(foundInBulk: found) }
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
    func knownDigest(of path: String) -> Digest? { known.withLock { $0[path]?.digest } }

    /// - Throws: `FileChanged` for the first of these paths whose file, or one that is read with it, is not the one whose
    ///   digest was taken.
    func check(_ paths: some Sequence<String>) throws {
        for path in withCompanions(paths) {
            guard let file = known.withLock({ $0[path] }) else { continue }
            if !file.isUnchanged { throw FileChanged(path: path) }
        }
    }

    /// Files, each with those that are read with it.
    func withCompanions(_ paths: some Sequence<String>) -> [String] {
        paths.flatMap { [$0] + ((try? companions($0)) ?? []) }
    }

    private func file(_ path: String) throws -> FileContent {
        if let ahead = known.withLock({ $0.takeAhead(path) }) { return ahead }
        let found = try store.fileContent(path, pause: pause)
        guard known.withLock({ $0.add(found) }) == found else { throw FileChanged(path: path) }
        return found
    }
}

/// A file is not what it was when the run took its digest.
struct FileChanged: Error, Hashable, CustomStringConvertible {
    let path: String
    var description: String { "\(path) changed while the run was using it: nothing made of it is kept; run again" }
}
