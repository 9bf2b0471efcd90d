import Diffusion
import Graph
import Models

extension Sampler: ParameterChoice {}
extension TimestepSpacing: ParameterChoice {}
extension IDConditioning.Ortho: ParameterChoice {}

/// PuLID: app.py, the two modes of the demo
enum IdentityMode: String, ParameterChoice {
    /// The most likeness.
    case fidelity
    /// "Extremely style": the most of the prompt's style.
    case style

    var numZero: Int { self == .fidelity ? 8 : 16 }
    var ortho: IDConditioning.Ortho { self == .fidelity ? .v2 : .v1 }
}
