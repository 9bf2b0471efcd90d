import Diffusion
import Graph
import Models

extension IDConditioning.Ortho: ParameterChoice {}

/// Named settings of the identity attention: those of PuLID's app.py and, for `neutral`, of PuLID_ComfyUI's pulid.py.
enum IdentityMode: String, ParameterChoice {
    /// app.py's "fidelity": the most likeness.
    case fidelity
    /// app.py's "extremely style": the most of the prompt's style.
    case style
    /// ApplyPulid's third method: all that the attention gives.
    case neutral

    var attention: IdentityAttention {
        switch self {
        case .fidelity: IdentityAttention(numZero: 8, ortho: .v2)
        case .style: IdentityAttention(numZero: 16, ortho: .v1)
        case .neutral: IdentityAttention(numZero: 0, ortho: .off)
        }
    }
}

/// What a mode stands for.
struct IdentityAttention: Hashable {
    var numZero: Int
    var ortho: IDConditioning.Ortho

    /// What the authors' demos start with. v1.1's has no modes; its app_v1_1.py sets both by hand.
    static func usual(isIDFormer: Bool) -> IdentityAttention {
        isIDFormer ? IdentityAttention(numZero: 20, ortho: .v2) : IdentityMode.fidelity.attention
    }
}
