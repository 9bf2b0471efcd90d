/// A pattern of modules' names as PEFT's settings hold them: a regular expression of letters, `.`, `\.`, `\d`, `*`, `+`,
/// `?`, `^`, `$`, classes in brackets and groups of alternatives.
///
/// It is matched by following all states at once, so that no pattern of a file takes long.
struct ModulePattern: Hashable, Sendable {
    private indirect enum Node: Hashable, Sendable {
        case character(Set<Character>, isExcluded: Bool)
        case start, end
        case sequence([Node])
        case either([Node])
        case repeated(Node, atLeast: Int, atMost: Int)
    }

    private let root: Node

    /// nil for what is no such pattern.
    init?(_ text: String) {
        var parser = Parser(rest: Array(text)[...])
        guard text.count <= 1024, let root = parser.alternatives(depth: 0), parser.rest.isEmpty else { return nil }
        self.root = root
    }

    func matchesWhole(_ text: String) -> Bool { ends(in: Array(text), from: [0]).contains(text.count) }

    /// PEFT: utils/other.py::get_pattern_key: from the start, or from behind a dot, to the end.
    func matchesEnd(of text: String) -> Bool {
        let text = Array(text)
        let starts = text.indices.filter { text[$0] == "." }.map { $0 + 1 }
        return ends(in: text, from: Set([0] + starts)).contains(text.count)
    }

    private func ends(in text: [Character], from starts: Set<Int>) -> Set<Int> { Self.ends(of: root, text, starts) }

    /// Where a match can end that begins at one of these places.
    private static func ends(of node: Node, _ text: [Character], _ starts: Set<Int>) -> Set<Int> {
        switch node {
        case .character(let set, let isExcluded):
            return Set(starts.filter { $0 < text.count && set.contains(text[$0]) != isExcluded }.map { $0 + 1 })
        case .start: return starts.intersection([0])
        case .end: return starts.intersection([text.count])
        case .sequence(let nodes): return nodes.reduce(starts) { ends(of: $1, text, $0) }
        case .either(let nodes): return nodes.reduce(into: []) { $0.formUnion(ends(of: $1, text, starts)) }
        case .repeated(let node, let least, let most):
            var (all, new) = (least == 0 ? starts : [], starts)
            var times = 0
            while times < most, !new.isEmpty {
                new = ends(of: node, text, new).subtracting(all)
                all.formUnion(new)
                times += 1
            }
            return all
        }
    }

    private struct Parser {
        var rest: ArraySlice<Character>
        private static let depthLimit = 8

        init(rest: ArraySlice<Character>) { self.rest = rest }

        mutating func alternatives(depth: Int) -> Node? {
            guard depth < Self.depthLimit else { return nil }
            var found: [Node] = []
            repeat {
                guard let sequence = sequence(depth: depth) else { return nil }
                found.append(sequence)
            } while accept("|")
            return found.count == 1 ? found[0] : .either(found)
        }

        private mutating func sequence(depth: Int) -> Node? {
            var nodes: [Node] = []
            while let next = rest.first, next != "|", next != ")" {
                guard var node = atom(depth: depth) else { return nil }
                if accept("*") {
                    node = .repeated(node, atLeast: 0, atMost: .max)
                } else if accept("+") {
                    node = .repeated(node, atLeast: 1, atMost: .max)
                } else if accept("?") {
                    node = .repeated(node, atLeast: 0, atMost: 1)
                }
                nodes.append(node)
            }
            return .sequence(nodes)
        }

        private mutating func atom(depth: Int) -> Node? {
            guard let next = rest.popFirst() else { return nil }
            switch next {
            case ".": return .character([], isExcluded: true)
            case "^": return .start
            case "$": return .end
            case "\\": return escaped()
            case "[": return characterClass()
            case "(":
                if accept("?"), !accept(":") { return nil }
                guard let group = alternatives(depth: depth + 1), accept(")") else { return nil }
                return group
            case "*", "+", "?", "{", "}", "]": return nil
            default: return .character([next], isExcluded: false)
            }
        }

        private mutating func escaped() -> Node? {
            guard let next = rest.popFirst() else { return nil }
            switch next {
            case "d": return .character(Set("0123456789"), isExcluded: false)
            case "w": return .character(Self.word, isExcluded: false)
            default: return next.isLetter || next.isNumber ? nil : .character([next], isExcluded: false)
            }
        }

        private mutating func characterClass() -> Node? {
            let isExcluded = accept("^")
            var set: Set<Character> = []
            while let next = rest.popFirst(), next != "]" {
                guard next != "\\", next.isASCII, let low = next.asciiValue else { return nil }
                if rest.first == "-", let high = rest.dropFirst().first?.asciiValue, high >= low, high != 0x5d {
                    rest = rest.dropFirst(2)
                    for value in low...high { set.insert(Character(Unicode.Scalar(value))) }
                } else {
                    set.insert(next)
                }
            }
            return .character(set, isExcluded: isExcluded)
        }

        private static let word = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")

        private mutating func accept(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest = rest.dropFirst()
            return true
        }
    }
}
