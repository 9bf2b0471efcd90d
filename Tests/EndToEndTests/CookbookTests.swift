import EngineTestSupport
import Foundation
import Testing

/// README.md and docs/COOKBOOK.md from top to bottom, as who reads them would do it.
struct CookbookTests {
    @Test func everyCommandRuns() throws {
        let page = try Page("docs/COOKBOOK.md")
        let test = try CommandTest()
        for (name, text) in page.files { try test.folder.write(text, to: "recipes/\(name)") }
        try test.folder.write(Self.lora, to: "recipes/loras/style.safetensors")
        for recipe in page.recipes {
            let name = try #require(recipe.firstMatch(of: /recipe: (\S+)/)).1
            try test.folder.write(recipe, to: "recipes/\(name).yaml")
        }
        #expect(page.recipes.count >= 8 && page.commands.count >= 30 && page.files.count == 3)
        try page.run(in: test)
        // What the page says of it.
        let sitters = try test.folder.files().filter { $0.hasPrefix("out/sitters/") }
        #expect(sitters.sorted() == ["out/sitters/Ada.png", "out/sitters/Ben.png"])
        #expect(
            try test.folder.files().filter { $0.hasPrefix("out/ada/") }.sorted()
                == ["1.png", "2.png", "sheet.png"].map {
                    "out/ada/" + ($0 == "sheet.png" ? $0 : "Ada-\($0)")
                }
        )
    }

    /// For one layer of the embedded UNet.
    private static let lora: [UInt8] = {
        let layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q"
        let bytes = 96 * MemoryLayout<Float>.size
        let header =
            #"{"\#(layer).lora_A.weight":{"dtype":"F32","shape":[1,96],"data_offsets":[0,\#(bytes)]},"#
            + #""\#(layer).lora_B.weight":{"dtype":"F32","shape":[96,1],"data_offsets":[\#(bytes),\#(2 * bytes)]}}"#
        let numbers = (0..<2 * 96).map { Float($0 % 7) / 10 - 0.3 }
        return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
            + numbers.withUnsafeBytes { Array($0) }
    }()

    @Test func theReadmeRuns() throws {
        let page = try Page("README.md")
        let test = try CommandTest()
        try test.folder.write(#require(page.recipes.first), to: "first.yaml")
        let first = try test.run("first.yaml")
        #expect(test.summary(first).hasSuffix(", 9 written"), "\(first.stderr)")
        #expect(page.commands.count >= 9)
        try page.run(in: test)
    }

    /// Each line with what it does beside it.
    @Test func theShardsOfTheScalePageRun() throws {
        let test = try CommandTest()
        let commands = try Page("docs/SCALE.md").commands.filter { $0.contains("recipes/style-sweep.yaml") }.map {
            $0.dropFirst("    pulid-run".count).components(separatedBy: "  ")[0]
        }
        #expect(commands.count == 4)
        var last: CommandTest.Result?
        for command in commands {
            let result = try test.shell("\"$PULID_RUN\"" + command)
            #expect(result.status == 0, "\(command): \(result.stderr)")
            last = result
        }
        let result = try #require(last)
        #expect(test.executed(result).count < 64)
        #expect(test.summary(result).hasSuffix(", 20 written"), "\(result.stderr)")
    }

    private struct Page {
        let recipes: [String]
        let commands: [Substring]
        /// Texts and tables, whose names stand behind the fence.
        let files: [(name: String, text: String)]

        init(_ path: String) throws {
            let text = try String(contentsOfFile: "\(projectFolder)/\(path)", encoding: .utf8)
            recipes = text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
            files = text.matches(of: /```(?:text|csv) (\S+)\n((?:.*\n)*?)```/).map { (String($0.1), String($0.2)) }
            commands = text.split(separator: "\n").filter {
                $0.hasPrefix("    pulid-run ") || $0.hasPrefix("    mkdir ")
            }
        }

        func run(in test: CommandTest) throws {
            for command in commands {
                let isOurs = command.hasPrefix("    pulid-run ")
                let result = try test.shell(
                    isOurs ? "\"$PULID_RUN\"" + command.dropFirst("    pulid-run".count) : String(command)
                )
                #expect(result.status == 0, "\(command): \(result.stderr)")
            }
        }
    }
}
