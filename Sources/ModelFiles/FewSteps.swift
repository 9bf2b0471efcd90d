/// Models that were distilled to draw in few steps and without guidance: more of either spoils their pictures.
///
/// Nothing in such a file says so but the name under which it is published.
package struct FewSteps: Hashable, Sendable {
    package let name: String

    private static let names = [
        "lightning": "SDXL-Lightning", "turbo": "SDXL-Turbo", "hyper-sd": "Hyper-SD", "hyper_sd": "Hyper-SD",
        "dmd2": "DMD2", "lcm": "an LCM", "tcd": "a TCD model",
    ]

    /// nil for a file whose name says nothing of the kind.
    package init?(path: String) {
        let words = path.split(separator: "/").last?.lowercased() ?? ""
        let parts = words.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        guard
            let found = Self.names.keys.sorted().first(where: {
                $0.contains("-") || $0.contains("_") ? words.contains($0) : parts.contains($0)
            })
        else { return nil }
        name = Self.names[found] ?? found
    }

    /// What is to be said of a render with these settings; nil if they suit.
    package func warning(steps: Int, guidance: Double, file: String) -> String? {
        guard steps > 12 || guidance > 2.5 else { return nil }
        return "\(file) is \(name) by its name, made for at most 8 steps and guidance 1; here are \(steps) and "
            + "\(guidance.brief), which spoils its pictures"
    }
}
