import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

@Suite struct ClaimTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    @Test func aKeyKeepsNoOtherFromBeingComputed() throws {
        let (store, other) = (try ResultStore(folder: cache), try ResultStore(folder: cache))
        let first = Digest(of: [1])
        var bytes = first.bytes
        bytes[9] ^= 1
        // As alike as keys can be that are not one.
        let second = try #require(Digest(bytes: [UInt8](first.bytes.prefix(7)) + [first.bytes[7] ^ 4] + bytes[8...]))
        let claim = store.tryClaim(first).claim
        #expect(claim != nil)
        #expect(other.tryClaim(first).claim == nil)
        #expect(other.tryClaim(second).claim != nil)
    }

    @Test func inOneProcessToAKeyIsHeldOnce() throws {
        let store = try ResultStore(folder: cache)
        let key = Digest(of: [1])
        let claim = store.tryClaim(key).claim
        #expect(claim != nil)
        guard case .taken(by: "this process") = store.tryClaim(key) else {
            Issue.record("the key was claimed twice")
            return
        }
        claim?.release()
        #expect(store.tryClaim(key).claim != nil)
    }

    @Test func aThousandKeysTakeNoDescriptors() async throws {
        let path = cache.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            let store = try ResultStore(folder: CacheFolder(path))
            // The lowest that is free.
            let before = dup(0)
            close(before)
            let claims = (0..<1000).compactMap { store.tryClaim(Digest(of: "\($0)".utf8)).claim }
            exit(claims.count == 1000 && dup(0) == before ? 0 : 1)
        }
    }

    @Test func theProcessThatHasTheKeyIsNamedAndItsEndFreesIt() async throws {
        try ResultStore(folder: cache).close()
        let (path, ready, done) = (cache.path, folder("ready"), folder("done"))
        async let child: Void = holdUntil(done, path, ready)
        while access(ready, F_OK) != 0 { try await Task.sleep(for: .milliseconds(5)) }
        let store = try ResultStore(folder: cache)
        guard case .taken(by: let holder) = store.tryClaim(Digest(of: [1])) else {
            Issue.record("the key was claimed twice")
            return
        }
        #expect(try holder == "process " + folder.text(of: "ready"))
        try folder.write("", to: "done")
        await child
        #expect(store.tryClaim(Digest(of: [1])).claim != nil)
    }

    /// Another process takes a key, tells who it is, and is killed when it is told.
    private func holdUntil(_ done: String, _ path: String, _ ready: String) async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, ready = ready as String, done = done as String] in
            let store = try ResultStore(folder: CacheFolder(path))
            let claim = store.tryClaim(Digest(of: [1])).claim
            try Data("\(getpid())".utf8).write(to: URL(fileURLWithPath: ready), options: .atomic)
            while access(done, F_OK) != 0 { usleep(5000) }
            withExtendedLifetime(claim) { _ = kill(getpid(), SIGKILL) }
        }
    }

    @Test func whereNothingCanBeLockedItIsSaidOnce() throws {
        try folder.write("a file", to: "cache/locks")
        let log = WarningLog()
        let store = try ResultStore(folder: cache, warn: log.warn)
        for seed in 0..<3 {
            #expect(store.tryClaim(CacheKey.toy(seed).digest).isUnsupported)
            store.insertText("text", seed: seed)
        }
        store.close()
        #expect(
            log.warnings == [
                """
                nothing can be locked in \(cache.locks) (Not a directory): runs beside this one may compute the same \
                again
                """
            ]
        )
        #expect(try ResultStore(folder: cache).statistics().results == 3)
    }

    /// As NFS without a lock server answers, or Lustre.
    @Test(arguments: [ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL])
    func aFileSystemThatRefusesLocksDoesNotStopARun(_ code: Int32) async throws {
        let path = cache.path
        await #expect(processExitsWith: .success) { [path = path as String, code = code as Int32] in
            let log = WarningLog()
            let store = try ResultStore(folder: CacheFolder(path), warn: log.warn)
            try SystemFault.refuseLocks(with: code)
            let isRefused = (0..<3).allSatisfy { store.tryClaim(CacheKey.toy($0).digest).isUnsupported }
            exit(isRefused && log.warnings.count == 1 ? 0 : 1)
        }
    }
}
