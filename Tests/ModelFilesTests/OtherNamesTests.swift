import Checkpoints
import EngineTestSupport
import Foundation
import ModelFiles
import Models
import TensorTestSupport
import Tensors
import Testing

/// Networks under the names that other programs give them.
struct OtherNamesTests {
    /// timm's tower, and timm's numbers.
    @Test func evaCLIPOfTimm() throws {
        let path = Golden.path("eva_timm.safetensors", #filePath)
        #expect(try WeightsKind(WeightFile.open(path)) == .evaCLIP)
        let output = Golden("eva_output.safetensors", #filePath)
        let file = try EVACLIPFile(path)
        let tower = try EVAVisionTransformer(checkpoint: Weights(file.weights), metadata: file.metadata)
        assertClose(tower(output["picture"]).embedding, output["head"], relative: 2e-6)
    }

    /// open_clip's are the same below `visual.trunk.`, with the text encoder beside them.
    @Test func evaCLIPOfOpenCLIP() throws {
        let timm = Golden("eva_timm.safetensors", #filePath).file
        let folder = try TemporaryFolder()
        var writer = SafetensorsWriter()
        for name in timm.tensorNames { writer.add("visual.trunk.\(name)", try timm.tensor(name)) }
        writer.add("text.ln_final.weight", .zeros([4]))
        try writer.write(to: folder("open_clip.safetensors"))
        let file = try EVACLIPFile(folder("open_clip.safetensors"))
        let output = Golden("eva_output.safetensors", #filePath)
        let tower = try EVAVisionTransformer(checkpoint: Weights(file.weights), metadata: file.metadata)
        assertClose(tower(output["picture"]).embedding, output["head"], relative: 2e-6)
    }

    /// The file that ComfyUI's nodes take: other names, the same tensors.
    @Test func pulidOfComfyUI() throws {
        let path = URL(fileURLWithPath: goldenFolder).appendingPathComponent("../../models/tiny/pulid.safetensors")
            .standardized.path
        let original = try SafetensorsFile(path: path)
        let folder = try TemporaryFolder()
        var writer = SafetensorsWriter()
        for name in original.tensorNames {
            let renamed = name.replacing("id_adapter_attn_layers.", with: "ip_adapter.")
                .replacing(".id_to_k.", with: ".to_k_ip.").replacing(".id_to_v.", with: ".to_v_ip.")
                .replacing("id_adapter.", with: "image_proj.")
            #expect(renamed != name)
            writer.add(renamed, try original.tensor(name))
        }
        let comfy = folder("ip-adapter_pulid_sdxl_fp16.safetensors")
        try writer.write(to: comfy)
        #expect(try WeightsKind(WeightFile.open(comfy)) == .pulid(.v1))
        let source = try PuLIDFile.open(comfy)
        #expect(source.tensorNames == original.tensorNames)
        for name in original.tensorNames {
            let expected = try original.tensor(name)
            #expect(try source.tensor(name, shape: expected.shape, initial: .zeros).values == expected.values)
        }
        // An IP-Adapter has another encoder.
        writer = SafetensorsWriter()
        writer.add("image_proj.proj.weight", .zeros([2, 2]))
        writer.add("ip_adapter.1.to_k_ip.weight", .zeros([2, 2]))
        try writer.write(to: comfy)
        #expect(try WeightsKind(WeightFile.open(comfy)) == .other("an IP-Adapter"))
    }
}
