/// What a long node keeps until it is done, so that a stop, however hard, costs no more than what came after: its own for
/// these inputs, found again by the next attempt, and gone once the result is kept. Trainings and samplers use it alike.
///
/// Nothing here fails a node: what cannot be kept is told of once, and what cannot be read is set aside.
public struct Checkpoints: Sendable {
    /// How long a node lets pass between two of them, unless it is about to stop.
    public let interval: Duration
    private let read: @Sendable (_ accept: (ArtifactRecord) throws -> Void) -> Void
    private let write: @Sendable (ArtifactRecord) -> Void

    /// - Parameters:
    ///   - read: offers what was kept, the newest first, until one is accepted.
    ///   - write: keeps a record in front of those before.
    public init(
        interval: Duration = .seconds(60),
        read: @escaping @Sendable (_ accept: (ArtifactRecord) throws -> Void) -> Void,
        write: @escaping @Sendable (ArtifactRecord) -> Void
    ) {
        self.interval = interval
        self.read = read
        self.write = write
    }

    /// Keeps nothing and has nothing.
    public static let none = Checkpoints(read: { _ in }, write: { _ in })

    /// The newest that `decode` takes; those that it throws at are set aside with a warning.
    public func load<State>(_ decode: (ArtifactRecord) throws -> State) -> State? {
        var state: State?
        read { state = try decode($0) }
        return state
    }

    public func save(_ record: ArtifactRecord) { write(record) }
}
