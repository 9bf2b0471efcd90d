import Graph

/// What a tier keeps, by its name there.
public enum RemoteEntry: Hashable, Sendable {
    /// What a key gave: `ac/<key>`.
    case trace(of: Digest)
    /// The bytes of a value: `cas/<digest>`.
    case value(Digest)

    var folder: String {
        switch self {
        case .trace: "ac"
        case .value: "cas"
        }
    }

    var digest: Digest {
        switch self {
        case .trace(let digest), .value(let digest): digest
        }
    }
}

/// A place where machines leave results for each other: entries under names, in the layout of Bazel's remote caches.
///
/// A tier is not believed: `RemoteCache` checks what it gives. Calls block, and come from several threads at once.
public protocol RemoteTier: Sendable {
    /// As people know it, without passwords.
    var name: String { get }

    /// In bytes; nil where there is no such entry.
    ///
    /// - Throws: `RemoteFailure`.
    func size(of entry: RemoteEntry, _ pace: Pace) throws -> Int?

    /// Gives the entry's bytes in pieces, as they come.
    ///
    /// - Returns: whether there is such an entry.
    /// - Throws: `RemoteFailure`; what `sink` throws, which ends the reading.
    func read(_ entry: RemoteEntry, _ pace: Pace, into sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool

    /// Makes or replaces the entry, whole or not at all.
    ///
    /// - Throws: `RemoteFailure`.
    func write(_ entry: RemoteEntry, _ pieces: [Bytes], _ pace: Pace) throws
}

/// Why a tier did not do what it was asked for.
public enum RemoteFailure: Error, Hashable {
    /// It lets nobody in, or not us.
    case refused(String)
    /// It has no room for this entry.
    case noRoom
    /// It cannot be reached, fails or is too slow: it may go another time.
    case unavailable(String)
    /// Its answer is none that a cache gives.
    case unexpected(String)
}

extension RemoteFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let reason), .unavailable(let reason), .unexpected(let reason): reason
        case .noRoom: "it has no room"
        }
    }
}
