import Foundation
import Graph

/// Processes that run some nodes together: the first runs the recipe, and the others those nodes with it, for each of which it
/// tells them what it is given.
public protocol NodeTeam: Sendable {
    /// Whether this is the first.
    var leads: Bool { get }
    /// Whether nodes of this kind are run together.
    func takes(_ schema: NodeSchema) -> Bool
    /// Of the first: runs a node with all the others.
    ///
    /// - Parameter task: tells them which, and on what
    func lead<Result>(_ task: Data, _ work: () throws -> Result) rethrows -> Result
    /// Of the others: runs what the first says until there is no more.
    ///
    /// - Throws: what `work` throws, unless all fail alike
    func follow(_ work: (Data) throws -> Void) throws
}
