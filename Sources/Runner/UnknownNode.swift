/// A name given with `--only`, `--force` or `explain` that no node has.
public struct UnknownNode: Error, Hashable, CustomStringConvertible {
    public let name: String
    public let nearest: String?

    public init(name: String, nearest: String?) {
        self.name = name
        self.nearest = nearest
    }

    public var description: String {
        "the recipe has no node `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
    }
}
