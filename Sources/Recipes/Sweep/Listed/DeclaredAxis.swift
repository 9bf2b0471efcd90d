import Graph

/// An axis as a recipe declares it: by itself, or as a column of a table.
struct DeclaredAxis {
    enum Values {
        case written(SyntaxNode)
        case column([LocatedValue])
    }

    let name: Scalar
    let values: Values
}

/// The axes of a recipe, with each table in place of its columns.
///
///     people: {csv: people.csv}
///
/// declares an axis for each column; they are zipped.
struct DeclaredAxes {
    private(set) var axes: [DeclaredAxis] = []
    /// The names of the columns of each table.
    private(set) var zips: [[Scalar]] = []
    /// The names that tables have in the recipe, which are those of no axes.
    private(set) var tables: [Scalar] = []
    /// By the name of a column.
    private(set) var tableOfColumn: [String: Scalar] = [:]

    /// Whether a table could not be read.
    private(set) var isIncomplete = false

    private let compiler: TemplateCompiler
    private let listed: ListedValues
    private let diagnostics: DiagnosticCollector

    init(
        _ document: RecipeDocument,
        settings: [String: Setting],
        compiler: TemplateCompiler,
        listed: ListedValues,
        diagnostics: DiagnosticCollector
    ) {
        (self.compiler, self.listed, self.diagnostics) = (compiler, listed, diagnostics)
        var names: [String: SourceLocation] = [:]
        for declaration in document.params + document.axes { names[declaration.name.text] = declaration.name.location }
        for declaration in document.axes {
            guard Self.isTable(declaration.value) else {
                axes.append(DeclaredAxis(name: declaration.name, values: .written(declaration.value)))
                continue
            }
            tables.append(declaration.name)
            var node = declaration.value
            if let setting = settings[declaration.name.text] {
                guard let given = setting.syntax(diagnostics: diagnostics), Self.isTable(given) else {
                    isIncomplete = true
                    diagnostics.error(
                        "\(code(declaration.name.text)) is a table",
                        at: setting.location,
                        notes: [Diagnostic.Note("it is declared here", at: declaration.name.location)],
                        hint: "write `--set '\(declaration.name.text)={csv: FILE}'`"
                    )
                    continue
                }
                node = given
            }
            let columns = columns(node)
            if columns == nil { isIncomplete = true }
            for column in columns ?? [] {
                if let first = names[column.name.text], column.name.text != declaration.name.text {
                    diagnostics.error(
                        "the column \(code(column.name.text)) has the name of another param or axis",
                        at: column.name.location,
                        notes: [Diagnostic.Note("it is defined here", at: first)]
                    )
                    continue
                }
                names[column.name.text] = column.name.location
                tableOfColumn[column.name.text] = declaration.name
                axes.append(DeclaredAxis(name: column.name, values: .column(column.values)))
            }
            let members = axes.map(\.name).filter { tableOfColumn[$0.text] == declaration.name }
            if members.count > 1 { zips.append(members) }
        }
    }

    /// Whether a mapping asks for a whole table.
    private static func isTable(_ node: SyntaxNode) -> Bool {
        guard case .mapping(let entries) = node.content else { return false }
        let keys = entries.map(\.key.text)
        return keys.contains("csv") && !keys.contains("column")
    }

    private func columns(_ node: SyntaxNode) -> [ListedValues.Column]? {
        guard let value = compiler.compile(node, for: "a table")?.constant, case .map(let entries) = value.content,
            AxisMapping(diagnostics).hasOnly(["csv"], entries, form: .csv),
            let file = entries.first(where: { $0.key.text == "csv" })?.value
        else { return nil }
        return listed.columns(of: file)
    }
}

/// The mapping that gives an axis its values.
struct AxisMapping {
    private let diagnostics: DiagnosticCollector

    init(_ diagnostics: DiagnosticCollector) { self.diagnostics = diagnostics }

    func hasOnly(
        _ allowed: [String],
        _ entries: [(key: Scalar, value: LocatedValue)],
        form: ListedValues.Form
    ) -> Bool {
        var isValid = true
        for (key, _) in entries where !allowed.contains(key.text) {
            diagnostics.error(
                "\(code(key.text)) does not go with `\(form)`",
                at: key.location,
                hint: diagnostics.suggestion(for: key.text, among: allowed)
            )
            isValid = false
        }
        return isValid
    }
}
