/// Weights that are in memory already, such as those that a training has made.
public final class GivenWeights: WeightSource {
    public let name: String
    private let tensors: [String: Tensor]

    public init(name: String, _ tensors: [String: Tensor]) {
        self.name = name
        self.tensors = tensors
    }

    public var tensorNames: [String] { tensors.keys.sorted() }
    public func shape(of name: String) -> [Int]? { tensors[name]?.shape }

    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        guard let tensor = tensors[name] else {
            throw WeightsError.missing(name: name, source: self.name, nearest: nil)
        }
        guard tensor.shape == shape else {
            throw WeightsError.wrongShape(name: name, expected: shape, found: tensor.shape, source: self.name)
        }
        return tensor
    }
}
