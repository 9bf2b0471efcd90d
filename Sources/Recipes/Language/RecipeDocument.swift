import Graph

/// What a recipe declares, in the order written, before any of it is given a meaning. The same type holds one file
/// and a file with everything it includes.
struct RecipeDocument {
    /// A param with its default, or an axis with its values.
    struct Declaration {
        let name: Scalar
        let value: SyntaxNode
    }

    struct NodeDeclaration {
        let name: Scalar
        /// What `uses` says; nil when it is missing or no good, which has then been reported.
        let kind: Scalar?
        let arguments: [SyntaxNode.Entry]
    }

    var name: Scalar?
    var description: String?
    var params: [Declaration] = []
    var axes: [Declaration] = []
    var zips: [[Scalar]] = []
    var includedFiles: [Scalar] = []
    var includedCells: [SyntaxNode] = []
    var excludedCells: [SyntaxNode] = []
    var nodes: [NodeDeclaration] = []
    var outputs: [SyntaxNode.Entry] = []
    var expectations: [Scalar] = []
}

/// What params, axes and nodes may be called.
func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")),
        first != UInt8(ascii: "-")
    else { return false }
    return text.utf8.count <= 100 && text.unicodeScalars.allSatisfy(isNameCharacter)
}

func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
}
