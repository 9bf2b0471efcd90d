import Foundation
import Graph
import Recipes

/// A run as a page for a browser: what failed first, then each picture beside its baseline with the difference of the two,
/// then the other pictures. Pictures are in the page itself, each once; the difference is the browser's own.
struct RunPage {
    /// Of all pictures together; later ones are named and not shown.
    static let mostBytes = 64 << 20

    private let graph: ExecutionGraph
    private let summary: RunSummary
    /// The pictures among the outputs that are as this run made them, in the order of the recipe.
    private let outputs: [(instance: Int, name: String, file: String)]
    private var pictures = EmbeddedPictures()
    private(set) var html = ""

    /// - Parameters:
    ///   - out: the output folder, as the summary's outputs name it
    ///   - read: the bytes of a file; nil where there is none
    init(_ graph: ExecutionGraph, _ summary: RunSummary, out: String, read: (String) -> Data?) {
        self.graph = graph
        self.summary = summary
        let inPlace = Set(summary.outputs.filter { $0.failure == nil }.map(\.path))
        outputs = graph.outputs.compactMap { output in
            let file = (out.hasSuffix("/") ? out : out + "/") + output.path
            guard case .artifact(let index) = output.source, inPlace.contains(file),
                EmbeddedPictures.type(of: file) != nil
            else { return nil }
            return (index, output.path, file)
        }
        pictures.read(Set(graph.baselines.map(\.path) + outputs.map(\.file)), read)
        let body = [heading, failures, expectations, baselines, otherPictures, tables].joined()
        html = """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(escaped(graph.name)): \(summary.exitStatus == .success ? "all well" : "not well")</title>
            <style>\(Self.style)</style>
            \(body)\(pictures.script)</html>

            """
    }

    // MARK: - Parts

    private var heading: String {
        let status = summary.exitStatus == .success ? "well" : "bad"
        let counts = escaped(String(TextReporter.text(summary).dropLast()))
        return "<h1>\(escaped(graph.name))</h1>\n<p class=\"\(status)\">\(counts)</p>\n"
    }

    private var failures: String {
        let diagnostics = summary.failures.map(\.diagnostic) + summary.outputs.compactMap(\.failure)
        return section("What went wrong", diagnostics.map { item($0) })
    }

    private var expectations: String {
        let unmet = summary.expectations.filter { !$0.isMet }.map { item($0.diagnostic) }
        let met = summary.expectations.count - unmet.count
        let rest = met > 0 ? "<p>\(met) of \(summary.expectations.count) expectations are met.</p>\n" : ""
        return section("Expectations that are not met", unmet) + rest
    }

    private func item(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.location.line > 0 ? ":\(diagnostic.location.line)" : ""
        let hint = diagnostic.hint.map { " <em>\(escaped($0))</em>" } ?? ""
        let file = escaped(diagnostic.location.file + place)
        return "<p><code>\(file)</code> \(escaped(diagnostic.message))\(hint)</p>\n"
    }

    /// Those with an expectation that is not met come first.
    private var baselines: String {
        let unmet = Set(summary.expectations.filter { !$0.isMet }.map(\.name.cell))
        let rows = graph.baselines.map { baseline in
            (baseline, isUnmet: unmet.contains(graph.instances[baseline.measured].cell))
        }
        let sorted = rows.filter(\.isUnmet) + rows.filter { !$0.isUnmet }
        let files = Dictionary(outputs.map { ($0.instance, $0.file) }, uniquingKeysWith: { first, _ in first })
        return section(
            "Against the baselines",
            sorted.map { baseline, isUnmet in
                let title = graph.instances[baseline.measured].title
                let file = files[baseline.measured]
                let now = file.map { figure($0, "now") } ?? figure(nil, "now: no picture among the outputs")
                let both = file.map { difference(baseline.path, $0) } ?? ""
                return "<div class=\"row\(isUnmet ? " bad" : "")\"><h3>\(escaped(title))</h3>"
                    + figure(baseline.path, "baseline") + now + both + "</div>\n"
            }
        )
    }

    private var otherPictures: String {
        let measured = Set(graph.baselines.map(\.measured))
        let figures = outputs.filter { !measured.contains($0.instance) }.map { figure($0.file, $0.name) }
        return section("Pictures", figures.isEmpty ? [] : ["<div class=\"row\">\(figures.joined())</div>\n"])
    }

    private var tables: String {
        section(
            "Tables",
            summary.tables.map { table in
                let rows = table.fields.map { field in
                    let numbers = [field.least, field.mean, field.greatest].map { String(format: "%.4g", $0) }
                    return "<tr><td>\(escaped(field.name))<td>" + numbers.joined(separator: "<td>")
                }
                return "<table><caption>\(escaped(table.path)), \(table.rows) rows</caption>"
                    + "<tr><th><th>least<th>mean<th>greatest\(rows.joined())</table>\n"
            }
        )
    }

    private func section(_ title: String, _ content: [String]) -> String {
        content.isEmpty ? "" : "<h2>\(title)</h2>\n\(content.joined())"
    }

    // MARK: - Pictures

    private func figure(_ file: String?, _ caption: String) -> String {
        let picture = file.map { pictures.image($0) ?? "<span>\(escaped(pathFromHere($0))) is not here</span>" } ?? ""
        return "<figure>\(picture)<figcaption>\(escaped(caption))</figcaption></figure>"
    }

    private func difference(_ a: String, _ b: String) -> String {
        guard let first = pictures.image(a), let second = pictures.image(b) else { return "" }
        return "<figure><div class=\"difference\">\(first)\(second)</div>"
            + "<figcaption>difference, times 8</figcaption></figure>"
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em}
        .row{display:flex;flex-wrap:wrap;gap:1em;align-items:end;margin:1em 0}.row h3{width:100%;margin:0;font-size:1em}
        figure{margin:0}figcaption{font-size:.85em;color:#666}img{min-width:8em;max-width:24em;image-rendering:pixelated}
        .difference{position:relative;isolation:isolate;filter:brightness(8)}
        .difference img+img{position:absolute;left:0;top:0;mix-blend-mode:difference}
        p.well{color:#060}p.bad,.row.bad h3{color:#a00}td,th{padding:0 1em 0 0;text-align:right}caption{text-align:left}
        """
}

/// Pictures that are held in a page once and shown in any number of places.
private struct EmbeddedPictures {
    /// By their files.
    private var numbers: [String: Int] = [:]
    private var sources: [String] = []

    static func type(of file: String) -> String? {
        switch (file as NSString).pathExtension.lowercased() {
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "webp": "image/webp"
        default: nil
        }
    }

    mutating func read(_ files: Set<String>, _ read: (String) -> Data?) {
        var left = RunPage.mostBytes
        for file in files.sorted() {
            guard let type = Self.type(of: file), let data = read(file), data.count <= left else { continue }
            left -= data.count
            numbers[file] = sources.count
            sources.append("data:\(type);base64,\(data.base64EncodedString())")
        }
    }

    func image(_ file: String) -> String? { numbers[file].map { "<img data-picture=\"\($0)\" alt=\"\">" } }

    /// Gives the images their sources.
    var script: String {
        guard !sources.isEmpty else { return "" }
        let list = sources.map { "\"\($0)\"" }.joined(separator: ",\n")
        return """
            <script>
            const pictures = [
            \(list)];
            for (const image of document.querySelectorAll("[data-picture]")) image.src = pictures[image.dataset.picture];
            </script>

            """
    }
}

/// Text as it may stand in a page.
private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;")
}
