import Graph

/// A text with the place where it is written.
struct Name: Sendable, Hashable {
    let text: String
    let location: SourceLocation
}

/// `$node`, `$node[*]`, `$node[style=neon, seed=1]`, `$node[seed=*]`, `$node.field`: as written, nothing looked up.
struct Reference: Sendable {
    struct Pin: Sendable {
        let axis: Name
        /// The axis value's text, or `${param}`.
        let value: Name
    }

    let node: Name
    /// `[*]`: over all the axes that the reader lacks.
    var gathersAll = false
    /// `[axis=*]`: over these axes, whatever the reader has.
    var gathered: [Name] = []
    /// `[axis=value]`
    var pins: [Pin] = []
    var field: Name?
    let location: SourceLocation
}
