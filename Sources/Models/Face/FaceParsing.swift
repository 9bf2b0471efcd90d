import Kernels
import Tensors

/// What part of a face, or of what is around it, each pixel shows: what BiSeNet says about pictures.
public struct FaceParsing: Hashable, Sendable {
    /// (B, H, W)
    public let shape: [Int]
    /// The class of each pixel, a place in `names`.
    public let labels: [UInt8]

    /// How many labels there are: what parsing_bisenet.pth was trained on.
    public static let classes = 19
    /// What each label means; left and right are the person's.
    public static let names = [
        "background", "skin", "left brow", "right brow", "left eye", "right eye", "glasses", "left ear", "right ear",
        "earring", "nose", "mouth", "upper lip", "lower lip", "neck", "necklace", "cloth", "hair", "hat",
    ]
    /// Background, ears, earring, neck, necklace, cloth and hat: what PuLID hides from its encoder.
    public static let hiddenLabels: Set<UInt8> = [0, 7, 8, 9, 14, 15, 16, 18]

    /// The class with the largest logit, the first of equals.
    ///
    /// - Parameter logits: (B, classes, H, W), at most 256 classes
    public init(logits: Tensor) {
        let (B, classes, H, W) = logits.shape4
        require((1...256).contains(classes), "\(classes) classes do not fit a byte")
        shape = [B, H, W]
        labels = logits.withValues { x in
            [UInt8](unsafeUninitializedCapacity: B * H * W) { labels, count in
                guard let x = x.baseAddress, let labels = labels.baseAddress else { return }
                labels.update(repeating: 0, count: B * H * W)
                // Row by row, and in each class by class, as they lie in memory.
                Parallel.forRanges(B * H, grain: max(1, (1 << 16) / max(1, classes * W))) { band in
                    var most = [Float](repeating: 0, count: W)
                    for line in band {
                        let (b, row) = (line / H, line % H)
                        for c in 0..<classes {
                            let logits = x + ((b * classes + c) * H + row) * W
                            for i in 0..<W where c == 0 || logits[i] > most[i] {
                                most[i] = logits[i]
                                labels[line * W + i] = UInt8(c)
                            }
                        }
                    }
                }
                count = B * H * W
            }
        }
    }

    /// PuLID: pulid/pipeline.py::get_id_embedding. The face alone, in grey, on white.
    ///
    /// - Parameter image: (B, 3, H, W), red first, in 0...1
    /// - Returns: (B, 3, H, W) in 0...1
    public func faceFeatures(of image: Tensor) -> Tensor {
        let (B, C, H, W) = image.shape4
        require(C == 3 && shape == [B, H, W], "labels of \(shape) do not fit \(image.shape)")
        let isHidden = (0...UInt8.max).map(Self.hiddenLabels.contains)
        let pixels = H * W
        let features = image.withValues { x in
            (0..<B).flatMap { b in
                let red = b * 3 * pixels
                let grey = (0..<pixels).map { i in
                    isHidden[Int(labels[b * pixels + i])]
                        ? 1 : 0.299 * x[red + i] + 0.587 * x[red + pixels + i] + 0.114 * x[red + 2 * pixels + i]
                }
                return grey + grey + grey
            }
        }
        return Tensor(features, shape: image.shape)
    }
}
