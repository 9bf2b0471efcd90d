import Foundation

/// Finds the weights of one part of a diffusers folder.
public enum WeightFolder {
    /// The path of `basename.safetensors`, or else of `basename.fp16.safetensors`, in a folder.
    ///
    /// - Parameter basename: "diffusion_pytorch_model" for a UNet or VAE, "model" for a text encoder
    /// - Throws: `CheckpointError.noWeights` with what is there instead, or `.unreadable` when there is no such folder.
    public static func find(_ folder: String, basename: String) throws -> String {
        let names = ["\(basename).safetensors", "\(basename).fp16.safetensors"]
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
}
