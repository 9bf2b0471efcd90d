import Foundation
import Graph
import Recipes
import Store

/// Why a node runs.
public enum RunReason: Hashable, Sendable {
    /// It never had a result in this recipe.
    case new
    /// `--force`
    case forced
    /// Its result is known by digest alone and the value is needed.
    case evicted
    /// Nothing changed, but the cache has forgotten the result.
    case forgotten
    /// Parts of the key that differ from the last run's.
    case changed([KeyChange])
    /// These inputs, by their index, run; should their values come out as before, it need not.
    case inputs([Int])
}

/// A part of a key that is not what it was.
public struct KeyChange: Hashable, Sendable {
    /// As in `CacheKey.components`: `version`, `parameter seed`, `input latent`, ...
    public let component: String
    /// nil where the key had no such part.
    public let old: String?
    /// nil where the key has no such part any more.
    public let new: String?

    /// The input whose value is another, where that is what changed.
    var input: String? {
        component.hasPrefix(Self.inputMark) ? String(component.dropFirst(Self.inputMark.count)) : nil
    }

    /// The same as it is told of another node: `sdxl.vae`.
    func named(in node: String) -> KeyChange {
        KeyChange(component: "\(node).\(Self.plainName(component))", old: old, new: new)
    }

    private static let inputMark = "input "

    private static func plainName(_ component: String) -> String {
        component.hasPrefix("parameter ") ? String(component.dropFirst("parameter ".count)) : component
    }

    static func between(_ old: KeyComponents, _ new: KeyComponents) -> [KeyChange] {
        let changed = new.parts.filter { old[$0.name] != $0.text }.map {
            KeyChange(component: $0.name, old: old[$0.name], new: $0.text)
        }
        let gone = old.parts.filter { new[$0.name] == nil }.map {
            KeyChange(component: $0.name, old: $0.text, new: nil)
        }
        return changed + gone
    }
}

extension KeyChange: CustomStringConvertible {
    /// `seed: 1 -> 2`; of a list only what differs is shown, with `…` at the end that is left out, and of a file or another
    /// node's result that it is another.
    public var description: String {
        let name = Self.plainName(component)
        switch (old, new) {
        case _ where input != nil: return "\(name) changed"
        case (let old?, let new?) where Self.isContent(old) && Self.isContent(new): return "\(name): other content"
        case (let old?, let new?): return "\(name): \(Self.difference(old, new))"
        case (nil, let new?): return "\(name): not there before -> \(Self.shown(new))"
        case (let old?, nil): return "\(name): \(Self.shown(old)) -> no longer there"
        case (nil, nil): return "\(name) changed"
        }
    }

    private static func difference(_ old: String, _ new: String) -> String {
        let (plainOld, plainNew) = (plain(old), plain(new))
        // The number 1 and the text "1" look the same without their quotes.
        guard plainOld != plainNew else { return "\(escaped(old)) -> \(escaped(new))" }
        let (before, after) = (items(plainOld), items(plainNew))
        guard before.count == after.count, after.count > 1 else { return "\(shown(old)) -> \(shown(new))" }
        let changed = zip(before, after).filter { $0 != $1 }.map { "\(shown($0)) -> \(shown($1))" }
        let rest = changed.count > 3 ? ", and \(changed.count - 3) more" : ""
        let start = before.first == after.first ? "… " : ""
        let end = before.last == after.last ? " …" : ""
        return start + changed.prefix(3).joined(separator: ", ") + rest + end
    }

    /// Whether it is a file, by its digest.
    private static func isContent(_ text: String) -> Bool { Digest(hex: plain(text)) != nil }

    private static func items(_ text: String) -> [String] {
        text.split(separator: ", ", omittingEmptySubsequences: false).map(String.init)
    }

    /// Text without the quotes and escapes of JSON.
    private static func plain(_ json: String) -> String {
        guard json.hasPrefix("\""), let data = "[\(json)]".data(using: .utf8),
            let texts = try? JSONDecoder().decode([String].self, from: data), let text = texts.first
        else { return json }
        return text
    }

    private static func escaped(_ text: String) -> String {
        TerminalText(text.replacing("\\", with: "\\\\")).escaped()
    }

    /// Digests of values and files are long and say nothing; twelve digits tell them apart.
    private static func shown(_ text: String) -> String {
        let text = escaped(plain(text))
        let short = items(text).map { item in
            item.split(separator: " ", omittingEmptySubsequences: false).map { word in
                Digest(hex: String(word))?.short ?? String(word)
            }.joined(separator: " ")
        }.joined(separator: ", ")
        return short.count > 160 ? short.prefix(157) + "..." : short.isEmpty ? "\"\"" : short
    }
}
