import Foundation
import Tensors

/// The sum of a batch's micro-batches that several processes computed, one by one in the order in which one process adds
/// them: so it has the same bits.
///
/// The sum goes from process to process, tensor by tensor: while the second adds its own to the first tensor, the first is at
/// the second one. The last has the whole, which all are given.
struct TeamSum {
    let team: any TrainingTeam
    /// Of all processes together.
    let microBatches: Int
    /// In the order of the gradients.
    let leaves: [Tensor]

    /// What is told ahead of the gradients.
    private struct Head: Codable {
        var loss = Number(value: 0)
        var terms: [String: Number] = [:]
        /// Why there are none.
        var failure: String?

        init() {}

        init(_ batch: BatchGradients) {
            loss = Number(value: batch.loss)
            terms = batch.terms.mapValues { Number(value: $0) }
        }

        static func + (head: Head, batch: BatchGradients) -> Head {
            var sum = head
            sum.loss = Number(value: head.loss.value + batch.loss)
            sum.terms.merge(batch.terms.mapValues { Number(value: $0) }) { Number(value: $0.value + $1.value) }
            return sum
        }
    }

    /// By its bits, whatever it is.
    private struct Number: Codable {
        private var bits: UInt32
        var value: Float { Float(bitPattern: bits) }
        init(value: Float) { bits = value.bitPattern }
    }

    /// - Parameter own: of this process's micro-batches, in order
    /// - Throws: what a micro-batch of this process threw, or `TrainingError.failedElsewhere`
    func callAsFunction(_ own: [Result<BatchGradients, any Error>]) throws -> BatchGradients {
        let working: [Int] = (0..<team.size).filter { !team.share(of: self.microBatches, rank: $0).isEmpty }
        guard let last = working.last else { throw TrainingError.emptyBatch }
        let before: Int? = own.isEmpty ? nil : working.last { $0 < team.rank }
        let after: Int? = own.isEmpty ? nil : working.first { $0 > team.rank }
        let found: Result<[BatchGradients], any Error> = Result { try own.map { try $0.get() } }

        var head = try before.map { try decoded(team.receive(from: $0)) }
        if head?.failure == nil {
            switch found {
            case .success(let microBatches):
                for batch in microBatches { head = head.map { $0 + batch } ?? Head(batch) }
            case .failure(let error):
                head = Head()
                head?.failure = "\(error)"
            }
        }
        if let after { team.send(try JSONEncoder().encode(head ?? Head()), to: after) }
        let whole = try decoded(team.broadcast(try JSONEncoder().encode(head ?? Head()), from: last))
        if let failure = whole.failure {
            _ = try found.get()
            throw TrainingError.failedElsewhere(failure)
        }
        let microBatches = try found.get()
        let gradients = leaves.indices.map { index -> Tensor in
            var sum = before.map { receive(like: leaves[index], from: $0) }
            for batch in microBatches { sum = sum.map { $0 + batch.gradients[index] } ?? batch.gradients[index] }
            let own = sum ?? .zeros(leaves[index].shape)
            if let after { own.withValues { team.send(UnsafeRawBufferPointer($0), to: after) } }
            return own
        }
        return BatchGradients(
            gradients: gradients.map { broadcast($0, from: last) },
            loss: whole.loss.value,
            terms: whole.terms.mapValues { $0.value }
        )
    }

    private func decoded(_ data: Data) throws -> Head { try JSONDecoder().decode(Head.self, from: data) }

    private func receive(like leaf: Tensor, from rank: Int) -> Tensor {
        var values = [Float](repeating: 0, count: leaf.count)
        values.withUnsafeMutableBytes { team.receive($0, from: rank) }
        return Tensor(values, shape: leaf.shape)
    }

    private func broadcast(_ gradient: Tensor, from rank: Int) -> Tensor {
        var values = gradient.values
        values.withUnsafeMutableBytes { team.broadcast($0, from: rank) }
        return Tensor(values, shape: gradient.shape)
    }
}
