/// A call that an undisturbed run made, with the pattern that its path fits in any other folder.
struct TracedCall: Hashable {
    let call: FaultRule.Call
    let pattern: String

    /// - Parameter folder: calls outside of it are left out, but for standard output.
    static func read(_ trace: String, below folder: String) -> [TracedCall] {
        trace.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard let call = FaultRule.Call(rawValue: words[0]), let path = words.dropFirst().last else { return nil }
            if call == .thread { return TracedCall(call: call, pattern: "*") }
            if path == "stdout:" { return call == .write ? TracedCall(call: call, pattern: path) : nil }
            guard path.hasPrefix(folder + "/") else { return nil }
            return pattern(of: String(path.dropFirst(folder.count))).map { TracedCall(call: call, pattern: $0) }
        }
    }

    private static func pattern(of path: String) -> String? {
        for folder in ["/cache/values", "/cache/work", "/cache/unfinished", "/cache/locks", "/out"]
        where path.hasPrefix(folder) {
            return "*\(folder)*"
        }
        if path == "/trace" { return nil }
        // Process numbers and random names.
        for prefix in ["/cache/cache.sqlite.new-", "/cache/.dat"] where path.hasPrefix(prefix) { return "*\(prefix)*" }
        return "*" + path
    }
}
