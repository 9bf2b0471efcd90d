/// A stream of random numbers that everything random is given; there is no hidden one.
public protocol RandomSource {
    /// `count` standard normal numbers, as one call of the generator it matches would give them.
    mutating func normal(_ count: Int) -> [Float]
    /// The next 64 random bits, for seeds of other streams.
    mutating func next64() -> UInt64
}

extension RandomSource {
    /// Standard normal noise of a shape.
    public mutating func normal(_ shape: [Int]) -> Tensor { Tensor(normal(shape.reduce(1, *)), shape: shape) }
}
