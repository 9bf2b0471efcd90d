import Foundation
import Synchronization
import Tensors
import Testing
import Training

/// Several processes that compute a batch together have the bits of one; here each is a thread.
struct TeamTests {
    /// - Returns: what each of a team comes to, in order
    private func together<Result: Sendable>(
        _ size: Int,
        _ work: @escaping @Sendable (any TrainingTeam) -> Result
    ) -> [Result] {
        let mail = Mailboxes()
        let results = Mutex<[Int: Result]>([:])
        let threads = (0..<size).map { rank in
            Thread {
                let result = work(ThreadTeam(rank: rank, size: size, mail: mail))
                results.withLock { $0[rank] = result }
            }
        }
        for thread in threads {
            thread.stackSize = 8 << 20
            thread.start()
        }
        while results.withLock({ $0.count < size }) { usleep(1000) }
        return results.withLock { results in (0..<size).compactMap { results[$0] } }
    }

    private func trained(_ team: (any TrainingTeam)?, samples: Int = 10) -> (
        bits: [String: [UInt32]], reports: [StepReport]
    ) {
        var training = SmallTraining()
        training.trainer.team = team
        var reports: [StepReport] = []
        for _ in 0..<4 { if let report = try? training.step(samples: samples) { reports.append(report) } }
        return (training.bits, reports)
    }

    /// Of four micro-batches, so that of five processes one has nothing to do.
    @Test(arguments: [1, 2, 3, 4, 5]) func bitsAreThoseOfOne(_ size: Int) {
        let alone = trained(nil)
        #expect(alone.reports.count == 4)
        for found in together(size, { trained($0) }) {
            #expect(found.bits == alone.bits)
            #expect(found.reports == alone.reports)
        }
    }

    @Test func oneSampleIsOnePart() {
        let alone = trained(nil, samples: 1)
        for found in together(2, { trained($0, samples: 1) }) { #expect(found.bits == alone.bits) }
    }

    /// The sum of these numbers depends on their order.
    @Test(arguments: [2, 3, 4]) func partsAreAddedInTheirOrder(_ size: Int) {
        let values: [Float] = [1e8, 1, -1e8, 1]
        let sums = together(size) { team -> [Float] in
            let leaf = Tensor([1], shape: [1]).tracked()
            let found = try? GradientAccumulation(microBatchSize: 1)(samples: 4, leaves: [leaf], team: team) {
                microBatch in
                SampleLoss(leaf * values[microBatch.lowerBound], terms: ["x": values[microBatch.lowerBound]])
            }
            return (found?.gradients[0].values ?? []) + [found?.loss ?? .nan, found?.terms["x"] ?? .nan]
        }
        for sum in sums { #expect(sum == [0.25, 0.25, 0.25]) }
    }

    /// Where one fails all do, and the next step is not disturbed.
    @Test func aPartThatFailsFailsAll() {
        struct Failure: Error, CustomStringConvertible { let description = "no such sample" }
        let found = together(3) { team -> [String] in
            let leaf = Tensor([1], shape: [1]).tracked()
            return [true, false].map { fails in
                do {
                    let sum = try GradientAccumulation(microBatchSize: 1)(samples: 6, leaves: [leaf], team: team) {
                        microBatch in
                        if fails, microBatch.lowerBound == 3 { throw Failure() }
                        return SampleLoss(leaf * 1)
                    }
                    return "\(sum.loss)"
                } catch { return "\(error)" }
            }
        }
        let elsewhere = "another of the processes that train together failed: no such sample"
        #expect(found.map { $0[0] } == [elsewhere, "no such sample", elsewhere])
        #expect(Set(found.map { $0[1] }).count == 1 && found[0][1].hasPrefix("1"))
    }

    @Test func aStepThatDivergesChangesNothingAnywhere() {
        let found = together(2) { team -> Bool in
            var training = SmallTraining()
            training.trainer.team = team
            _ = try? training.step()
            let bits = training.bits
            do { try training.step(factor: .infinity) } catch TrainingError.diverged(let step, _, _) {
                return step == 1 && training.bits == bits
            } catch {}
            return false
        }
        #expect(found == [true, true])
    }
}

/// What threads send each other.
private final class Mailboxes: Sendable {
    private let letters = Mutex<[[Int]: [Data]]>([:])

    func put(_ data: Data, from: Int, to: Int) { letters.withLock { $0[[from, to], default: []].append(data) } }

    func take(from: Int, to: Int) -> Data {
        while true {
            if let data = letters.withLock({ $0[[from, to]]?.isEmpty == false ? $0[[from, to]]?.removeFirst() : nil }) {
                return data
            }
            usleep(50)
        }
    }
}

private struct ThreadTeam: TrainingTeam {
    let rank: Int
    let size: Int
    let mail: Mailboxes

    func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) { mail.put(Data(bytes), from: self.rank, to: rank) }

    func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
        let data = mail.take(from: rank, to: self.rank)
        precondition(data.count == bytes.count)
        bytes.copyBytes(from: data)
    }

    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) {
        guard self.rank == rank else { return receive(bytes, from: rank) }
        for other in 0..<size where other != rank { send(UnsafeRawBufferPointer(bytes), to: other) }
    }
}
