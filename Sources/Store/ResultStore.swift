import Foundation
import GRDB
import Graph
import Synchronization

/// The cache: what every node gave, by key; the values, by the digest of their bytes; and what is known of files.
///
/// A cache never fails a run. What cannot be read is not there; what cannot be written is tried again, or not kept; each
/// is said once. Values are checked against their digests whenever they are read.
public final class ResultStore: Sendable {
    public enum Access: Sendable { case readWrite, readOnly }

    /// Values of more bytes than this lie in files of their own (docs/CACHE.md has the measurement).
    static let largestInDatabase = 8 << 20

    let folder: CacheFolder
    let notices: Notices
    let database: StoreDatabase
    let commits: GroupCommit
    let valueFiles: ValueFiles
    let fileDigests = Mutex<[String: FileDigestMemo]>([:])
    /// Values that are listed and were no use when this process asked for them: they are not here, as far as it goes.
    let unusable = Mutex<Set<Digest>>([])
    /// What other machines have made; nil where none are asked.
    public let remote: RemoteCache?
    let told = Mutex(ToldResults())
    /// Whether this process may write, whatever the database makes of it.
    let mayWrite: Bool
    private let locks: KeyLocks?

    /// - Parameters:
    ///   - access: a cache on media that cannot be written is read only, whatever is asked for.
    ///   - remote: asked for what is not here, and given what is made here.
    /// - Throws: `StoreError`.
    public init(
        folder: CacheFolder,
        access: Access = .readWrite,
        remote: RemoteCache? = nil,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let notices = Notices(warn)
        if access == .readWrite { try folder.prepare() }
        let mayWrite = access == .readWrite && folder.isWritable
        if access == .readWrite, !mayWrite { warn("the cache \(folder.path) can only be read: results are not kept") }
        if mayWrite { folder.removeUnfinished() }
        let locks = mayWrite ? KeyLocks(folder: folder.locks, notices: notices) : nil
        let values = ValueFiles(folder: folder)
        let database = try StoreDatabase(
            folder: folder,
            access: mayWrite ? .readWrite : .readOnly,
            notices: notices,
            onLoss: { locks?.reopen() }
        )
        self.folder = folder
        self.notices = notices
        self.mayWrite = mayWrite
        self.locks = locks
        self.database = database
        self.remote = remote
        valueFiles = values
        let committed = CommittedValues(database: database, files: values)
        commits = GroupCommit(
            path: folder.path,
            notices: notices,
            write: { batch in database.write { db in try batch.write(to: db, values) } },
            makeRoom: { database.foldLog() },
            onCommit: { batch in
                CheckpointFolder.remove(batch.finished, from: folder) { database.syncLog() }
                remote?.give(batch.uploads(from: committed))
            }
        )
    }

    public var isWritable: Bool { database.isWritable }

    /// Commits what waits and lets go of the files. Nothing may be asked of the store afterwards.
    public func close() {
        if let reason = commits.flush() {
            notices.warn("the cache \(folder.path) could not be written (\(reason)): \(Self.lost(commits.unkept))")
        }
        remote?.finish { false }
        database.close()
    }

    private static func lost(_ results: Int) -> String {
        let what =
            switch results {
            case 0: "what was learnt last is not kept"
            case 1: "1 result is not kept"
            default: "\(results) results are not kept"
            }
        return "\(what); make room with `pulid-run cache gc`, or name a folder on another disk with --cache"
    }

    /// Commits what waits; where it cannot be for some seconds, it goes on waiting.
    public func flush() { commits.flush() }

    // MARK: - Claims

    /// The right to compute `key`, without waiting. Look for the result again before using it.
    public func tryClaim(_ key: Digest) -> ClaimAttempt {
        guard isWritable, let locks else { return .unsupported }
        return locks.tryClaim(key)
    }
}
