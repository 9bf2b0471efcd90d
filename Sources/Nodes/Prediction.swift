import Diffusion
import Graph

extension ZeroTerminalSNR: ParameterChoice {}

/// What a UNet's output means, in words that need no reading of schedulers.
enum Prediction: String, ParameterChoice {
    case noise, velocity, image

    var type: PredictionType {
        switch self {
        case .noise: .epsilon
        case .velocity: .velocity
        case .image: .sample
        }
    }
}
