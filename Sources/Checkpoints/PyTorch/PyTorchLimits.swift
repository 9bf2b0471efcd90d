/// What a PyTorch file may ask for: far more than any file of weights does, and little enough that a small file cannot take
/// all memory or time.
public struct PyTorchLimits: Hashable, Sendable {
    /// Of the archive.
    public var members: Int
    /// Of its pickle, in bytes.
    public var pickle: Int
    /// Of one pickle.
    public var operations: Int
    /// A tensor may repeat numbers (its strides are zero then) up to this many elements.
    public var repetitions: Int
    /// Values of dictionaries that are looked at for tensors, each as often as others refer to it.
    public var visits: Int

    public init(
        members: Int = 65_535,
        pickle: Int = 64 << 20,
        operations: Int = 1 << 22,
        repetitions: Int = 1 << 24,
        visits: Int = 1 << 20
    ) {
        self.members = members
        self.pickle = pickle
        self.operations = operations
        self.repetitions = repetitions
        self.visits = visits
    }
}
