import Foundation
import Graph
import Imaging
import Runner
import Synchronization

/// The terminal as the place of previews: of one node at a time, above the line of progress.
final class PreviewScreen: Previews {
    private struct State {
        var shown: InstanceName?
        var last: ContinuousClock.Instant?
    }

    /// Terminals are slow, and several nodes may be sampled at once: another one is shown when this has been still.
    private static let shortestTime = Duration.milliseconds(500)
    private static let stillness = Duration.seconds(5)
    /// In pixels, so that the previews of small pictures can be seen.
    private static let leastSide = 96

    private let graphics: TerminalGraphics
    private let reporter: any Reporter
    private let state = Mutex(State())

    init(_ graphics: TerminalGraphics, _ reporter: any Reporter) {
        self.graphics = graphics
        self.reporter = reporter
    }

    func show(_ picture: PreviewPicture, of name: InstanceName) {
        guard isTurn(of: name) else { return }
        let preview = Bitmap(width: picture.width, height: picture.height, pixels: picture.pixels)
        let side = max(1, max(preview.width, preview.height))
        let bitmap = preview.magnified((Self.leastSide + side - 1) / side)
        let rows = (bitmap.height + Terminal.leastLineHeight - 1) / Terminal.leastLineHeight
        let text =
            switch graphics {
            case .kitty: bitmap.kitty(rows: rows)
            case .sixel: bitmap.sixel()
            }
        reporter.show(TerminalDrawing(text, rows: rows))
    }

    private func isTurn(of name: InstanceName) -> Bool {
        state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.last {
                guard now - last >= (state.shown == name ? Self.shortestTime : Self.stillness) else { return false }
            }
            (state.shown, state.last) = (name, now)
            return true
        }
    }
}
