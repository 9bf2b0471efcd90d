/// Someone who wants to know where the time goes.
public struct OperationObserver: Sendable {
    let report: @Sendable (_ operation: String, Duration) -> Void

    /// - Parameter report: told about every operation: the name of the function, and how long its floats took
    public init(report: @escaping @Sendable (_ operation: String, Duration) -> Void) { self.report = report }

    /// Told about what is computed; nil unless someone measures.
    @TaskLocal public static var current: OperationObserver?
}

extension Tensor {
    /// Runs `compute`, which makes some of an operation's floats, and tells the observer.
    static func observed<Result>(_ operation: StaticString = #function, _ compute: () -> Result) -> Result {
        guard let observer = OperationObserver.current else { return compute() }
        let clock = ContinuousClock()
        let start = clock.now
        defer { observer.report("\(operation)", start.duration(to: clock.now)) }
        return compute()
    }
}
