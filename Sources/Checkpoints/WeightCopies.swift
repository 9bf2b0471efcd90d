/// Which files' weights are copied into memory when a network takes them, and which are read where they lie in the mapped
/// file: copies take as much memory for every process, and neither mind what becomes of the file nor wait for a network's
/// file system.
public struct WeightCopies: Sendable {
    /// Asked about each file that is opened; set for a scope with `WeightCopies.$wanted.withValue`.
    @TaskLocal public static var wanted = WeightCopies { _, _ in false }

    private let isWanted: @Sendable (_ path: String, _ bytes: Int) -> Bool

    public init(_ isWanted: @escaping @Sendable (_ path: String, _ bytes: Int) -> Bool) { self.isWanted = isWanted }

    func callAsFunction(_ path: String, bytes: Int) -> Bool { isWanted(path, bytes) }
}
