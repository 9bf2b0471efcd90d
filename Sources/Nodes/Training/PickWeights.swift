import Graph
import Tensors

/// Takes one network out of several, as a file of its own holds it.
struct PickWeights: Node {
    static let version = 1
    static let help =
        "Takes the weights of one network out of what a training made, and says how many digits files hold."

    @Input("what a training made") var weights: WeightsArtifact
    @Parameter("the network, such as unet or text_encoder; all of them unless given") var network: String? = nil
    @Parameter("whether files hold 16 bits a number, as released models do, and not 32") var half: Bool = true

    func run(_ context: RunContext) throws -> WeightsArtifact {
        guard let network else { return weights.half(half) }
        let prefix = network + "."
        let picked = weights.tensors.filter { $0.key.hasPrefix(prefix) }
        guard !picked.isEmpty else {
            let names = Set(weights.tensors.keys.compactMap { $0.split(separator: ".").first }).sorted()
            throw NodeError.needs(
                what: "a network named \(network)",
                because: "these weights are of \(names.prefix(8).joined(separator: ", "))"
            )
        }
        return WeightsArtifact(
            Dictionary(uniqueKeysWithValues: picked.map { (String($0.key.dropFirst(prefix.count)), $0.value) }),
            metadata: weights.metadata,
            losses: weights.losses,
            isHalf: half
        )
    }
}

extension WeightsArtifact {
    fileprivate func half(_ isHalf: Bool) -> WeightsArtifact {
        WeightsArtifact(tensors, metadata: metadata, losses: losses, isHalf: isHalf)
    }
}
