/// A file that its authors publish under a name by which it is known, so that it can be found among downloads.
package struct OfficialFile: Hashable, Sendable {
    /// In the order in which they are looked for.
    package let names: [String]
    /// What this project calls it: a name so plain that it counts only at the top of a folder.
    package var ownName: String? = nil
    /// What it holds.
    package let purpose: String
    /// Who publishes it, and where.
    package let source: String

    /// The folder that a download of the repository makes, or the checkpoint in it.
    package static let sdxl = OfficialFile(
        names: [sdxlFolder, "sd_xl_base_1.0.safetensors", "sd_xl_base_1.0_0.9vae.safetensors"],
        purpose: "SDXL (a folder in the layout of diffusers, or a checkpoint)",
        source: "\(huggingFace)/stabilityai/stable-diffusion-xl-base-1.0"
    )
    /// What a checkpoint lacks.
    package static let tokenizers = OfficialFile(
        names: ["tokenizer and tokenizer_2"],
        purpose: "two folders that SDXL's checkpoint needs beside it",
        source: sdxl.source
    )
    package static let lightning = OfficialFile(
        names: ["sdxl_lightning_4step_unet.safetensors"],
        purpose: "SDXL-Lightning's UNet for four steps",
        source: "\(huggingFace)/ByteDance/SDXL-Lightning"
    )
    package static let pulid = OfficialFile(
        names: ["pulid_v1.bin", "pulid_v1.1.safetensors"],
        purpose: "PuLID's own weights",
        source: "\(huggingFace)/guozinan/PuLID"
    )
    package static let evaCLIP = OfficialFile(
        names: ["EVA02_CLIP_L_336_psz14_s6B.pt"],
        purpose: "the vision tower that looks at the face's features",
        source: "\(huggingFace)/QuanSun/EVA-CLIP"
    )
    package static let detector = OfficialFile(
        names: ["scrfd_10g_bnkps.onnx"],
        ownName: "detector.onnx",
        purpose: "the network that finds faces",
        source: antelope
    )
    package static let recognizer = OfficialFile(
        names: ["glintr100.onnx"],
        ownName: "recognizer.safetensors",
        purpose: "the network that tells people apart",
        source: antelope
    )
    package static let aligner = OfficialFile(
        names: ["detection_Resnet50_Final.pth"],
        ownName: "aligner.safetensors",
        purpose: "the network that finds eyes, nose and mouth",
        source: "\(facexlib)/tag/v0.1.0"
    )
    package static let parser = OfficialFile(
        names: ["parsing_bisenet.pth"],
        ownName: "parser.safetensors",
        purpose: "the network that finds eyes, skin, hair",
        source: "\(facexlib)/tag/v0.2.0"
    )

    /// All that a picture of a person takes.
    package static let ofPortraits = [sdxl, pulid, evaCLIP, detector, recognizer, aligner, parser]

    package static let sdxlFolder = "stable-diffusion-xl-base-1.0"
    private static let huggingFace = "huggingface.co"
    private static let antelope =
        "antelopev2 of github.com/deepinsight/insightface, as in huggingface.co/DIAMONIK7777/antelopev2"
    private static let facexlib = "github.com/xinntao/facexlib/releases"

    package var allNames: [String] { names + (ownName.map { [$0] } ?? []) }

    /// As messages say it.
    package var description: String { "\(names.joined(separator: " or ")): \(purpose), from \(source)" }
}
