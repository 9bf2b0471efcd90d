import Graph
import Runner

/// Where pictures are shown that are being sampled.
protocol Previews: Sendable {
    func show(_ picture: PreviewPicture, of name: InstanceName)
}
