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
        let checkpoint = try workFolder().map { $0 + "/checkpoint.safetensors" }
        if let checkpoint, FileManager.default.fileExists(atPath: checkpoint) {
            try task.trainer.resume(from: checkpoint)
        }
        var saved = ContinuousClock.now
        var loss = RunningLoss()
        do {
            while !task.isDone {
                try checkCancellation()
                progress(task.trainer.step, task.steps, note: loss.text)
                loss.add(try task.step())
                if let checkpoint, ContinuousClock.now - saved > .seconds(60) {
                    try task.trainer.save(to: checkpoint)
                    saved = .now
                }
            }
        } catch is CancellationError {
            if let checkpoint { try task.trainer.save(to: checkpoint) }
            throw CancellationError()
        }
        progress(task.steps, task.steps, note: loss.text)
        // What follows may take a while, and may be stopped too.
        if let checkpoint { try task.trainer.save(to: checkpoint) }
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
