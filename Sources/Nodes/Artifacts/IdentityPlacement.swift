import Graph
import Models
import Tensors

/// Where, when and how an identity acts in a picture. What is nil is as `sample` says for all identities.
public struct IdentityPlacement: Sendable {
    var idScale: Double?
    var mode: IdentityMode?
    var numZero: Int?
    var ortho: IDConditioning.Ortho?
    var startAt: Double?
    var endAt: Double?
    /// (1, 1, H, W) in 0...1, of any size; nil for everywhere
    var mask: Tensor?

    /// Of an identity that nobody has placed.
    public init() {}

    /// This placement, with the given one's settings where it has them.
    func overridden(by other: IdentityPlacement) -> IdentityPlacement {
        var result = self
        result.idScale = other.idScale ?? idScale
        result.mode = other.mode ?? mode
        result.numZero = other.numZero ?? numZero
        result.ortho = other.ortho ?? ortho
        result.startAt = other.startAt ?? startAt
        result.endAt = other.endAt ?? endAt
        result.mask = other.mask ?? mask
        return result
    }

    /// What is given, by the names that recipes use.
    var values: [String: Value] {
        let all: [String: Value] = [
            "id_scale": idScale.parameterValue, "mode": mode.parameterValue, "num_zero": numZero.parameterValue,
            "ortho": ortho.parameterValue, "start_at": startAt.parameterValue, "end_at": endAt.parameterValue,
        ]
        return all.filter { $0.value != .null }
    }

    /// - Throws: `ParameterMismatch`
    init(values: [String: Value], mask: Tensor?) throws {
        func value<Setting: ParameterType>(_ name: String) throws -> Setting? {
            try values[name].map { try Setting(parameter: $0) }
        }
        idScale = try value("id_scale")
        mode = try value("mode")
        numZero = try value("num_zero")
        ortho = try value("ortho")
        startAt = try value("start_at")
        endAt = try value("end_at")
        self.mask = mask
    }
}
