import Foundation
import Graph
import Synchronization

/// The checkpoints of one key, `work/<key>`: the newest and the one before it, so that there is one to go on from when
/// the newest turns out to be no use. One process at a time has them.
final class CheckpointFolder: Sendable {
    private static let newest = "newest"
    private static let before = "before"

    private let cache: CacheFolder
    private let key: Digest
    private let notices: Notices
    private let lock = Mutex<LockState>(.unasked)

    private enum LockState {
        case unasked
        case ours(FileLock?)
        case taken
    }

    init(_ cache: CacheFolder, key: Digest, notices: Notices) {
        self.cache = cache
        self.key = key
        self.notices = notices
    }

    private var path: String { "\(cache.work)/\(key.hex)" }

    /// Offers what is there, the newest first, until one is accepted. What is no use is set aside.
    func read(_ accept: (ArtifactRecord) throws -> Void) {
        guard access(path, F_OK) == 0, isOurs else { return }
        for name in [Self.newest, Self.before] {
            let file = CheckpointFile(path: "\(path)/\(name)")
            do {
                return try accept(file.read(for: key))
            } catch let error as SystemError where error.code == ENOENT {
                continue
            } catch let error as SystemError where error.code != EISDIR {
                warn("the checkpoint \(error) cannot be read: it is passed over")
            } catch {
                setAside(file.path, because: error)
            }
        }
    }

    /// Keeps the record in front of the one before. What cannot be kept is said once.
    func write(_ record: ArtifactRecord) {
        make()
        guard isOurs else { return }
        let newest = "\(path)/\(Self.newest)"
        let written = CheckpointFile(path: "\(path)/next")
        do {
            try written.write(RecordCoder.encode(record), for: key, temporaries: cache.unfinished)
            for (old, new) in [(newest, "\(path)/\(Self.before)"), (written.path, newest)] {
                if rename(old, new) != 0, errno != ENOENT { throw SystemError(path: new) }
            }
        } catch {
            notices.warn(
                "a checkpoint could not be kept (\(DatabaseFault.reason(error))): a stop costs all since the last one",
                onceFor: "save \(key.hex)"
            )
        }
    }

    /// Somebody may have removed it.
    private func make() {
        for folder in [path, cache.unfinished] {
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    /// Whether no other process has the folder; where nothing can be locked, it is anybody's.
    private var isOurs: Bool {
        lock.withLock { state in
            if case .unasked = state {
                let file = try? FileLock(path: "\(path)/lock")
                state = file?.attempt() == .taken ? .taken : .ours(file)
                if case .taken = state {
                    warn("another process has the checkpoints of \(key.short): none are kept by this one")
                }
            }
            if case .taken = state { return false }
            return true
        }
    }

    private func setAside(_ file: String, because error: any Error) {
        let reason =
            switch error {
            case CheckpointFile.Failure.damaged: "it is damaged"
            case CheckpointFile.Failure.foreign: "it belongs to something else"
            case is SystemError: "it is no file"
            default: "\(error)"
            }
        let moved = "\(file).unusable-\(Int(Date().timeIntervalSince1970))"
        let isMoved = rename(file, moved) == 0
        warn("the checkpoint \(file) is no use (\(reason)): \(isMoved ? "moved to \(moved)" : "passed over")")
    }

    private func warn(_ text: String) { notices.warn(text) }

    // MARK: - All of them

    /// Removes the folders of results that are committed.
    ///
    /// - Parameter secure: called first where there are any: the results must outlast a power cut.
    static func remove(_ keys: Set<Digest>, from cache: CacheFolder, secure: () -> Void) {
        let finished = names(in: cache).filter { Digest(hex: $0).map(keys.contains) == true }
        if finished.isEmpty { return }
        secure()
        for name in finished { try? FileManager.default.removeItem(atPath: "\(cache.work)/\(name)") }
    }

    /// Removes the folders that nobody has come back to for a month.
    static func removeOld(from cache: CacheFolder) {
        for name in names(in: cache) {
            let path = "\(cache.work)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            let own = Date().timeIntervalSince1970 - TimeInterval(status.st_mtim.tv_sec)
            let youngest = FoundFile.all(below: path).map(\.age).reduce(own, min)
            if youngest > 30 * 86400 { try? FileManager.default.removeItem(atPath: path) }
        }
    }

    /// The paths of those that are damaged.
    static func damaged(in cache: CacheFolder) -> [String] {
        names(in: cache).sorted().flatMap { name -> [String] in
            guard let key = Digest(hex: name) else { return [] }
            return [newest, before].map { "\(cache.work)/\(name)/\($0)" }.filter { path in
                do {
                    _ = try CheckpointFile(path: path).read(for: key)
                    return false
                } catch let error as SystemError {
                    return error.code == EISDIR
                } catch {
                    return true
                }
            }
        }
    }

    private static func names(in cache: CacheFolder) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: cache.work)) ?? []
    }
}
