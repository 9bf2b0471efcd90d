import Foundation

/// A Markdown table of what was measured.
struct ResultTable {
    struct Row {
        let name: String
        let work: Double
        var ours = Timing()
        var peak: Int?
        /// By the peer's name.
        var peers: [String: Timing] = [:]
        var peerPeaks: [String: Int] = [:]
    }

    let peers: [String]
    /// What products cannot be faster than, in FLOP/s.
    let peak: Double

    var header: String {
        let columns = ["", "pulid-run", "GFLOP/s", "of peak", "memory"] + peers.flatMap { [$0, "memory", "ratio"] }
        return line(columns) + "\n" + line(columns.map { _ in "---" })
    }

    func line(_ row: Row) -> String {
        guard let ours = row.ours.median else { return line([row.name, "failed"]) }
        let rate = row.work / ours
        var cells = [
            row.name, time(ours), row.work > 0 ? rounded(rate / 1e9, digits: 0) : "",
            row.work > 0 ? rounded(rate / peak * 100, digits: 0) + " %" : "", row.peak.map(memory) ?? "",
        ]
        for peer in peers {
            let theirs = row.peers[peer]?.median
            cells += [
                theirs.map(time) ?? "", row.peerPeaks[peer].map(memory) ?? "",
                theirs.map { "**\(rounded(ours / $0, digits: 2))**" } ?? "",
            ]
        }
        return line(cells)
    }

    private func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    private func memory(_ bytes: Int) -> String { rounded(Double(bytes) / 0x1p30, digits: 2) + " GiB" }

    private func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.1: rounded(seconds * 1000, digits: 2) + " ms"
        case ..<10: rounded(seconds, digits: 2) + " s"
        default: rounded(seconds, digits: 1) + " s"
        }
    }
}

func rounded(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }
