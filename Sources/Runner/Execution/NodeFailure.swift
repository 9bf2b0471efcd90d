import Graph
import Recipes

/// A node that could not give its result, with the place in the recipe that asked for it.
public struct NodeFailure: Error, Sendable {
    /// `latent` or `latent[style=neon]`, fit for a terminal.
    public let title: String
    public let node: String
    public let cell: Cell
    /// Of the node, or of the parameter or input that is wrong.
    public let location: SourceLocation
    public let underlying: any Error
    /// The instance, as other events name it.
    public let name: InstanceName

    init(_ instance: Instance, _ underlying: any Error) {
        name = InstanceName(instance)
        title = name.title
        node = instance.node
        cell = instance.cell
        let parameter = (underlying as? ParameterProblem)?.parameter
        location = parameter.flatMap { instance.valueLocations[$0] } ?? instance.location
        self.underlying = underlying
    }

    public var diagnostic: Diagnostic {
        (underlying as? MissingBaseline)?.diagnostic(at: location)
            ?? (underlying as? ParameterProblem).map {
                Diagnostic(.error, "`\(name.shortTitle)` cannot run: \($0.message)", at: location, hint: $0.hint)
            }
            ?? Diagnostic(.error, "`\(name.shortTitle)` failed: \(reason)", at: location)
    }

    /// Nothing went wrong: there is no baseline to compare with yet.
    public var isMissingBaseline: Bool { underlying is MissingBaseline }

    public var reason: String { String(describing: underlying) }
}

/// A value that was known by its digest and is not to be had.
struct MissingValue: Error, CustomStringConvertible {
    let title: String
    var description: String { "the result of `\(title)` is no longer in the cache and could not be made again" }
}
