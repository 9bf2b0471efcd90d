import Graph

/// What a tier can do for whoever asks now.
public struct RemoteCheck: Hashable, Sendable {
    public internal(set) var isReachable = false
    public internal(set) var isWritable = false
    /// Why it is not, where it should be.
    public internal(set) var problem: String?
    let mode: RemoteCache.Mode
    let signs: Bool
    let demandsSignatures: Bool

    /// `reachable, writable, traces are signed`
    public var text: String {
        var parts = [isReachable ? "reachable" : "not reachable"]
        parts.append(mode == .read ? "only read" : isWritable ? "writable" : "not writable")
        if signs { parts.append("results are signed") }
        parts.append(demandsSignatures ? "unsigned results are passed over" : "unsigned results are believed")
        return parts.joined(separator: ", ")
    }
}

extension RemoteCache {
    /// Asks for something that is not there, and, where results are given, leaves a small value and reads it again.
    public func check() -> RemoteCheck {
        var check = RemoteCheck(mode: mode, signs: signatures.canSign, demandsSignatures: signatures.areDemanded)
        let bytes = Array("pulid-run doctor\n".utf8)
        let value = Digest(of: bytes)
        do {
            _ = try tier.read(.trace(of: value), Pace()) { _ in }
            check.isReachable = true
            guard mode == .write else { return check }
            try tier.write(.value(value), [Bytes(bytes)], Pace())
            var read: [UInt8] = []
            _ = try tier.read(.value(value), Pace()) { piece in if read.count < 4096 { read += piece } }
            check.isWritable = read == bytes
            if !check.isWritable { check.problem = "what is written is not what is read" }
        } catch {
            check.problem = "\(error)"
        }
        return check
    }
}
