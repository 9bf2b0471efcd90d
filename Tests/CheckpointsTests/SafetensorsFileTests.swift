import Checkpoints
import Foundation
import TensorTestSupport
import Tensors
import Testing

@Suite struct SafetensorsFileTests {
    let official = Golden("official.safetensors", #filePath)

    @Test func readsWhatTheOfficialLibraryWrote() throws {
        let file = official.file
        #expect(
            file.tensorNames == [
                "block.0.bfloat", "block.0.half", "block.0.weight", "double", "empty", "flags", "naïve \"name\"",
                "position_ids", "scalar", "small", "special", "special.half", "special.widened", "widened_bfloat",
                "widened_half",
            ]
        )
        #expect(file.metadata == ["format": "pt", "note": "tab\there, quote\", slash\\, bell\u{7}, ü"])
        #expect(file.shape(of: "block.0.weight") == [3, 5])
        #expect(file.shape(of: "scalar") == [])
        #expect(file.shape(of: "nothing") == nil)
        #expect(official["scalar"].values == [0.5])
        #expect(official["empty"].shape == [0, 4])
        #expect(official["special"].values.prefix(4) == [0, -0.0, .infinity, -.infinity])
    }

    @Test func widensSixteenBitFloatsExactly() {
        #expect(bits(official["block.0.half"]) == bits(official["widened_half"]))
        #expect(bits(official["block.0.bfloat"]) == bits(official["widened_bfloat"]))
        #expect(bits(official["special.half"]) == bits(official["special.widened"]))
    }

    @Test func readsIntegersOfEveryKind() throws {
        #expect(try official.file.integers("position_ids") == [0, 1, 2, 3, 4, 5, 6])
        #expect(try official.file.integers("small") == [-3, 0, 127])
        #expect(try official.file.integers("flags") == [1, 0, 1])
        #expect(try official.file.integers("naïve \"name\"") == [1, 2])
        #expect(
            throws: CheckpointError.notIntegers(tensor: "scalar", type: .f32, file: official.file.name)
        ) { try official.file.integers("scalar") }
    }

    @Test func integersBeyondIntAreAnError() throws {
        let folder = try TemporaryFolder()
        let header = #"{"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}"#
        let path = try folder.file("u64", safetensors(header) + Array(repeating: 0xff, count: 8))
        #expect(throws: CheckpointError.notIntegers(tensor: "a", type: .u64, file: path)) {
            try SafetensorsFile(path: path).integers("a")
        }
    }

    @Test func otherTypesAreNamed() {
        #expect(throws: CheckpointError.notFloats(tensor: "small", type: .i8, file: official.file.name)) {
            try official.file.tensor("small")
        }
        #expect(throws: CheckpointError.notFloats(tensor: "position_ids", type: .i64, file: official.file.name)) {
            try official.file.tensor("position_ids")
        }
    }

    @Test func missingTensorsAndWrongShapesAreErrors() {
        let weights = official.weights / "block" / 0
        #expect(
            throws: WeightsError.missing(
                name: "block.0.wieght",
                source: official.file.name,
                nearest: "block.0.weight"
            )
        ) { try weights.tensor("wieght", shape: [3, 5], initial: .zeros) }
        #expect(throws: WeightsError.missing(name: "conv_in.bias", source: official.file.name, nearest: nil)) {
            try official.weights.tensor("conv_in.bias", shape: [3], initial: .zeros)
        }
        #expect(
            throws: WeightsError.wrongShape(
                name: "block.0.weight",
                expected: [5, 3],
                found: [3, 5],
                source: official.file.name
            )
        ) { try weights.tensor("weight", shape: [5, 3], initial: .zeros) }
    }

    @Test func nearestNameFindsAMissingPrefix() throws {
        let folder = try TemporaryFolder()
        let header = ["text_model.final_layer_norm.weight", "text_model.final_layer_norm.bias", "logit_scale"]
            .map { "\"\($0)\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}" }.joined(separator: ",")
        let file = try SafetensorsFile(path: folder.file("x", safetensors("{\(header)}")))
        #expect(
            throws: WeightsError.missing(
                name: "final_layer_norm.bias",
                source: file.name,
                nearest: "text_model.final_layer_norm.bias"
            )
        ) { try file.tensor("final_layer_norm.bias") }
    }

    /// A header whose length is no multiple of 4 moves the floats off their alignment.
    @Test(arguments: 0..<8) func readsFloatsAtAnyAlignment(padding: Int) throws {
        let folder = try TemporaryFolder()
        let header =
            #"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"# + String(repeating: " ", count: padding)
        let values: [Float] = [1, -2, 3.5, .pi]
        let path = try folder.file("a", safetensors(header) + values.withUnsafeBytes { Array($0) })
        #expect(try SafetensorsFile(path: path).tensor("a").values == values)
    }

    /// Tensors read from a file stay valid when nothing else holds the file.
    @Test func tensorsKeepTheMappingAlive() throws {
        let folder = try TemporaryFolder()
        let header = #"{"a":{"dtype":"F32","shape":[1024],"data_offsets":[0,4096]}}"#
        let values = (0..<1024).map(Float.init)
        let path = try folder.file("a", safetensors(header) + values.withUnsafeBytes { Array($0) })
        let tensor = try SafetensorsFile(path: path).tensor("a")
        try FileManager.default.removeItem(atPath: path)
        #expect(tensor.values == values)
    }

    /// Only what is read is loaded: a file of 10 GB that is almost all hole opens at once.
    @Test func opensASparseFileOfTenGigabytes() throws {
        let folder = try TemporaryFolder()
        let floats = 2_500_000_000
        let header = """
            {"big":{"dtype":"F32","shape":[\(floats)],"data_offsets":[0,\(4 * floats)]},\
            "end":{"dtype":"F32","shape":[1],"data_offsets":[\(4 * floats),\(4 * floats + 4)]}}
            """
        let start = safetensors(header)
        let path = try folder.file("sparse", start)
        #expect(truncate(path, off_t(start.count + 4 * floats + 4)) == 0)
        let file = try SafetensorsFile(path: path)
        #expect(try file.tensor("end").values == [0])
        #expect(file.shape(of: "big") == [floats])
    }
}

func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map(\.bitPattern) }

/// A header of 640 bytes, whose length begins as a pickle of protocol 2 does.
@Test(arguments: [640, 896, 1152, 1408]) func aHeadersLengthIsNoPickle(_ length: Int) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/x.safetensors"
    var name = "x"
    repeat {
        var writer = SafetensorsWriter()
        writer.add(name, Tensor([1, 2], shape: [2]))
        try writer.write(to: path)
        name += "x"
    } while try Data(contentsOf: URL(fileURLWithPath: path)).count < 8 + length + 8
    #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path)).prefix(2)) == [0x80, UInt8(length >> 8)])
    #expect(try WeightFile.open(path).tensorNames.count == 1)
}
