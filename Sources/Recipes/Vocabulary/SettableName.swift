/// What `--set` may name in a recipe, and what it may say of it: for shells that complete command lines. A recipe with
/// mistakes has such names, too, since a setting may be what it lacks.
public struct SettableName: Sendable {
    public let name: String
    /// The words that fit: the values of an axis, the choices of the parameter that takes the param.
    public internal(set) var words: [String] = []
    /// Whether a file or folder goes there.
    public internal(set) var takesFile = false

    init(_ name: String) { self.name = name }

    mutating func offer(_ more: [String]) {
        for word in more where !words.contains(word) { words.append(word) }
    }
}
