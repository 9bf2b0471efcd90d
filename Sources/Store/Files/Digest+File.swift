import Foundation
import Graph

extension Digest {
    /// The digest of a file's bytes, and what the file was while they were read.
    ///
    /// - Parameter pause: called between blocks of a large file; what it throws ends the reading.
    /// - Throws: `FileDigestError`.
    static func ofFile(
        _ path: String,
        pause: () throws -> Void = {}
    ) throws -> (digest: Digest, identity: FileIdentity) {
        // Without O_NONBLOCK a pipe would hold us up.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FileDigestError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        for _ in 0..<3 {
            guard let before = FileIdentity(descriptor: descriptor) else { throw FileDigestError.notAFile(path: path) }
            guard let digest = try digest(of: descriptor, pause: pause) else {
                throw FileDigestError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            if FileIdentity(descriptor: descriptor) == before { return (digest, before) }
        }
        throw FileDigestError.keepsChanging(path: path)
    }

    /// nil when reading fails, with the reason in `errno`.
    private static func digest(of descriptor: Int32, pause: () throws -> Void) throws -> Digest? {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 4096)
        defer { block.deallocate() }
        var hasher = Hasher()
        while true {
            try pause()
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return hasher.finish() }
            hasher.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
    }
}
