import Foundation

/// Finds the weights of one part of a diffusers folder.
public enum WeightFolder {
    /// The path of the weights called `basename` in a folder: one safetensors file, or the index of several, or
    /// PyTorch's of both kinds; in full precision if that is there, else the variant "fp16".
    ///
    /// - Parameter basename: "diffusion_pytorch_model" for a UNet or VAE, "model" for a text encoder
    /// - Throws: `CheckpointError.noWeights` with what is there instead, or `.unreadable` when there is no such folder.
    public static func find(_ folder: String, basename: String) throws -> String {
        let names = candidates(basename)
        let present: [String]
        do {
            present = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            let reason =
                FileManager.default.fileExists(atPath: folder) ? "it is not a folder" : "there is no such folder"
            throw CheckpointError.unreadable(file: folder, reason: reason)
        }
        guard let name = names.first(where: present.contains) else {
            throw CheckpointError.noWeights(folder: folder, tried: names, present: present)
        }
        return (folder as NSString).appendingPathComponent(name)
    }

    /// diffusers: models/modeling_utils.py::from_pretrained with `_add_variant`, in its order; the variant's index has
    /// had two names.
    private static func candidates(_ basename: String) -> [String] {
        // A text encoder's PyTorch file is called otherwise than its safetensors.
        let pickled = basename == "model" ? "pytorch_model" : basename
        return [
            "\(basename).safetensors", "\(basename).safetensors.index.json", "\(basename).fp16.safetensors",
            "\(basename).safetensors.index.fp16.json", "\(basename).fp16.safetensors.index.json", "\(pickled).bin",
            "\(pickled).bin.index.json", "\(pickled).fp16.bin", "\(pickled).bin.index.fp16.json",
        ]
    }
}
