import Diffusion

/// What a recipe says of a model's output and noise, where no file does; nil leaves it to the files.
package struct NoiseChoice: Hashable, Sendable {
    package var prediction: PredictionType?
    package var zeroTerminalSNR: ZeroTerminalSNR?

    package init(prediction: PredictionType? = nil, zeroTerminalSNR: ZeroTerminalSNR? = nil) {
        self.prediction = prediction
        self.zeroTerminalSNR = zeroTerminalSNR
    }

    /// What a file is known to give by the name under which its authors publish it.
    package static func known(byName path: String) -> PredictionType? {
        let name = path.split(separator: "/").last?.lowercased() ?? ""
        return name.hasPrefix("sdxl_lightning_1step") && name.contains("x0") ? .sample : nil
    }

    /// - Throws: `ModelFileError.needs` where a model's noise levels leave no such choice
    func process(over files: NoiseProcess) throws -> NoiseProcess {
        guard prediction != nil || zeroTerminalSNR != nil else { return files }
        switch files {
        case .ddpm(var settings):
            settings.predictionType = prediction ?? settings.predictionType
            settings.zeroTerminalSNR = zeroTerminalSNR ?? settings.zeroTerminalSNR
            guard settings.zeroTerminalSNR == nil || settings.predictionType != .epsilon else {
                throw ModelFileError.needs(
                    what: "`prediction: velocity`",
                    because:
                        "where nothing but noise is left at the last timestep (`zero_snr:`, or the model's own settings), a model "
                        + "that predicts the noise says nothing"
                )
            }
            return .ddpm(settings)
        case .edm(var settings):
            guard zeroTerminalSNR == nil, prediction == .velocity else {
                throw ModelFileError.needs(
                    what: "a model with SDXL's noise levels",
                    because:
                        "this one was trained with EDM's, where `prediction:` can be velocity alone and `zero_snr:` has no "
                        + "meaning"
                )
            }
            settings.prediction = .velocity
            return .edm(settings)
        }
    }
}
