import Graph

/// How large pictures will be, and what cannot work for their sizes, as far as that is known before they are made.
final class PictureSizes {
    /// A recipe may have longer chains of pictures than the stack has room for.
    private static let deepest = 100

    private let graph: ExecutionGraph
    private let reference: (Int) -> (any Artifact)?
    private var known: [Int: PictureSize?] = [:]
    private var depth = 0

    /// - Parameter reference: an instance's, where it is one.
    init(_ graph: ExecutionGraph, reference: @escaping (Int) -> (any Artifact)?) {
        self.graph = graph
        self.reference = reference
    }

    /// - Throws: what the node itself says of the sizes of its inputs.
    func check(_ index: Int) throws(ParameterProblem) {
        known[index] = .some(try evaluate(index))
    }

    private func size(_ index: Int) -> PictureSize? {
        if let size = known[index] { return size }
        guard depth < Self.deepest else { return nil }
        depth += 1
        defer { depth -= 1 }
        // What is wrong there is said of that node.
        let size = (try? evaluate(index)) ?? nil
        known[index] = .some(size)
        return size
    }

    private func evaluate(_ index: Int) throws(ParameterProblem) -> PictureSize? {
        try graph.instances[index].schema.type.pictureSize(
            KnownInputs(of: index, in: graph.instances, sizes: { self.size($0) }, references: reference)
        )
    }
}

extension RecipeRun {
    /// Fails what cannot work for the sizes of pictures, before anything but readers of files has run; what is cached is
    /// taken to be right.
    ///
    /// - Returns: those that are to be told of: where the run ends here, each problem of a node once.
    func checkPictureSizes() -> [Int] {
        let scheduler = state.withLock { $0.scheduler }
        let sizes = PictureSizes(graph) { scheduler.states[$0].artifact }
        var told: Set<NodeProblem> = []
        var failed: [Int] = []
        for index in needed.indices where scheduler.states[index].isStillToRun {
            do {
                try sizes.check(index)
            } catch {
                let problem = NodeProblem(node: graph.instances[index].node, problem: error)
                guard options.keepGoing || told.insert(problem).inserted else { continue }
                fail(index, error)
                failed.append(index)
            }
        }
        return failed
    }

    private struct NodeProblem: Hashable {
        let node: String
        let problem: ParameterProblem
    }
}
