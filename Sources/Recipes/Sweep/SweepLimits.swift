/// How far a sweep may go: a typo in a range should not fill a disk, nor memory.
public struct SweepLimits: Sendable {
    /// How often nodes run.
    public let instances: Int
    /// How many results are handed on to nodes and files, each as often as it is read.
    public let inputs: Int

    public init(instances: Int = 100_000, inputs: Int = 1_000_000) {
        self.instances = instances
        self.inputs = inputs
    }
}
