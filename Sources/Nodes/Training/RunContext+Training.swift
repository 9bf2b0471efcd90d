import Curriculum
import Foundation
import Graph
import Tensors
import Training

extension RunContext {
    /// Runs a training to its end: goes on from its last checkpoint if it was stopped, tells its loss, and writes a
    /// checkpoint every minute, so that a stop however hard costs no more than that.
    ///
    /// - Parameter metadata: for files of the weights
    func train(_ task: some TrainingTask, metadata: [String: String] = [:]) throws -> WeightsArtifact {
        var task = task
        _ = checkpoints.load { try task.trainer.resume(from: $0) }
        var saved = ContinuousClock.now
        var loss = RunningLoss()
        do {
            while !task.isDone {
                try checkCancellation()
                progress(task.trainer.step, task.steps, note: loss.text)
                loss.add(try task.step())
                if .now - saved > checkpoints.interval {
                    checkpoints.save(try task.trainer.record())
                    saved = .now
                }
            }
        } catch is CancellationError {
            checkpoints.save(try task.trainer.record())
            throw CancellationError()
        }
        progress(task.steps, task.steps, note: loss.text)
        // What follows may take a while, and may be stopped too.
        checkpoints.save(try task.trainer.record())
        return WeightsArtifact(try task.result(), metadata: metadata, losses: task.trainer.losses)
    }
}

/// The mean loss of the last steps, as it is shown.
private struct RunningLoss {
    private var mean: Double?

    mutating func add(_ report: StepReport) {
        let loss = Double(report.loss)
        mean = mean.map { $0 + 0.02 * (loss - $0) } ?? loss
    }

    var text: String? { mean.map { String(format: "loss %.4g", $0) } }
}

extension Trainer {
    fileprivate func record() throws -> Record {
        let path = NSTemporaryDirectory() + "/\(UUID()).safetensors"
        defer { unlink(path) }
        try save(to: path)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return Record(kind: "training", blocks: ["file": Record.Block(element: .uint8, shape: [bytes.count], bytes: bytes)])
    }

    fileprivate mutating func resume(from record: Record) throws {
        let path = NSTemporaryDirectory() + "/\(UUID()).safetensors"
        defer { unlink(path) }
        try Data([UInt8](record.blocks["file"]?.bytes ?? Bytes([]))).write(to: URL(fileURLWithPath: path))
        try resume(from: path)
    }
}
