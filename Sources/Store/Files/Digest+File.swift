import Foundation
import Graph

extension Digest {
    /// The digest of a file's bytes, and what the file was while they were read.
    ///
    /// - Throws: `FileReadingError`.
    static func ofFile(_ path: String) throws(FileReadingError) -> (digest: Digest, identity: FileIdentity) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        for _ in 0..<3 {
            guard let before = FileIdentity(descriptor: descriptor) else { throw .notAFile(path: path) }
            guard let digest = digest(of: descriptor) else {
                throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
            if FileIdentity(descriptor: descriptor) == before { return (digest, before) }
        }
        throw .keepsChanging(path: path)
    }

    /// nil when reading fails, with the reason in `errno`.
    private static func digest(of descriptor: Int32) -> Digest? {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 4096)
        defer { block.deallocate() }
        var hasher = Hasher()
        while true {
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return hasher.finish() }
            hasher.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
    }
}
