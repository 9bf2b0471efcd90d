/// Why a node could not do its work, where no library beneath it has said so.
enum NodeError: Error, Hashable {
    case identityWithoutPuLID
    case sizesDiffer(what: String, found: [Int], expected: [Int], hint: String)
    /// A tensor of a file has a shape that none of its kind has; `layout` says which they have.
    case wrongLayout(path: String, tensor: String, found: [Int], layout: String)
    case unevenPicture(width: Int, height: Int, factor: Int)
    /// A latent of which a position covers another number of pixels than the VAE makes of it.
    case otherFactor(latent: Int, vae: Int)
    case notSquare(width: Int, height: Int)
    case needs(what: String, because: String)
    case tooManyPictures(cell: String)
}

extension NodeError: CustomStringConvertible {
    var description: String {
        switch self {
        case .identityWithoutPuLID:
            "an identity needs PuLID's attention: give `pulid:` beside `identity:`, as a reference to a load_pulid node"
        case .sizesDiffer(let what, let found, let expected, let hint):
            "\(what) has shape \(found), expected \(expected): \(hint)"
        case .unevenPicture(let width, let height, let factor):
            "the picture is \(width)x\(height); both sides must be multiples of \(factor)"
        case .otherFactor(let latent, let vae):
            "a position of the latent stands for \(latent)x\(latent) pixels, and this model's VAE makes \(vae)x\(vae) of it: it was made "
                + "by a model with another VAE"
        case .wrongLayout(let path, let tensor, let found, let layout):
            "\(path): \(tensor) has shape \(found); \(layout)"
        case .notSquare(let width, let height):
            "crop: whole takes a square picture of an aligned face; this one is \(width)x\(height)"
        case .needs(let what, let because): "\(what) is needed: \(because)"
        case .tooManyPictures(let cell):
            "several pictures fall on one place of the sheet (\(cell)): name a further axis in rows or columns, or pick one value of it"
        }
    }
}
