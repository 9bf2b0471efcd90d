import Imaging

extension FaceIdentity {
    /// 0 in grown-up people, 1 in children.
    var childlike: Double { age < 0.2 ? min(1, (0.2 - age) / 0.2) : 0 }

    /// 0 up to half of the scale, 1 at its end.
    var elderly: Double { age > 0.5 ? min(1, (age - 0.5) / 0.5) : 0 }

    /// One in seven is a child, one in four past their middle years.
    static func drawnAge(_ seed: UInt64) -> Double {
        var random = SplitMix64(seed: seed)
        let (share, t) = (random.uniform(0...1), random.uniform(0...1))
        return share < 0.14 ? 0.14 * t : share < 0.74 ? 0.22 + 0.28 * t : 0.6 + 0.4 * t
    }

    /// The same person at another age: children have large eyes, small noses and round cheeks, and no beard; lips grow
    /// thinner and noses longer with the years.
    public mutating func grow(to age: Double) {
        self.age = age
        let (young, old) = (childlike, elderly)
        func toward(_ value: Double, _ target: Double, _ t: Double) -> Double { value + (target - value) * t }
        eyeSize = min(eyeSize * (1 + 0.1 * young), eyeSpacing - 0.115)
        browThickness *= 1 - 0.3 * young
        noseLength = toward(noseLength, 0.34, 0.6 * young) + 0.015 * old
        noseWidth = toward(noseWidth, 0.095, 0.5 * young)
        noseBridge *= 1 - 0.7 * young
        jaw *= 1 - 0.6 * young
        chin = toward(chin, -0.06, 0.7 * young)
        cheeks = toward(toward(cheeks, 1, 0.7 * young), 0.1, 0.5 * old)
        mouthWidth = toward(mouthWidth, 0.2, 0.5 * young)
        lipFullness *= 1 - 0.3 * old
        if young > 0 { beard = .none }
    }
}
