/// What a convolution may hold in memory beside its maps, in floats; tests lower it. No result depends on it.
public struct ConvolutionLimits: Hashable, Sendable {
    /// Transformed or packed filters: 64 MB.
    public var filters = 16 << 20
    /// Transformed tiles: 160 MB.
    public var tiles = 40 << 20
    /// The windows of output pixels side by side, for each thread: 4 MB.
    public var windows = 1 << 20

    public init() {}

    public init(filters: Int, tiles: Int, windows: Int) {
        (self.filters, self.tiles, self.windows) = (filters, tiles, windows)
    }
}
