import Imaging
import Models
import Tensors
import World

/// The frozen networks that look at an introduction photo.
public struct IdentityEncoders: Sendable {
    /// Tells PuLID's encoder who it is.
    public let recognizer: IResNet
    /// Tells PuLID's encoder what the face looks like.
    public let tower: EVAVisionTransformer
    /// Tells the identity loss who it is: another net than the encoder's, or the loss could be met by deceiving it.
    public let lossNet: IResNet

    public init(recognizer: IResNet, tower: EVAVisionTransformer, lossNet: IResNet) {
        (self.recognizer, self.tower, self.lossNet) = (recognizer, tower, lossNet)
    }

    /// As at run time, but that landmarks and labels are the world's own.
    ///
    /// PuLID: pulid/pipeline.py::get_id_embedding
    package func callAsFunction(_ picture: WorldPicture) -> IdentityPhoto {
        let recognition = recognizer(picture.recognitionCrop(size: recognizer.config.imageSize))
        let seen = tower(ImageNormalization.clip(picture.featureCrop(size: tower.config.imageSize)))
        let likeness = lossNet(picture.recognitionCrop(size: lossNet.config.imageSize))
        return IdentityPhoto(
            vector: .concatenated([recognition, seen.embedding.l2Normalized()], axis: 1),
            hiddenStates: seen.hiddenStates,
            likeness: likeness.l2Normalized()
        )
    }
}

extension WorldPicture {
    /// (1, 3, size, size) in -1...1, without jitter.
    fileprivate func recognitionCrop(size: Int) -> Tensor {
        var unused = TorchRandomSource(seed: 0)
        let bytes = recognitionCrop(side: size, margin: 0, jitter: 0, &unused)
        return Bitmap(width: size, height: size, pixels: bytes).signed
    }

    /// (1, 3, size, size) in 0...1, without jitter.
    fileprivate func featureCrop(size: Int) -> Tensor {
        var unused = TorchRandomSource(seed: 0)
        let grey = featureCrop(side: size, margin: 0, jitter: 0, &unused).map { Float($0) / 255 }
        return Tensor(grey + grey + grey, shape: [1, 3, size, size])
    }
}
