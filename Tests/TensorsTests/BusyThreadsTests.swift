import Kernels
import Testing

/// How many threads have work in SDXL's convolutions, linear layers and attention, by the cuts' own arithmetic.
@Suite struct BusyThreadsTests {
    /// A layer, and how often it occurs.
    private enum Layer {
        /// 3x3, of maps of so many pixels on each side.
        case convolution(batch: Int, side: Int, from: Int, to: Int, stride: Int)
        case linear(rows: Int, from: Int, to: Int)
        /// Heads of all pictures.
        case attention(heads: Int, queries: Int, keys: Int, width: Int)
    }

    /// The UNet, for a latent of `side`, with and without the prompt in one batch.
    private static func unet(side: Int) -> [Layer] {
        var layers: [Layer] = [.convolution(batch: 2, side: side, from: 4, to: 320, stride: 1)]
        func resnet(_ side: Int, _ from: Int, _ to: Int) {
            layers.append(.convolution(batch: 2, side: side, from: from, to: to, stride: 1))
            layers.append(.convolution(batch: 2, side: side, from: to, to: to, stride: 1))
            if from != to { layers.append(.linear(rows: 2 * side * side, from: from, to: to)) }
        }
        func transformer(_ side: Int, _ width: Int, depth: Int) {
            let rows = 2 * side * side
            // Projections in and out; of each block q, k, v and out, q and out over the text, and the feed-forward.
            layers += Array(repeating: .linear(rows: rows, from: width, to: width), count: 2 + 6 * depth)
            layers += Array(repeating: .linear(rows: rows, from: width, to: 8 * width), count: depth)
            layers += Array(repeating: .linear(rows: rows, from: 4 * width, to: width), count: depth)
            let heads = 2 * width / 64
            for keys in [side * side, 77] {
                let attention = Layer.attention(heads: heads, queries: side * side, keys: keys, width: 64)
                layers += Array(repeating: attention, count: depth)
            }
        }
        let (widths, depths) = ([320, 640, 1280], [0, 2, 10])
        var skips = [320]
        for level in 0..<3 {
            for i in 0..<2 {
                resnet(side >> level, i == 0 ? widths[max(0, level - 1)] : widths[level], widths[level])
                if depths[level] > 0 { transformer(side >> level, widths[level], depth: depths[level]) }
                skips.append(widths[level])
            }
            guard level < 2 else { continue }
            let width = widths[level]
            layers.append(.convolution(batch: 2, side: side >> level, from: width, to: width, stride: 2))
            skips.append(width)
        }
        resnet(side >> 2, 1280, 1280)
        transformer(side >> 2, 1280, depth: 10)
        resnet(side >> 2, 1280, 1280)
        var width = 1280
        for level in [2, 1, 0] {
            for _ in 0..<3 {
                resnet(side >> level, width + skips.removeLast(), widths[level])
                width = widths[level]
                if depths[level] > 0 { transformer(side >> level, width, depth: depths[level]) }
            }
            if level > 0 {
                let side = (side >> level) << 1
                layers.append(.convolution(batch: 2, side: side, from: width, to: width, stride: 1))
            }
        }
        precondition(skips.isEmpty)
        layers.append(.convolution(batch: 2, side: side, from: 320, to: 4, stride: 1))
        return layers
    }

    /// The VAE's decoder and encoder.
    private static func vae(side: Int) -> [Layer] {
        var layers: [Layer] = []
        func conv(_ side: Int, _ from: Int, _ to: Int, stride: Int = 1) {
            layers.append(.convolution(batch: 1, side: side, from: from, to: to, stride: stride))
        }
        func resnets(_ count: Int, _ side: Int, _ from: Int, _ to: Int) {
            for i in 0..<count {
                conv(side, i == 0 ? from : to, to)
                conv(side, to, to)
            }
            if from != to { layers.append(.linear(rows: side * side, from: from, to: to)) }
        }
        func middle() {
            resnets(2, side, 512, 512)
            layers += Array(repeating: .linear(rows: side * side, from: 512, to: 512), count: 4)
            layers.append(.attention(heads: 1, queries: side * side, keys: side * side, width: 512))
        }
        conv(side, 4, 512)
        middle()
        for (level, (from, to)) in [(512, 512), (512, 512), (512, 256), (256, 128)].enumerated() {
            resnets(3, side << level, from, to)
            if level < 3 { conv((side << level) << 1, to, to) }
        }
        conv(side << 3, 128, 3)

        conv(side << 3, 3, 128)
        for (level, (from, to)) in [(128, 128), (128, 256), (256, 512), (512, 512)].enumerated() {
            resnets(2, (side << 3) >> level, from, to)
            if level < 3 { conv((side << 3) >> level, to, to, stride: 2) }
        }
        middle()
        conv(side, 512, 8)
        return layers
    }

    /// Tasks of the same kind that follow each other, each with its share of the work.
    private typealias Loop = [Double]

    /// What threads do one after the other, in multiply-adds of plain products.
    private static func loops(_ layer: Layer, panel: Int, strip: Int, threads: Int) -> [Loop] {
        func product(rows: Int, from: Int, to: Int, mostPanels: Int) -> Loop {
            let (strips, panels) = ((rows + strip - 1) / strip, (to + panel - 1) / panel)
            let cut = GemmCut(strips: strips, panels: panels, mostPanels: mostPanels, threads: threads)
            return parts(panels, cut.columns).flatMap { columns in
                parts(strips, cut.rows).map { Double($0 * columns * strip * panel * from) }
            }
        }
        switch layer {
        case .linear(let rows, let from, let to):
            let depth = (from + (from + 639) / 640 - 1) / ((from + 639) / 640)
            return [product(rows: rows, from: from, to: to, mostPanels: max(1, (1 << 17) / (depth * panel)))]
        case .attention(let heads, let queries, let keys, let width):
            let strips = (queries + strip - 1) / strip
            let cut = AttentionCut(heads: heads, strips: strips, mostStrips: 128 / strip, threads: threads)
            return [
                (0..<heads).flatMap { _ in
                    parts(strips, cut.tiles).map { Double($0 * strip) * Double(2 * keys * width) }
                }
            ]
        case .convolution(let batch, let side, let from, let to, let stride):
            guard from >= 16, stride == 1 else {
                let rows = batch * (side / stride) * (side / stride)
                let band = min(rows, max(252, threads << 20) / (9 * from))
                return (0..<(rows + band - 1) / band).map { _ in
                    product(rows: band, from: 9 * from, to: to, mostPanels: 1 << 20)
                }
            }
            let size = WinogradSize(
                lines: batch * (side / 4),
                across: side / 4,
                channels: from,
                outputs: to,
                panel: panel,
                strip: strip
            )
            let each = Double(36 * panel * from)
            switch WinogradCut(size, threads: threads).held {
            case .filters(let lines, let across):
                let down = parts(size.lines, (size.lines + lines - 1) / lines)
                let columns = parts(size.across, (size.across + across - 1) / across)
                return [down.flatMap { line in columns.map { Double(line * $0 * size.panels) * each } }]
            case .both(let stripes, let passes, let tileParts, let groups):
                return parts(size.lines, stripes).flatMap { lines in
                    parts(size.panels, passes).map { pass in
                        parts(pass, groups).flatMap { panels in
                            parts(lines * size.across, tileParts).map { Double($0 * panels) * each }
                        }
                    }
                }
            case .tiles(let stripes, let tileParts, let groups):
                return parts(size.lines, stripes).map { lines in
                    parts(size.panels, groups).flatMap { panels in
                        parts(lines * size.across, tileParts).map { Double($0 * panels) * each }
                    }
                }
            }
        }
    }

    private static func parts(_ count: Int, _ parts: Int) -> [Int] {
        let parts = min(parts, count)
        return (0..<parts).map { ($0 + 1) * count / parts - $0 * count / parts }
    }

    /// The share of the threads' time that is work, when each takes the next task as it is free.
    private static func busy(_ layers: [Layer], panel: Int, strip: Int, threads: Int) -> Double {
        var (work, time) = (0.0, 0.0)
        for layer in layers {
            for loop in loops(layer, panel: panel, strip: strip, threads: threads) {
                var ends = [Double](repeating: 0, count: threads)
                for task in loop {
                    let first = ends.indices.min { ends[$0] < ends[$1] } ?? 0
                    ends[first] += task
                }
                work += loop.reduce(0, +)
                time += ends.max() ?? 0
            }
        }
        return work / (time * Double(threads))
    }

    /// In tiles of AVX2 and of AVX-512.
    @Test(arguments: [(panel: 16, strip: 6), (panel: 32, strip: 14)], [64, 128])
    func networks(_ kernels: (panel: Int, strip: Int), side: Int) {
        for (name, layers) in [("UNet", Self.unet(side: side)), ("VAE", Self.vae(side: side))] {
            for (threads, least) in [(2, 0.97), (8, 0.93), (16, 0.9), (64, 0.8)] {
                let busy = Self.busy(layers, panel: kernels.panel, strip: kernels.strip, threads: threads)
                #expect(busy >= least, "\(name) at \(8 * side), \(kernels), \(threads) threads")
            }
        }
    }

    /// No layer by itself leaves many threads without work.
    @Test(arguments: [(panel: 16, strip: 6), (panel: 32, strip: 14)], [64, 128])
    func layers(_ kernels: (panel: Int, strip: Int), side: Int) {
        for layer in Self.unet(side: side) + Self.vae(side: side) {
            for (threads, least) in [(16, 0.75), (64, 0.5)] {
                let busy = Self.busy([layer], panel: kernels.panel, strip: kernels.strip, threads: threads)
                #expect(busy >= least, "\(layer) at \(8 * side), \(kernels), \(threads) threads")
            }
        }
    }
}
