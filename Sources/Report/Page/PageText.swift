import CReportPage
import Foundation

/// The files of the report's page, which are part of the program.
enum PageText {
    static var html: String { text(report_page_html) }
    static var style: String { text(report_page_style) }

    /// All scripts as one, in the order in which they need each other.
    static var script: String {
        let files = sequence(state: 0) { (number: inout Int) -> report_page_file? in
            defer { number += 1 }
            let file = report_page_script(number)
            return file.count > 0 ? file : nil
        }
        return files.map(text).joined(separator: "\n")
    }

    private static func text(_ file: report_page_file) -> String {
        String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
    }
}
