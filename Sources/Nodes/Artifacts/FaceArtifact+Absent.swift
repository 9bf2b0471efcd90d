import Tensors

extension FaceArtifact {
    /// The face of a photo that shows none: white pictures, and no numbers that say who it is.
    static var absent: FaceArtifact {
        let white = Tensor(repeating: 1, shape: [1, 3, AlignedFace.side, AlignedFace.side])
        return FaceArtifact(
            box: .zeros([4]),
            landmarks: .zeros([5, 2]),
            recognition: .zeros([0]),
            aligned: white,
            features: white
        )
    }

    var isAbsent: Bool { recognition.count == 0 }
}
