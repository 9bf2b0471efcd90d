/// Who else than Slurm can run the shards of a sweep, and is told by a file.
public enum PrintedSweep: String, CaseIterable, Sendable {
    case parallel
    case hyperqueue
    case kubernetes
    case github

    /// - Parameter image: the container's, of Kubernetes.
    public func text(of job: SweepJob, image: String) -> String {
        switch self {
        case .parallel: "\(ParallelLines(job))"
        case .hyperqueue: "\(HyperQueueJob(job))"
        case .kubernetes: "\(KubernetesJob(job, image: image))"
        case .github: "\(ActionsMatrix(job))"
        }
    }
}
