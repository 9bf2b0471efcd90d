/// For summaries of build servers.
public struct MarkdownReport: RunDocument {
    private let pictures: PicturePlaces?

    /// - Parameter pictures: where the pictures are that expectations measure.
    public init(pictures: PicturePlaces? = nil) { self.pictures = pictures }

    public mutating func receive(_ event: RunEvent) {}

    public func text(_ summary: RunSummary) -> String { RunMarkdown(summary, pictures: pictures).text }
}
