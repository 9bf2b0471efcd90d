import Models
import Tensors

/// The networks that look at faces, as their authors' files hold them.
package enum FaceNetworks {
    /// - Throws: `WeightsError` for a tensor that is missing, of another shape, or not of an IResNet
    package static func recognizer(_ source: any WeightSource) throws -> IResNet {
        let weights = Weights(source)
        let network = try IResNet(weights, config: IResNet.Config(weights))
        try weights.assertAllUsed()
        return network
    }

    /// - Throws: `WeightsError`, also for a parser of other labels than facexlib's
    package static func parser(_ source: any WeightSource) throws -> BiSeNet {
        let weights = Weights(source)
        let config = try BiSeNet.Config(weights)
        guard config.classes == FaceParsing.classes else {
            throw WeightsError.wrongModel(
                found: "a parser of \(config.classes) labels",
                expected: "one of \(FaceParsing.classes), as parsing_bisenet.pth is",
                source: source.name
            )
        }
        let network = try BiSeNet(weights, config: config)
        try weights.assertAllUsed()
        return network
    }

    /// - Throws: `WeightsError`, `ModelConfigError`
    package static func aligner(_ source: any WeightSource) throws -> RetinaFace {
        var weights = Weights(source)
        // As saved from several GPUs.
        if weights.contains("module.body.conv1.weight") { weights = weights / "module" }
        let network = try RetinaFace(weights, config: RetinaFace.Config(weights))
        try weights.assertAllUsed()
        return network
    }
}
