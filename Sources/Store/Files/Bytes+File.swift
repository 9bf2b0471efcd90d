import Foundation
import Graph

extension Bytes {
    /// All of an ordinary file, read once into memory of its own.
    ///
    /// - Throws: `SystemError`.
    init(file path: String) throws {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(path: path) }
        defer { close(descriptor) }
        guard let size = FileIdentity(descriptor: descriptor)?.size else { throw SystemError(path: path, code: EISDIR) }
        self = try Bytes(count: Int(size)) { memory in
            var rest = memory[...]
            while !rest.isEmpty {
                let target = UnsafeMutableRawBufferPointer(rebasing: rest)
                let count = read(descriptor, target.baseAddress, Swift.min(target.count, 1 << 30))
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw SystemError(path: path) }
                guard count > 0 else { throw SystemError(path: path, code: EIO) }
                rest = rest.dropFirst(count)
            }
        }
    }
}
