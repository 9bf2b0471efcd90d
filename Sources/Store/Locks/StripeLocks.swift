import Foundation
import Graph
import Synchronization

/// The right to compute keys, shared out among processes: each key belongs to one of 256 lock files, by its first byte.
///
/// Within a process a stripe may be held many times over; that no key is computed twice there is the runner's affair.
final class StripeLocks: Sendable {
    private struct Stripe {
        let lock: FileLock
        var holders: Int
    }

    private let folder: String
    private let stripes = Mutex<[UInt8: Stripe]>([:])

    init(folder: String) {
        self.folder = folder
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Waits until no other process holds the stripe.
    /// - Parameter pause: called between attempts; what it throws ends the wait.
    /// - Returns: nil where locks cannot be made: then nobody is kept from computing twice.
    func claim(_ key: Digest, pause: () throws -> Void) rethrows -> Claim? {
        let stripe = key.bytes[0]
        var delay: TimeInterval = 0.002
        while true {
            switch attempt(stripe) {
            case .held: return Claim { [self] in release(stripe) }
            case .impossible: return nil
            case .taken:
                try pause()
                Thread.sleep(forTimeInterval: delay)
                delay = min(2 * delay, 0.1)
            }
        }
    }

    private enum Attempt { case held, taken, impossible }

    private func attempt(_ stripe: UInt8) -> Attempt {
        stripes.withLock { stripes in
            if stripes[stripe] != nil {
                stripes[stripe]?.holders += 1
                return .held
            }
            let name = String(stripe >> 4, radix: 16) + String(stripe & 15, radix: 16)
            guard let lock = try? FileLock(path: "\(folder)/\(name)") else { return .impossible }
            guard lock.tryNow() else { return .taken }
            stripes[stripe] = Stripe(lock: lock, holders: 1)
            return .held
        }
    }

    private func release(_ stripe: UInt8) {
        stripes.withLock { stripes in
            stripes[stripe]?.holders -= 1
            if stripes[stripe]?.holders == 0 { stripes[stripe] = nil }
        }
    }
}
