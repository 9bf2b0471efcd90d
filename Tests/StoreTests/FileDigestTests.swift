import EngineTestSupport
import Foundation
import Graph
import Store
import Testing

@Suite struct FileDigestTests {
    let folder: TemporaryFolder
    var cache: CacheFolder { CacheFolder(folder("cache")) }

    init() throws { folder = try TemporaryFolder() }

    @Test func theDigestIsOfTheBytes() throws {
        let store = try ResultStore(folder: cache)
        let bytes = (0..<9_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let file = try folder.write(bytes, to: "weights.bin", age: 60)
        #expect(try store.fileDigest(file) == Digest(of: bytes))
        let empty = try folder.write([UInt8](), to: "empty.bin")
        #expect(try store.fileDigest(empty) == Digest(of: [UInt8]()))
    }

    @Test func settledFilesAreReadOnce() throws {
        let file = try folder.write("before", to: "weights.bin", age: 60)
        var status = stat()
        #expect(stat(file, &status) == 0)
        // The change time is now; wait until the cache trusts it.
        usleep(2_100_000)
        let store = try ResultStore(folder: cache)
        let digest = try store.fileDigest(file)
        store.close()
        // Without reading rights for its content, only its identity can be seen; as root that is no hindrance, so the
        // pause, which is called for every block read, tells.
        struct Read: Error {}
        let again = try ResultStore(folder: cache)
        #expect(try again.fileDigest(file) { throw Read() } == digest)
        try folder.write("after!", to: "weights.bin", age: 60)
        #expect(throws: Read.self) { try again.fileDigest(file) { throw Read() } }
        #expect(try again.fileDigest(file) == Digest(of: "after!".utf8))
    }

    @Test func aYoungFileIsNotTrusted() throws {
        struct Read: Error {}
        let file = try folder.write("before", to: "weights.bin")
        let store = try ResultStore(folder: cache)
        _ = try store.fileDigest(file)
        store.close()
        let again = try ResultStore(folder: cache)
        #expect(throws: Read.self) { try again.fileDigest(file) { throw Read() } }
    }

    @Test func aFileRewrittenAtOnceIsSeen() throws {
        let store = try ResultStore(folder: cache)
        for step in 0..<200 {
            let file = try folder.write("text \(step % 10)", to: "a.txt")
            #expect(try store.fileDigest(file) == Digest(of: "text \(step % 10)".utf8))
        }
    }

    @Test func whatIsNoFileIsRefused() throws {
        let store = try ResultStore(folder: cache)
        #expect(throws: FileDigestError.notAFile(path: folder.path)) { try store.fileDigest(folder.path) }
        let missing = folder("missing")
        #expect(throws: FileDigestError.cannotRead(path: missing, reason: "No such file or directory")) {
            try store.fileDigest(missing)
        }
        let pipe = folder("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: FileDigestError.notAFile(path: pipe)) { try store.fileDigest(pipe) }
    }

    @Test func outputsAreRememberedUntilTheyChange() throws {
        let store = try ResultStore(folder: cache)
        let file = try folder.write("picture", to: "out/a.png")
        #expect(store.outputContent(file) == nil)
        store.rememberOutput(file, try #require(FileIdentity(path: file)), content: Digest(of: [1]))
        #expect(store.outputContent(file) == Digest(of: [1]))
        store.flush()
        #expect(store.outputContent(file) == Digest(of: [1]))
        try folder.write("picture2", to: "out/a.png")
        #expect(store.outputContent(file) == nil)
        try FileManager.default.removeItem(atPath: file)
        #expect(store.outputContent(file) == nil)
    }

    /// The number of a device is another one on each host, after each mount and in each container: with it in the
    /// identity, models of many gigabytes would be read again, and hosts that share a cache undo each other's rows.
    @Test func aFileIsTheSameOnWhateverDevice() throws {
        let path = try folder.write("text", to: "a.txt", age: 60)
        var status = stat()
        try #require(stat(path, &status) == 0)
        let identity = try #require(FileIdentity(status))
        #expect(identity == FileIdentity(path: path))
        #expect(identity == FileIdentity(opening: path))
        var elsewhere = status
        elsewhere.st_dev += 1
        #expect(FileIdentity(elsewhere) == identity)
        for change: (inout stat) -> Void in [
            { $0.st_ino += 1 }, { $0.st_size += 1 }, { $0.st_mtim.tv_nsec ^= 1 }, { $0.st_ctim.tv_sec += 1 },
        ] {
            var other = status
            change(&other)
            #expect(FileIdentity(other) != identity)
        }
        elsewhere.st_mode = S_IFDIR | 0o755
        #expect(FileIdentity(elsewhere) == nil)
    }
}
