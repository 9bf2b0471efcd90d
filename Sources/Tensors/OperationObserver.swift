extension Tensor {
    /// Told about every operation that was computed: the name of the function, and how long its floats took. For
    /// profiles; nil unless someone measures.
    @TaskLocal public static var observer: (@Sendable (_ operation: String, Duration) -> Void)?

    /// Runs `compute`, which makes some of an operation's floats, and tells the observer.
    static func observed<Result>(_ operation: StaticString = #function, _ compute: () -> Result) -> Result {
        guard let observer else { return compute() }
        let clock = ContinuousClock()
        let start = clock.now
        defer { observer("\(operation)", start.duration(to: clock.now)) }
        return compute()
    }
}
