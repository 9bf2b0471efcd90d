import Foundation
import Graph
import Recipes
import Store

extension Delivery {
    /// What is in the output folder and is about to be lost: tables and sheets that this run makes smaller, and what another
    /// recipe wrote there. Said before anything runs.
    func replacements(digests: [Digest?], blanks: Set<Int>) -> [String] {
        let places = placesToWrite(digests: digests, blanks: blanks)
        let tables = places.tables.filter { exists($0.place) && !isOfAReplay($0.place) }
        let singles = places.single.filter { exists($0) && !isOfAReplay($0) }
        return [shrinking(tables, singles), ofAnotherRecipe(tables.map(\.place) + singles)].compactMap(\.self)
    }

    /// What a picture made again replaces is mostly one that was made again: nobody's only copy.
    private func isOfAReplay(_ place: Int) -> Bool {
        options.command == .replay && lastWriter(of: place)?.command == .replay
    }

    private func lastWriter(of place: Int) -> RunRecord? {
        store.lastWriter(of: URL(fileURLWithPath: path(place)).standardizedFileURL.path)
    }

    private func exists(_ place: Int) -> Bool { access(path(place), F_OK) == 0 }

    // MARK: - Smaller than before

    private func shrinking(_ tables: [(place: Int, instances: [Int])], _ singles: [Int]) -> String? {
        var names: [String] = []
        for (place, instances) in tables {
            guard let rows = TableText.rows(in: path(place)), rows > instances.count else { continue }
            names.append("\(shownPath(place)) (\(counted(rows, "row")), then \(instances.count))")
        }
        names += singles.filter(gathersNarrowed).map(shownPath)
        guard let first = names.first else { return nil }
        let others = names.count == 1 ? "" : names.count == 2 ? " and 1 other" : " and \(names.count - 1) others"
        let reasons = graph.narrowed.map { "`\($0.name)` has \($0.values) of its \($0.declared) values" }
        let reason = reasons.isEmpty ? "the recipe has fewer cells than before" : reasons.joined(separator: ", ")
        return "\(reason), so that \(first)\(others) will hold less than now; --out DIR writes elsewhere, and a run as "
            + "before brings all back from the cache"
    }

    /// Whether an output shows a sweep over an axis that `--set` narrows.
    private func gathersNarrowed(_ place: Int) -> Bool {
        guard !graph.narrowed.isEmpty, case .artifact(let index) = graph.outputs[place].source else { return false }
        let instance = graph.instances[index]
        return instance.schema.inputs.filter { $0.arity == .gathered }.contains { port in
            guard let source = instance.inputs(of: port.name)?.first else { return false }
            let cell = graph.instances[source].cell
            return graph.narrowed.contains { cell[$0.name] != nil && instance.cell[$0.name] == nil }
        }
    }

    // MARK: - Another recipe's

    private func ofAnotherRecipe(_ places: [Int]) -> String? {
        guard let place = places.first,
            let recipe = lastWriter(of: place)?.recipe,
            recipe != options.recipe
        else { return nil }
        return "\(shownPath(place)) is what the recipe \(recipe) wrote: this one writes to the same folder; give it "
            + "another name (`recipe:`), or another folder (--out)"
    }
}

extension TableText {
    /// How many rows a table has that this program wrote; nil where there is none.
    static func rows(in path: String) -> Int? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        if path.lowercased().hasSuffix(".json") {
            return String(decoding: data, as: UTF8.self).split(separator: "\n").count { $0.hasPrefix("  {") }
        }
        var (rows, isQuoted) = (0, false)
        for byte in data {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: "\n"), !isQuoted { rows += 1 }
        }
        return max(0, rows - 1)
    }
}
