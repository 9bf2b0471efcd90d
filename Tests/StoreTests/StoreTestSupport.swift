import EngineTestSupport
import Foundation
import GRDB
import Graph
import Store
import Synchronization

extension CacheKey {
    static func toy(_ seed: Int) -> CacheKey {
        CacheKey(
            kind: "toy",
            version: 1,
            parameters: ["seed": .integer(Int128(seed)), "text": .string("a\tb\nc\\n")],
            inputs: [:],
            numerics: "toy"
        )
    }
}

extension ResultStore {
    @discardableResult
    func insert(_ artifact: any Artifact, seed: Int, cost: Double = 0.5, claim: Claim? = nil) -> (CacheKey, Digest) {
        let encoded = RecordCoder.encode(artifact.record)
        let digest = encoded.digest
        insert(digest, encoded, kind: artifact.record.kind, for: .toy(seed), cost: cost, claim: claim)
        return (.toy(seed), digest)
    }

    @discardableResult
    func insertText(_ text: String, seed: Int) -> (CacheKey, Digest) { insert(ToyText(text), seed: seed) }
}

final class WarningLog: Sendable {
    private let log = Mutex<[String]>([])
    var warnings: [String] { log.withLock { $0 } }
    var warn: @Sendable (String) -> Void { { [self] text in log.withLock { $0.append(text) } } }
}

/// Runs statements on a connection of its own, as another program would.
func sqlite(_ path: String, _ statements: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: statements) }
    try queue.close()
}

extension ClaimAttempt {
    var claim: Claim? { if case .held(let claim) = self { claim } else { nil } }
    var isUnsupported: Bool { if case .unsupported = self { true } else { false } }
}

extension ResultStore {
    /// What `insertText` kept; nil where it is not to be had.
    func text(seed: Int) -> String? {
        guard let result = result(for: CacheKey.toy(seed).digest), let record = record(for: result.value) else {
            return nil
        }
        return try? ToyText(record: record).text
    }
}
