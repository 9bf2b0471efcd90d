import Curriculum
import Foundation
import Graph
import Kernels
import Tensors
import Training

extension RunContext {
    /// Runs a training to its end: goes on from its last checkpoint if it was stopped, tells its loss, and keeps a
    /// checkpoint every minute, so that a stop however hard costs no more than that.
    ///
    /// - Parameters:
    ///   - precision: of its products
    ///   - metadata: for files of the weights
    func train(
        _ task: some TrainingTask,
        in precision: TrainingPrecision = .f32,
        metadata: [String: String] = [:]
    ) throws -> WeightsArtifact {
        try ComputeSettings.with(precision: precision.chosen) { try trained(task, metadata) }
    }

    private func trained(_ task: some TrainingTask, _ metadata: [String: String]) throws -> WeightsArtifact {
        var task = task
        let team = SharedTraining.current
        let leads = team?.leads ?? true
        if leads { _ = checkpoints.load { try task.resume(from: TrainingState(record: $0)) } }
        if let team {
            let started = try team.state(task.trainer.step > 0 ? task.trainer.state.record : nil)
            if let started, !leads { try task.resume(from: TrainingState(record: started)) }
            task.trainer.team = team.team
        }
        var kept = SteppedCheckpoints(self, every: checkpoints.interval)
        var loss = RunningLoss(task.trainer.losses)
        while true {
            // Also before the result, which may take a while and is kept when it is whole.
            // Who follows stops with the first, and keeps nothing.
            if leads { try kept.checkCancellation { task.trainer.state.record } }
            if task.isDone { break }
            progress(task.trainer.step, task.steps, note: loss.text)
            try team?.beginStep()
            loss.add(try step(&task, team).loss)
            if leads { kept.advance { task.trainer.state.record } }
        }
        // What comes of it is the first's to keep.
        guard leads else { throw SharedTraining.TeamStopped() }
        progress(task.steps, task.steps, note: loss.text)
        return WeightsArtifact(try task.result(), metadata: metadata, losses: task.trainer.losses)
    }
}

/// - Throws: `SharedTraining.TeamStopped` where this process follows: a step fails in all alike, and the first says why
private func step(_ task: inout some TrainingTask, _ team: SharedTraining?) throws -> StepReport {
    guard let team, !team.leads else { return try task.step() }
    do { return try task.step() } catch { throw SharedTraining.TeamStopped() }
}

/// The mean loss of the last steps, as it is shown.
private struct RunningLoss {
    private var mean: Double?

    init(_ losses: [Float]) { for loss in losses { add(loss) } }

    mutating func add(_ loss: Float) { mean = mean.map { $0 + 0.02 * (Double(loss) - $0) } ?? Double(loss) }

    var text: String? { mean.map { String(format: "loss %.4g", $0) } }
}
