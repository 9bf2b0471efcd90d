import Tensors

extension EVAVisionTransformer {
    /// The sizes of a tower. Its checkpoints come without a config.json: everything is read off the tensors' shapes,
    /// and what shapes cannot say is in a safetensors file's metadata, if it was written by this project.
    public struct Config: Hashable, Sendable {
        /// Pixels on each side of the picture.
        public var imageSize = 336
        /// Pixels on each side of a patch.
        public var patchSize = 14
        public var width = 1024
        public var depth = 24
        public var heads = 16
        /// Width inside the feed-forward.
        public var mlpWidth = 2730
        /// Numbers that the head gives.
        public var outputWidth = 768
        /// The blocks whose inputs are handed out.
        public var hiddenStateBlocks = [4, 8, 12, 16, 20]

        /// Patches on each side.
        public var grid: Int { imageSize / patchSize }
        /// Floats of one head.
        public var headWidth: Int { width / heads }

        /// What shapes cannot say, for a file's metadata.
        public var metadata: [String: String] {
            [
                "heads": "\(heads)",
                "hidden_state_blocks": hiddenStateBlocks.map(String.init).joined(separator: ","),
            ]
        }

        /// EVA02-CLIP-L-14-336
        public static let large336 = Config()

        /// PuLID's rule: every fourth block up to the twentieth, except for the first.
        public static func officialHiddenStateBlocks(depth: Int) -> [Int] {
            (1..<max(2, min(21, depth))).filter { $0 % 4 == 0 && $0 < depth }
        }

        public init(
            imageSize: Int = 336,
            patchSize: Int = 14,
            width: Int = 1024,
            depth: Int = 24,
            heads: Int = 16,
            mlpWidth: Int = 2730,
            outputWidth: Int = 768,
            hiddenStateBlocks: [Int]? = nil
        ) {
            self.imageSize = imageSize
            self.patchSize = patchSize
            self.width = width
            self.depth = depth
            self.heads = heads
            self.mlpWidth = mlpWidth
            self.outputWidth = outputWidth
            self.hiddenStateBlocks = hiddenStateBlocks ?? Self.officialHiddenStateBlocks(depth: depth)
        }

        /// Reads the sizes off a checkpoint.
        ///
        /// - Parameters:
        ///   - w: at the tower: below `visual` in an EVA02-CLIP checkpoint
        ///   - metadata: of these, `heads` (a number) and `hidden_state_blocks` (numbers separated by commas) are read.
        ///     Without `heads`, a head's width is that of the stored rotary table, or 64.
        /// - Throws: `WeightsError.wrongModel` when this is no EVA02 tower; `ModelConfigError` for impossible sizes
        public init(_ w: Weights, metadata: [String: String] = [:]) throws {
            guard let patches = w.shape(of: "patch_embed.proj.weight"), patches.count == 4,
                let positions = w.shape(of: "pos_embed"), positions.count == 3,
                let mlp = w.shape(of: "blocks.0.mlp.w1.weight"), mlp.count == 2,
                let head = w.shape(of: "head.weight"), head.count == 2,
                (patches + [positions[1]] + mlp + head).areLayerSizes
            else {
                throw WeightsError.wrongModel(
                    found: "something else",
                    expected: "an EVA02-CLIP checkpoint (EVA02_CLIP_L_336_psz14_s6B.pt)",
                    source: w.source.name
                )
            }
            patchSize = patches[3]
            width = patches[0]
            mlpWidth = mlp[0]
            outputWidth = head[0]
            imageSize = Int(Double(positions[1] - 1).squareRoot().rounded()) * patchSize
            depth = w.count(to: Self.depthLimit) { "blocks.\($0).norm1.weight" }
            let headWidth = w.shape(of: "rope.freqs_cos")?.last ?? 64
            heads = headWidth > 0 ? width / headWidth : 0
            hiddenStateBlocks = Self.officialHiddenStateBlocks(depth: depth)
            if let text = metadata["heads"] { heads = try Self.numbers(text, key: "heads", count: 1)[0] }
            if let text = metadata["hidden_state_blocks"] {
                hiddenStateBlocks = try Self.numbers(text, key: "hidden_state_blocks")
            }
            try validate()
        }

        private static let depthLimit = 1 << 10

        private static func numbers(_ text: String, key: String, count: Int? = nil) throws -> [Int] {
            let numbers = text.split(separator: ",").map { Int($0.trimmingPrefix { $0 == " " }) }
            let found = numbers.compactMap { $0 }
            guard found.count == numbers.count, count == nil || found.count == count else {
                throw ModelConfigError.invalid(
                    model: "EVAVisionTransformer",
                    key: key,
                    value: "\"\(text)\"",
                    reason: count == 1 ? "a whole number is expected" : "whole numbers and commas are expected"
                )
            }
            return found
        }

        /// - Throws: `ModelConfigError` for sizes that no tower has.
        func validate() throws {
            let check = SettingsCheck(model: "EVAVisionTransformer")
            for (key, size) in [
                ("patch_size", patchSize), ("width", width), ("mlp_width", mlpWidth), ("output_width", outputWidth),
            ] {
                try check.size(size, key)
            }
            try check.size(imageSize, "image_size", in: 1...1 << 11)
            try check.size(depth, "depth", in: 1...Self.depthLimit)
            try check.require(
                imageSize % patchSize == 0,
                "image_size",
                imageSize,
                "it is not a multiple of the patch size \(patchSize)"
            )
            // Half of a head turns with the row, half with the column, each half in pairs.
            try check.require(
                heads > 0 && width % heads == 0 && headWidth % 4 == 0,
                "heads",
                heads,
                "the width \(width) has to be that many heads of a multiple of four"
            )
            try check.require(
                hiddenStateBlocks.allSatisfy((0..<depth).contains)
                    && zip(hiddenStateBlocks, hiddenStateBlocks.dropFirst()).allSatisfy { $0 < $1 },
                "hidden_state_blocks",
                hiddenStateBlocks,
                "the blocks are 0 to \(depth - 1), named in order"
            )
        }
    }
}
