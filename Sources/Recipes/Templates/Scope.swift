import Graph

/// What `${name}` may mean, and which names were used.
final class Scope {
    struct Param {
        let location: SourceLocation
        /// nil where it could not be read; what mentions it is then not checked.
        let value: LocatedValue?
    }

    private(set) var params: [String: Param] = [:]
    private(set) var axes: [String: Int] = [:]
    /// By the name of a table, the axes that its columns are.
    private(set) var tables: [String: [String]] = [:]
    private(set) var usedParams: Set<String> = []
    /// Axes of which an insertion somewhere speaks.
    private(set) var usedAxes = AxisSet()

    /// Some text could not be read, so that names may be used of which nothing is known.
    var isIncomplete = false
    /// Something was mentioned that is no param and no axis, nor nearly one.
    var hasUnknownNames = false
    /// A table could not be read, so that nothing is known of its columns.
    var lacksColumns = false

    func define(param name: String, _ param: Param) { params[name] = param }
    /// - Parameter names: in the order of the sweep.
    func define(axes names: [String]) { axes = Dictionary(zip(names, 0...)) { first, _ in first } }

    func define(table name: String, columns: [String]) { tables[name] = columns }

    var names: [String] { params.keys.sorted() + axes.keys.sorted() }

    var axesInOrder: [String] { axes.sorted { $0.value < $1.value }.map(\.key) }

    enum Meaning {
        case param(Param)
        case axis(Int)
    }

    func meaning(of name: String) -> Meaning? {
        if let param = params[name] {
            usedParams.insert(name)
            return .param(param)
        }
        guard let axis = axes[name] else { return nil }
        usedAxes.formUnion(AxisSet(axis))
        return .axis(axis)
    }
}
