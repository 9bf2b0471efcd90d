import Imaging

/// Writes what a description says, as users would: clauses separated by commas, mostly in one order.
///
/// "a portrait, watercolor style, blue shirt, yellow background, smiling, wearing glasses, looking left, close-up,
/// soft light". A colour and its noun are one clause, wherever it stands, because a small text encoder learns from that
/// what a colour belongs to.
public struct CaptionWriter: Sendable {
    /// How often a clause is left out, by what it is about.
    private let dropout: @Sendable (SceneFactor) -> Double
    /// How often another phrase than the usual one is taken.
    private let synonyms: Double
    /// How often clauses stand in any order.
    private let disorder: Double

    init(synonyms: Double, disorder: Double, dropout: @escaping @Sendable (SceneFactor) -> Double) {
        (self.synonyms, self.disorder) = (synonyms, disorder)
        self.dropout = dropout
    }

    /// Every clause, in the usual words.
    public static let full = CaptionWriter(synonyms: 0, disorder: 0) { _ in 0 }

    /// D_base: one clause in ten is missing, and what is usual often goes unsaid.
    public static let base = CaptionWriter(synonyms: 0.3, disorder: 0.2) { factor in
        switch factor {
        case .style: 0.05
        case .view, .framing, .light: 0.3
        default: 0.1
        }
    }

    /// D_id: half of all clauses are missing, so the picture is left to explain what the words do not.
    public static let contaminated = CaptionWriter(synonyms: 0.3, disorder: 0.2) { _ in 0.5 }

    /// The caption in the usual words.
    public func caption(_ description: SceneDescription) -> String {
        var random = SplitMix64(seed: 0)
        return caption(description, &random)
    }

    package func caption(_ description: SceneDescription, _ random: inout SplitMix64) -> String {
        var clauses: [String] = []
        func add(_ factor: SceneFactor, _ phrases: [String]?) {
            // Draw the same numbers whether the clause is there or not: one factor then never changes the words of
            // another.
            let (stays, isUsual, other) = (
                random.uniform(0...1) >= dropout(factor), random.uniform(0...1) >= synonyms, random.next() >> 33
            )
            guard let phrases, let usual = phrases.first, stays else { return }
            clauses.append(isUsual || phrases.count < 2 ? usual : phrases[1 + Int(other) % (phrases.count - 1)])
        }
        add(.style, description.style.map(SceneVocabulary.phrases))
        add(.clothing, clothing(description))
        add(.background, background(description))
        add(.expression, description.expression.map(SceneVocabulary.phrases))
        add(.accessory, description.accessory.map(SceneVocabulary.phrases))
        add(.view, description.view.map(SceneVocabulary.phrases))
        add(.framing, description.framing.map(SceneVocabulary.phrases))
        add(.light, description.light.map(SceneVocabulary.phrases))
        let (isUsual, isOrdered) = (random.uniform(0...1) >= synonyms, random.uniform(0...1) >= disorder)
        let start = isUsual ? SceneVocabulary.openings[0] : random.pick(SceneVocabulary.openings)
        if !isOrdered { clauses.shuffle(using: &random) }
        return ([start] + clauses).joined(separator: ", ")
    }

    private func clothing(_ description: SceneDescription) -> [String]? {
        guard let clothing = description.clothing else { return nil }
        let words = [description.clothingColor?.rawValue, clothing.rawValue].compactMap(\.self).joined(separator: " ")
        return [words, "wearing \("aeiou".contains(words.prefix(1)) ? "an" : "a") \(words)"]
    }

    private func background(_ description: SceneDescription) -> [String]? {
        guard let background = description.background else { return nil }
        let phrases = SceneVocabulary.phrases(background)
        guard let color = description.backgroundColor else { return phrases }
        return background == .plain ? ["\(color.rawValue) background"] : ["\(color.rawValue) \(phrases[0])"]
    }
}
