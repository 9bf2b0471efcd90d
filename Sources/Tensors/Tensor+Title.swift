extension Tensor {
    /// Its shape, and the layer that it is of: for messages.
    package var title: String { origin.map { "\(shape) (\($0))" } ?? "\(shape)" }

    /// The same tensor under the name of a parameter: its own, or that of the layer it came out of.
    func named(_ origin: String?) -> Tensor {
        var named = self
        named.origin = origin
        return named
    }
}
