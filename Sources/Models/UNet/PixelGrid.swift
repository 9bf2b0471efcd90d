/// The height and width of a feature map: its pixels, row by row, are the tokens of an attention.
public struct PixelGrid: Hashable, Sendable {
    public let height, width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// As a convolution of stride 2 leaves it: half as high and wide, rounded up.
    fileprivate var half: PixelGrid { PixelGrid(height: (height + 1) / 2, width: (width + 1) / 2) }
}

extension UNet2DConditionModel {
    /// The grids of the UNet's levels for a latent of a size, the finest first.
    public func grids(height: Int, width: Int) -> [PixelGrid] {
        var grids = [PixelGrid(height: height, width: width)]
        for _ in config.blockOutChannels.dropFirst() { grids.append(grids[grids.count - 1].half) }
        return grids
    }
}
