import Foundation
import Graph

extension BaselineLock {
    /// The recipe, in which a picture may be like any of those that were accepted for it.
    public func accepted(in graph: ExecutionGraph) -> ExecutionGraph {
        guard entries.values.contains(where: { $0.count > 1 }) else { return graph }
        var further: [String: [String]] = [:]
        for baseline in graph.baselines where further[baseline.path] == nil {
            let key = Self.relative(baseline.path, to: graph.file)
            let files = (entries[key] ?? []).compactMap(\.file).filter { $0 != key }
                .map { Self.absolute($0, from: graph.file) }
                .filter { access($0, F_OK) == 0 }
            if !files.isEmpty { further[baseline.path] = files }
        }
        return graph.accepting(further)
    }

    /// Baselines that the recipe has no longer, with their files as seen from here.
    ///
    /// - Parameter graph: the whole recipe, no axis narrowed
    public func orphans(in graph: ExecutionGraph) -> [(key: String, files: [String])] {
        let known = Set(graph.baselines.map { Self.relative($0.path, to: graph.file) })
        return entries.keys.filter { !known.contains($0) }.sorted().map { key in
            let files = (entries[key] ?? []).compactMap(\.file).map { Self.absolute($0, from: graph.file) }
            return (key, files.filter { access($0, F_OK) == 0 }.map(pathFromHere))
        }
    }
}
