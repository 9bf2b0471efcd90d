/// One recorded operation: where its inputs came from and how a gradient goes back through it.
final class GradientNode: @unchecked Sendable {
    /// nil for an input that needs no gradient. Emptied only as the last owner lets go.
    private(set) var inputs: [GradientNode?]
    /// From the gradient of the output, the gradient of each input that needs one.
    let backward: (Tensor) -> [Tensor?]

    init(inputs: [GradientNode?], backward: @escaping (Tensor) -> [Tensor?]) {
        self.inputs = inputs
        self.backward = backward
    }

    /// Lets go of a deep graph node by node: left alone, each node would free its inputs from within its own deinit.
    deinit {
        var pending = inputs
        inputs = []
        while !pending.isEmpty {
            guard var node = pending.removeLast(), isKnownUniquelyReferenced(&node) else { continue }
            pending += node.inputs
            node.inputs = []
        }
    }
}

extension Tensor {
    /// The same values as a leaf: gradients can be asked with respect to it.
    public func tracked() -> Tensor {
        var leaf = self
        leaf.node = GradientNode(inputs: [], backward: { _ in [] })
        return leaf
    }

    /// The same values without their history: no gradient flows further back.
    public func detached() -> Tensor {
        var tensor = self
        tensor.node = nil
        return tensor
    }

    /// Whether a gradient flows back through it.
    package var needsGradient: Bool { node != nil }

    /// This result together with how it was computed, if any of `inputs` needs a gradient. `backward` may leave out
    /// (nil) inputs that need none.
    func recorded(from inputs: Tensor..., backward: @escaping (Tensor) -> [Tensor?]) -> Tensor {
        recorded(from: inputs, backward: backward)
    }

    func recorded(from inputs: [Tensor], backward: @escaping (Tensor) -> [Tensor?]) -> Tensor {
        guard inputs.contains(where: \.needsGradient) else { return self }
        var result = self
        result.node = GradientNode(inputs: inputs.map(\.node), backward: backward)
        return result
    }
}

/// The gradients of `loss` with respect to each of `leaves`; zeros where it does not depend on one.
///
/// - Parameters:
///   - loss: any shape; the gradient that enters it is `seed`, or ones
///   - leaves: made by `tracked()`
public func gradients(of loss: Tensor, seed: Tensor? = nil, for leaves: [Tensor]) -> [Tensor] {
    var arrived: [ObjectIdentifier: Tensor] = [:]
    if let root = loss.node {
        arrived[ObjectIdentifier(root)] = seed ?? Tensor(repeating: 1, shape: loss.shape)
        let wanted = Set(leaves.compactMap { $0.node.map(ObjectIdentifier.init) })
        for node in reverseTopologicalOrder(from: root) {
            guard let gradient = arrived[ObjectIdentifier(node)] else { continue }
            if !wanted.contains(ObjectIdentifier(node)) { arrived[ObjectIdentifier(node)] = nil }
            for case (let input?, let part?) in zip(node.inputs, node.backward(gradient)) {
                let key = ObjectIdentifier(input)
                arrived[key] = arrived[key].map { $0 + part } ?? part
            }
        }
    }
    return leaves.map { leaf in
        leaf.node.flatMap { arrived[ObjectIdentifier($0)] } ?? .zeros(leaf.shape)
    }
}

/// Every node that `root` depends on, each before its inputs. Iterative: graphs are deep.
private func reverseTopologicalOrder(from root: GradientNode) -> [GradientNode] {
    var order: [GradientNode] = []
    var visited: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var stack: [(node: GradientNode, next: Int)] = [(root, 0)]
    while let (node, next) = stack.last {
        guard next < node.inputs.count else {
            order.append(node)
            stack.removeLast()
            continue
        }
        stack[stack.count - 1].next += 1
        if let input = node.inputs[next], visited.insert(ObjectIdentifier(input)).inserted { stack.append((input, 0)) }
    }
    return order.reversed()
}
