import CMemory
import Foundation

/// A file's bytes, mapped read-only for as long as this object lives; only the parts that are read are loaded.
///
/// A file that another process shortens while it is mapped raises SIGBUS at the next read, as with every mapping: see
/// `endProcessAtFaults`.
public final class MappedFile: @unchecked Sendable {
    public let path: String
    /// Valid while this object lives, which a use of them alone does not ensure: see `withBytes`.
    let bytes: UnsafeRawBufferPointer
    /// See `WeightCopies`.
    let copiesNumbers: Bool
    /// What the handler of SIGBUS knows of it.
    private let mapping: OpaquePointer?

    /// From now on, a read of a mapped file that was shortened, or that its disk does not give any more, ends the process
    /// with one sentence that names the file.
    public static func endProcessAtFaults(status: Int32) { pk_memory_end_process_at_faults(status) }

    /// Takes the pages of large files out of the process's memory, whoever maps them: between two nodes, of which each may use
    /// other networks. What is read again comes from the system's cache.
    public static func givePagesBack() { pk_mapping_give_pages_back(leastGivenBack) }

    /// Smaller files are read again and again, and do not count.
    private static let leastGivenBack = 1 << 26

    /// - Throws: `CheckpointError.unreadable` when it cannot be opened or mapped, or is not a regular file.
    public init(path: String) throws {
        self.path = path
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw CheckpointError.unreadable(file: path, reason: systemReason()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw CheckpointError.unreadable(file: path, reason: systemReason())
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw CheckpointError.unreadable(file: path, reason: "it is a folder")
        default: throw CheckpointError.unreadable(file: path, reason: "it is not a regular file")
        }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            (copiesNumbers, mapping) = (false, nil)
            return
        }
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw CheckpointError.unreadable(file: path, reason: systemReason())
        }
        bytes = UnsafeRawBufferPointer(start: base, count: size)
        copiesNumbers = WeightCopies.wanted(path, bytes: size)
        mapping = pk_mapping_add(
            base,
            size,
            "\(path) was shortened, or cannot be read any more, while the run was using it: nothing made of it is kept; run again\n"
        )
    }

    /// How many bytes.
    public var count: Int { bytes.count }

    /// Calls `body` with the bytes, which are valid for as long as it runs.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(bytes) }
    }

    deinit {
        pk_mapping_remove(mapping)
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }
}

/// What the last failed system call reported.
func systemReason() -> String { String(cString: strerror(errno)) }
