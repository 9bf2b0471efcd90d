/// How strongly a LoRA is merged into a network, and into the blocks of its UNet by themselves.
public struct LoRAScale: Hashable, Sendable {
    /// 1 is as trained, 0 is without.
    public let overall: Float
    /// Multiplies `overall` in some blocks; what is said of one block counts for more than what is said of its part.
    public let blocks: [UNetBlock: Float]

    public init(_ overall: Float, blocks: [UNetBlock: Float] = [:]) {
        (self.overall, self.blocks) = (overall, blocks)
    }

    /// - Parameter layer: the UNet's, in diffusers' names
    func of(_ layer: String) -> Float {
        guard !blocks.isEmpty, let block = UNetBlock(layer: layer) else { return overall }
        return overall * (blocks[block] ?? blocks[block.part] ?? 1)
    }
}

extension LoRAScale: CustomStringConvertible {
    /// All that counts, always in the same order.
    public var description: String {
        let named = blocks.map { "\($0.key.name) \($0.value)" }.sorted()
        return "\(overall)" + (named.isEmpty ? "" : " (\(named.joined(separator: ", ")))")
    }
}

extension LoRAScale: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    public init(floatLiteral value: Float) { self.init(value) }
    public init(integerLiteral value: Int) { self.init(Float(value)) }
}
