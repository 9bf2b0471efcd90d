import Foundation
import Imaging
import Kernels

/// Measures the pictures of one folder against those of the same names in another, on one thread: beside the references it is
/// run by peers/measures.py.
///
///     MeasureBenchmark FOLDER FOLDER
///
/// A line of JSON for each pair; at last the seconds of the processor that each measure took, reading apart.
@main struct MeasureBenchmark {
    static func main() throws {
        let folders = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
        guard folders.count == 2 else {
            print("MeasureBenchmark FOLDER FOLDER")
            exit(64)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folders[0].path).sorted()
        try ComputeSettings.with(threads: 1) {
            var seconds = ["reading": 0.0, "ssim": 0.0, "ms_ssim": 0.0, "flip": 0.0]
            for name in names {
                let pair = try timed(&seconds["reading", default: 0]) {
                    try folders.map { try Bitmap.read(path: $0.appendingPathComponent(name).path) }
                }
                let ssim = timed(&seconds["ssim", default: 0]) { structuralSimilarity(pair[0], pair[1]) }
                let multiScale = timed(&seconds["ms_ssim", default: 0]) { multiScaleSimilarity(pair[0], pair[1]) }
                let flip = try timed(&seconds["flip", default: 0]) { try FLIP().map(pair[0], pair[1]).mean }
                try write(["ssim": ssim, "ms_ssim": multiScale ?? .nan, "flip": flip])
            }
            try write(seconds)
        }
    }

    private static func write(_ values: [String: Double]) throws {
        let line = try JSONSerialization.data(withJSONObject: values, options: .sortedKeys)
        print(String(decoding: line, as: UTF8.self))
    }

    private static func timed<Result>(_ seconds: inout Double, _ work: () throws -> Result) rethrows -> Result {
        let start = processorSeconds
        defer { seconds += processorSeconds - start }
        return try work()
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
