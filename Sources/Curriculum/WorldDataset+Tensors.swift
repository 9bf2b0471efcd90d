import Imaging
import Tensors
import World

extension Bitmap {
    /// (1, 3, H, W) in -1...1
    public var signed: Tensor {
        Tensor(pixels.map { Float($0) / 127.5 - 1 }, shape: [1, height, width, 3]).channelsFirst()
    }
}

extension WorldDataset {
    /// A picture that `random` picks.
    func picture(_ random: inout some RandomSource) -> WorldPicture { self[random.index(below: count)] }
}

extension RandomSource {
    /// 0..<`limit`, each as likely.
    mutating func index(below limit: Int) -> Int { Int(next64().multipliedFullWidth(by: UInt64(limit)).high) }
}
