import EngineTestSupport
import Foundation
import Imaging
import Testing

/// The recipe for people who have the official files: small files of the same formats under the same names.
struct PortraitTests {
    private static let goldens = "\(projectFolder)/Tests/Goldens"

    /// A folder of downloads: SDXL in the layout of diffusers, its Lightning UNet, PuLID, EVA-CLIP, antelopev2, facexlib.
    private func downloads(_ test: CommandTest, pulid: String) throws {
        func copy(_ source: String, _ name: String) throws {
            try FileManager.default.copyItem(atPath: source, toPath: test.folder("downloads/\(name)"))
        }
        try FileManager.default.createDirectory(atPath: test.folder("downloads"), withIntermediateDirectories: true)
        for name in [
            "antelopev2", "detection_Resnet50_Final.pth", "parsing_bisenet.pth", "EVA02_CLIP_L_336_psz14_s6B.pt", pulid,
        ] { try copy("\(Self.goldens)/portrait/\(name)", name) }
        let diffusers = "\(projectFolder)/Tests/NodesTests/Goldens/single_file/diffusers"
        let sdxl = "stable-diffusion-xl-base-1.0"
        try copy(diffusers, sdxl)
        for name in ["tokenizer", "tokenizer_2", "scheduler", "model_index.json"] {
            try copy("\(Self.goldens)/sdxl/\(name)", "\(sdxl)/\(name)")
        }
        try copy("\(diffusers)/unet/diffusion_pytorch_model.safetensors", "sdxl_lightning_4step_unet.safetensors")
    }

    @Test(arguments: ["pulid_v1.bin", "pulid_v1.1.safetensors"])
    func fromPhotoToPortrait(pulid: String) throws {
        let test = try CommandTest()
        try downloads(test, pulid: pulid)
        func portrait(_ out: String, _ more: String...) throws -> [UInt8] {
            let photo = "\(Self.goldens)/portrait/photo.png"
            let arguments =
                ["recipes/portrait.yaml", "--set", "models=downloads", "--set", "face=\(photo)", "--out", out]
                + ["--set", "width=64", "--set", "height=64"] + more
            let result = try test.finish(test.start(arguments))
            #expect(result.status == 0 && !result.stderr.contains("warning"), "\(result.stderr)")
            return try test.folder.bytes(of: "\(out)/portrait.png")
        }
        let first = try portrait("a")
        let picture = try Bitmap.read(path: test.folder("a/portrait.png"))
        #expect(picture.width == 64 && picture.height == 64 && Set(picture.pixels).count > 16)
        let sheet = try Bitmap.read(path: test.folder("a/face.png"))
        #expect(sheet.width > 1500 && sheet.height > 800)
        // The person counts; and the same again is the same.
        #expect(try portrait("b", "--set", "id_scale=0") != first)
        #expect(try portrait("c", "--cache", "another") == first)
    }

    /// On a fresh clone: one report with every file, what it is and where it comes from, and nothing else.
    @Test func aFreshCloneIsToldWhatIsMissing() throws {
        let test = try CommandTest()
        let result = try test.run("recipes/portrait.yaml")
        #expect(result.status == 2)
        #expect(result.stderr.components(separatedBy: " error: ").count == 4, "\(result.stderr)")
        for (file, source) in [
            ("stable-diffusion-xl-base-1.0", "stabilityai/stable-diffusion-xl-base-1.0"),
            ("sdxl_lightning_4step_unet.safetensors", "ByteDance/SDXL-Lightning"),
            ("pulid_v1.bin or pulid_v1.1.safetensors", "guozinan/PuLID"),
            ("EVA02_CLIP_L_336_psz14_s6B.pt", "QuanSun/EVA-CLIP"), ("scrfd_10g_bnkps.onnx", "deepinsight/insightface"),
            ("glintr100.onnx", "deepinsight/insightface"),
            ("detection_Resnet50_Final.pth", "xinntao/facexlib/releases/tag/v0.1.0"),
            ("parsing_bisenet.pth", "xinntao/facexlib/releases/tag/v0.2.0"),
        ] {
            let line = result.stderr.split(separator: "\n").first { $0.hasPrefix("  \(file)") }
            #expect(line?.contains(source) == true, "\(file): \(result.stderr)")
        }
    }
}
