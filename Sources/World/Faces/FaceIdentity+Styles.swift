extension FaceIdentity {
    /// The proportions that a style gives to everyone: anime has large eyes and little of nose and mouth.
    func drawn(in style: FaceStyle) -> FaceIdentity {
        guard style == .anime else { return self }
        var result = self
        result.eyeSize = min(eyeSize * 1.14, eyeSpacing - 0.1)
        result.eyeRoundness = eyeRoundness + 0.12
        result.lashes = lashes + 0.2
        result.browThickness = browThickness * 0.8
        result.noseWidth = noseWidth * 0.8
        result.mouthWidth = mouthWidth * 0.88
        result.lipFullness = lipFullness * 0.75
        return result
    }
}
