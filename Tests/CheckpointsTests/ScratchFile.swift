import Foundation

/// One file whose content is replaced in place, for tests that try thousands: file systems flush a file that is
/// truncated to nothing and written again.
final class ScratchFile {
    let path: String
    private let folder: TemporaryFolder
    private let descriptor: Int32

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.file("scratch.safetensors", [])
        descriptor = open(path, O_RDWR | O_CLOEXEC)
    }

    deinit { close(descriptor) }

    func replace(with bytes: [UInt8]) throws {
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, ftruncate(descriptor, off_t(bytes.count)) == 0
        else { throw CocoaError(.fileWriteUnknown) }
    }
}
